package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    private static final String HIDDEN = "s3cr3t";

    @TempDir
    Path directory;

    private static String resolve(String text) {
        Map<String, String> environment = Map.of("A", "one", "_B2", "${A}", "EMPTY", "");
        return Secret.resolve(text, environment::get);
    }

    @ParameterizedTest
    @CsvSource({
        "plain, plain",
        "${A}, one",
        "x${A}y${A}z, xoneyonez",
        "${_B2}, ${A}",
        "${A:-two}, one",
        "${NONE:-two}, two",
        "${EMPTY:-two}, two",
        "${NONE:-}x, x",
        "${NONE:-a:-b}, a:-b",
        "${NONE:-${A}}, ${A}",
        "$${A}, ${A}",
        "$$${A}, $${A}",
        "$A, $A",
        "$, $",
        "$$, $$",
        "{A}, {A}",
        "x file:/none, x file:/none",
        "$file:/none, file:/none",
    })
    void isPutInWhereItIsNamed(String text, String resolved) {
        assertThat(resolve(text)).isEqualTo(resolved);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "${A", "${}", "${9}", "${A B}", "${A-b}", "${:-x}", "x${ A}"})
    void whatIsNoReferenceIsRefused(String text) {
        assertThatThrownBy(() -> resolve(text)).hasMessageStartingWith("expected ${NAME} or ${NAME:-default}");
    }

    @Test
    void aVariableMustBeSetAndNotEmpty() {
        assertThatThrownBy(() -> resolve("${NONE}"))
                .hasMessage("expected a value in the environment variable NONE, got none");
        assertThatThrownBy(() -> resolve("${EMPTY}"))
                .hasMessage("expected a value in the environment variable EMPTY, got an empty one");
    }

    @ParameterizedTest
    @CsvSource({"'s3cr3t', s3cr3t", "'s3cr3t\n', s3cr3t", "'s3cr3t\r\n', s3cr3t", "' ${A} ', ' ${A} '"})
    void aFileIsTakenAsItIs(String content, String resolved) throws IOException {
        assertThat(resolve("file:" + Files.writeString(directory.resolve("x"), content)))
                .isEqualTo(resolved);
    }

    @Test
    void aFileThatGivesNoTextIsRefused() throws IOException {
        Path file = directory.resolve(HIDDEN);
        assertRefused("file:" + file, "expected a readable file after file:, got NoSuchFileException");
        assertRefused("file:" + directory, "expected a readable file after file:, got IOException");
        assertRefused("file:" + HIDDEN, "expected an absolute path after file:, got another");
        assertRefused("file:", "expected an absolute path after file:, got another");
        assertRefused("file:/" + HIDDEN + '\0', "expected an absolute path after file:, got text that is none");
        assertRefused(
                "file:" + Files.writeString(file, "\n"), "expected a file with a value after file:, got an empty one");
        assertRefused(
                "file:" + Files.writeString(file, "x".repeat(65_537)),
                "expected a file of at most 64 KiB after file:, got a larger one");
        assertRefused(
                "file:" + Files.write(file, new byte[] {'a', (byte) 0xff}),
                "expected UTF-8 in the file after file:, got other bytes");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> resolve(text)).hasMessage(message);
    }

    @Test
    void standsWhereSecretsStandAndIsNeverPrinted() throws Exception {
        Path secret = Files.writeString(directory.resolve("x"), HIDDEN + '\n');
        Path uri = Files.writeString(directory.resolve("uri"), "redis://:" + HIDDEN + "@127.0.0.1:6379\n");
        Configuration read =
                Configuration.read(Files.writeString(directory.resolve("gateway.yaml"), """
                backends: {a: {urls: ["http://a:1"], headers: {X-Token: "file:%1$s", X-Home: "at ${PATH}"}}}
                routes: [{path: /**, backends: a}]
                plans: {p: {}}
                keys:
                  - {id: demo, key: "file:%1$s", plan: p}
                redis: {uri: "file:%2$s"}
                limits: {store: redis}
                notify: {mail: {host: h, from: a@b.example, to: a@b.example, username: "file:%1$s", password: "file:%1$s"}}
                """.formatted(secret, uri)));

        assertThat(read.backends().get(0).group().headers().first("X-Token")).contains(HIDDEN);
        assertThat(read.backends().get(0).group().headers().first("X-Home")).contains("at " + System.getenv("PATH"));
        assertThat(read.stores().redis()).containsExactly("redis://:" + HIDDEN + "@127.0.0.1:6379");
        assertThat(read.toString()).doesNotContain(HIDDEN, System.getenv("PATH"));
        assertThat(read.backends().toString()).doesNotContain(HIDDEN);
        assertThat(read.keys().toString()).doesNotContain(HIDDEN);
        assertThat(read.messages().toString()).doesNotContain(HIDDEN);
        assertThat(read.stores().toString()).doesNotContain(HIDDEN);
    }

    @Test
    void isRefusedByFileLineAndKeyAndNeverByValue() throws Exception {
        Path bad = Files.writeString(directory.resolve("bad"), HIDDEN + "\u0007\n");
        Path file = Files.writeString(directory.resolve("gateway.yaml"), """
                backends: {a: {urls: ["http://a:1"], headers: {X-Token: "file:%1$s"}}}
                routes: [{path: /**, backends: a}]
                plans: {p: {}}
                keys:
                  - {id: demo, key: "file:%1$s", plan: p}
                  - {id: other, sha256: "file:%1$s", plan: p}
                redis:
                  uri: ["file:%1$s", "${FANOUT_GATEWAY_NOT_SET}"]
                """.formatted(bad));

        InvalidConfiguration refusal = catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file));

        assertThat(refusal.problems())
                .anyMatch(line -> line.startsWith(file + ":1: backends.a.headers.X-Token: expected"))
                .anyMatch(line -> line.startsWith(file + ":5: keys[0].key: expected"))
                .anyMatch(line -> line.startsWith(file + ":6: keys[1].sha256: expected"))
                .anyMatch(line -> line.startsWith(file + ":8: redis.uri[0]: expected"))
                .contains(file + ":8: redis.uri[1]: expected a value in the environment variable"
                        + " FANOUT_GATEWAY_NOT_SET, got none")
                .noneMatch(line -> line.contains(HIDDEN));
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).doesNotContain(HIDDEN);
    }
}
