package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefusedConfigurationTest {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void isRefusedByFileLineAndKey(Case refused) throws IOException {
        Path file = Files.writeString(directory.resolve("gateway.yaml"), refused.content);

        InvalidConfiguration refusal = catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file));

        assertThat(refusal.problems())
                .containsExactlyElementsOf(refused.problems.stream()
                        .map(problem -> file + ":" + problem)
                        .toList())
                .noneMatch(problem -> problem.contains("secret"));
    }

    static Stream<Case> isRefusedByFileLineAndKey() throws IOException {
        try (InputStream in = RefusedConfigurationTest.class.getResourceAsStream("/refused.cases")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(text.split("(?m)^=== ")).skip(1).map(Case::of);
        }
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        Path file = directory.resolve("none.yaml");

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(file + ":1: expected a readable file, got NoSuchFileException");
    }

    @Test
    void bytesThatAreNotUtf8AreRefusedWithTheirLine() throws IOException {
        Path file = Files.write(
                directory.resolve("latin.yaml"), "a: 1\nb: Z\u00fcrich\n".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(file + ":2: expected UTF-8, got other bytes");
    }

    @Test
    void aControlCharacterIsRefusedWithItsLine() throws IOException {
        Path file = Files.writeString(directory.resolve("control.yaml"), "a: 1\nb: \u0007\n");

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(file + ":2: expected YAML, got a character that YAML does not allow");
    }

    @Test
    void aFileLargerThanAnyConfigurationIsRefused() throws IOException {
        Path file = Files.write(directory.resolve("large.yaml"), new byte[(4 << 20) + 1]);

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(file + ":1: expected a file of at most 4 MiB, got a larger one");
    }

    @Test
    void aBillionLaughsAreRefused() throws IOException {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            text.append("a%d: &a%d [%s]\n".formatted(i, i, String.join(", ", java.util.Collections.nCopies(9, alias))));
        }
        Path file = Files.writeString(directory.resolve("laughs.yaml"), text);

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .hasSize(1)
                .allMatch(problem -> problem.contains("expected YAML without deep nesting and many aliases")
                        || problem.contains("expected at most 32 levels"));
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        Path yaml = Files.writeString(directory.resolve("deep.yaml"), "a: " + "[".repeat(50_000));
        Path json = Files.writeString(directory.resolve("deep.json"), "{\"a\": " + "[".repeat(50_000));

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(yaml))
                        .problems())
                .hasSize(1);
        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(json))
                        .problems())
                .hasSize(1);
    }

    @Test
    void whatIsWrongWithAFileOfBackendsIsSaidWithItsName() throws IOException {
        Path backends = Files.writeString(directory.resolve("backends.yaml"), "- http://a\n- http://me:secret@b\n");
        Path file = Files.writeString(
                directory.resolve("gateway.yaml"), "backends: {a: {file: backends.yaml}}\nroutes: [{path: /**}]\n");

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(backends + ":2: backends[1]: expected a URL such as http://10.0.0.1:8080,"
                        + " without user, query and fragment, got other text");
    }

    @Test
    void whatIsWrongWithTheKeysFileIsSaidWithItsName() throws IOException {
        Path keys =
                Files.writeString(directory.resolve("keys.yaml"), "- {id: a, key: secret, plan: basic}\n- {id: b}\n");
        Path file = Files.writeString(
                directory.resolve("gateway.yaml"),
                "backends: {a: {urls: [http://a:1]}}\nplans: {pro: {}}\nkeys-file: keys.yaml\n");

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(keys + ":1: keys[0].plan: expected one of [pro], got 'basic'");
    }

    @Test
    void aKeyInTheConfigurationAndInTheKeysFileIsRefusedByItsPlaceAndNotShown() throws IOException {
        Path keys = Files.writeString(
                directory.resolve("keys.yaml"),
                "- {id: a, key: secret-1, plan: basic}\n- {id: b, key: secret-2, plan: basic}\n");
        Path twice = Files.writeString(
                directory.resolve("twice.yaml"),
                "- {id: a, key: secret-1, plan: basic}\n- {id: b, key: secret-1, plan: basic}\n");
        String text = "backends: {a: {urls: [http://a:1]}}\nplans: {basic: {}}\n"
                + "keys: [{id: c, key: secret-2, plan: basic}]\nkeys-file: ";
        Path file = Files.writeString(directory.resolve("gateway.yaml"), text + "keys.yaml\n");
        Path other = Files.writeString(directory.resolve("other.yaml"), text + "twice.yaml\n");

        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(file))
                        .problems())
                .containsExactly(keys + ":2: keys[1].key: expected different keys, got one that 'c' has already,"
                        + " by what is given elsewhere");
        assertThat(catchThrowableOfType(InvalidConfiguration.class, () -> Configuration.read(other))
                        .problems())
                .containsExactly(twice + ":2: keys[1].key: expected different keys, got the same one for 'a' and 'b'");
    }

    record Case(String name, String content, List<String> problems) {
        static Case of(String text) {
            int end = text.indexOf('\n');
            int problems = text.indexOf(">>> ");
            return new Case(
                    text.substring(0, end),
                    text.substring(end + 1, problems),
                    text.substring(problems)
                            .lines()
                            .filter(line -> line.startsWith(">>> "))
                            .map(line -> line.substring(4))
                            .toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
