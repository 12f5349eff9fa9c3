package dev.fanoutgateway.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import dev.fanoutgateway.spi.BackendSource.Listing;
import dev.fanoutgateway.spi.BackendSource.Unavailable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileBackendsTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("backends");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- http://a:1\n- {url: http://b:2/x, weight: 3, zone: eu-1}\n",
                "backends:\n  - http://a:1\n  - url: http://b:2/x\n    zone: eu-1\n    weight: 3\n",
                "[\"http://a:1\", {\"url\": \"http://b:2/x/\", \"weight\": 3, \"zone\": \"eu-1\"}]",
                "{\"backends\": [{\"url\": \"http://a:1\"}, {\"zone\": \"eu-1\", \"weight\": 3, \"url\": \"http://b:2/x\"}]}",
                "[http://a:1, {url: http://b:2/x, weight: 3, zone: eu-1}]",
                "\ufeff# now\n- http://a:1\n- {url: http://b:2/x, weight: 3, zone: eu-1}"
            })
    void jsonAndYamlAreRead(String content) throws Exception {
        Files.writeString(file, content);
        Listing listing = list();
        assertThat(listing.lookAgain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(listing.backends()).hasSize(2);
        assertThat(listing.backends().get(0).sameAs(Backend.of("g", "http://a:1")))
                .isTrue();
        assertThat(listing.backends()
                        .get(1)
                        .sameAs(Backend.of("g", "http://b:2/x").weight(3).zone("eu-1")))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                           | 1: backends: expected a list of backends, got nothing",
                "'[]'                         | 1: backends: expected at least one backend, got none",
                "'[\"http://a\"'              | 1: backends: expected JSON, got a syntax error",
                "'- http://a\n- ftp://secret' | 2: backends[1]: expected a URL such as http://10.0.0.1:8080, without user, query and fragment, got other text",
                "'- http://u:secret@a'        | 1: backends[0]: expected a URL such as http://10.0.0.1:8080, without user, query and fragment, got other text",
                "'- http://a\n- http://b:99999' | 2: backends[1]: expected a port of 1 to 65535, got 99999",
                "'- {url: \"http://a:0/x\"}'  | 1: backends[0].url: expected a port of 1 to 65535, got 0",
                "'- http://a\n- http://a/'    | 2: backends[1]: expected each backend once, got one twice",
                "'- 1'                        | 1: backends[0]: expected a URL or an object, got a number",
                "'- {weight: 1}'              | 1: backends[0].url: expected a URL, got nothing",
                "'- {url: 3}'                 | 1: backends[0].url: expected a URL such as http://10.0.0.1:8080, without user, query and fragment, got a number",
                "'- {url: http://a, secret: 1}' | 1: backends[0]: expected the fields url, weight and zone, got another one",
                "'- {url: http://a, weight: 0}' | 1: backends[0].weight: expected a whole number of 1 to 1000, got another number",
                "'- {url: http://a, weight: 99999999999}' | 1: backends[0].weight: expected a whole number of 1 to 1000, got another number",
                "'- {url: http://a, weight: x}' | 1: backends[0].weight: expected a whole number of 1 to 1000, got other text",
                "'- {url: http://a, zone: 1}' | 1: backends[0].zone: expected text, got a number",
                "'{\"url\": 1, \"url\": 2}'   | 1: backends: expected a field 'backends' and no other, got something else",
                "'[{\"url\": \"http://a\", \"url\": \"http://b\"}]' | 1: backends[0]: expected each field once, got one twice",
                "'backends: [http://a]\nmore: 1' | 2: backends: expected a field 'backends' and no other, got another one",
                "'- http://a\n---\n- http://b' | 3: backends: expected one document, got something after it",
                "'- \"secret'              | 1: backends: expected YAML, got a syntax error",
                "'just text'                  | 1: backends: expected a list of backends, got other text",
                "'- &x http://a\n- *x'        | 2: backends[1]: expected a URL such as http://10.0.0.1:8080, without user, query and fragment, got other text",
            })
    void whatIsWrongIsNamedWithFileAndLineAndNotQuoted(String content, String message) throws Exception {
        Files.writeString(file, content);
        assertThatThrownBy(this::list)
                .isInstanceOf(Unavailable.class)
                .hasMessage(file + ":" + message)
                .hasNoCause();
    }

    @Test
    void whatCannotBeReadIsNamed() throws Exception {
        assertThatThrownBy(this::list).hasMessage(file + ": expected a readable file, got nothing");
        Files.createDirectory(file);
        assertThatThrownBy(this::list).hasMessage(file + ": expected a readable file, got something else");
        Files.delete(file);
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThatThrownBy(this::list).hasMessage(file + ": expected a readable file, got more than 1 MiB");
        Files.write(file, new byte[] {'-', ' ', (byte) 0xff});
        assertThatThrownBy(this::list).hasMessage(file + ":1: backends: expected UTF-8, got other bytes");
    }

    @Test
    void anotherContentIsTakenOnceItIsSeenTwice() throws Exception {
        Files.writeString(file, "- http://a");
        BackendSource source = BackendSources.file(file);
        assertThat(ids(source)).containsExactly("http://a");
        Files.writeString(file, "- http://b");
        Listing old = source.list("g").toCompletableFuture().join();
        assertThat(old.backends()).containsExactly(Backend.of("g", "http://a"));
        assertThat(old.lookAgain()).isEqualTo(Duration.ofSeconds(1));
        Listing taken = source.list("g").toCompletableFuture().join();
        assertThat(taken.backends()).containsExactly(Backend.of("g", "http://b"));
        assertThat(taken.lookAgain()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void whoLooksOftenLooksAgainAsSoon() throws Exception {
        Files.writeString(file, "- http://a");
        BackendSource source = BackendSources.file(file, Duration.ofMillis(20));
        ids(source);
        Files.writeString(file, "- http://b");
        assertThat(source.list("g").toCompletableFuture().join().lookAgain()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void whatIsBeingWrittenIsNotTaken() throws Exception {
        BackendSource source = inForce("- http://a\n- http://b\n");
        for (String part : List.of("", "- http://c\n", "- http://c\n- ht", "- http://c\n- http://d\n")) {
            Files.writeString(file, part);
            assertThat(ids(source)).as("after '%s'", part).containsExactly("http://a", "http://b");
        }
        assertThat(ids(source)).containsExactly("http://c", "http://d");
    }

    @Test
    void whatIsGoneForAMomentIsNotMissed() throws Exception {
        BackendSource source = inForce("- http://a");
        Files.delete(file);
        assertThat(ids(source)).containsExactly("http://a");
        Files.writeString(file, "- http://a");
        assertThat(ids(source)).containsExactly("http://a");
        Files.delete(file);
        assertThat(ids(source)).as("once, and once before").containsExactly("http://a");
        assertThatThrownBy(() -> ids(source)).hasMessage(file + ": expected a readable file, got nothing");
        assertThatThrownBy(() -> ids(source)).hasMessage(file + ": expected a readable file, got nothing");
        Files.writeString(file, "- http://a");
        assertThat(ids(source)).as("at once: it was in force").containsExactly("http://a");
    }

    @Test
    void whatStaysBrokenIsTold() throws Exception {
        BackendSource source = inForce("- http://a");
        Files.writeString(file, "- nonsense");
        assertThat(ids(source)).containsExactly("http://a");
        assertThatThrownBy(() -> ids(source)).isInstanceOf(Unavailable.class);
        Files.writeString(file, "- http://b");
        assertThatThrownBy(() -> ids(source)).isInstanceOf(Unavailable.class);
        assertThat(ids(source)).containsExactly("http://b");
    }

    @Test
    void whatIsBrokenInAnotherWayNeverWorkedBetween() throws Exception {
        BackendSource source = inForce("- http://a");
        Files.writeString(file, "- nonsense");
        ids(source);
        assertThatThrownBy(() -> ids(source)).hasMessageStartingWith(file + ":1: backends[0]");
        Files.delete(file);
        assertThatThrownBy(() -> ids(source))
                .as("as long as that may be an accident")
                .hasMessageStartingWith(file + ":1: backends[0]");
        assertThatThrownBy(() -> ids(source)).hasMessage(file + ": expected a readable file, got nothing");
        Files.writeString(file, "- more nonsense");
        assertThatThrownBy(() -> ids(source)).hasMessage(file + ": expected a readable file, got nothing");
        assertThatThrownBy(() -> ids(source)).hasMessageStartingWith(file + ":1: backends[0]");
        Files.writeString(file, "- http://a");
        assertThat(ids(source)).as("was in force").containsExactly("http://a");
        Files.writeString(file, "- http://b");
        assertThat(ids(source)).as("all is well again").containsExactly("http://a");
    }

    @Test
    void aListWithAPortThatThereIsNotKeepsTheOneBefore() throws Exception {
        BackendSource source = inForce("- http://a");
        Files.writeString(file, "- http://127.0.0.1:99999");
        assertThat(ids(source)).containsExactly("http://a");
        assertThatThrownBy(() -> ids(source))
                .isInstanceOf(Unavailable.class)
                .hasMessage(file + ":1: backends[0]: expected a port of 1 to 65535, got 99999");
    }

    @Test
    void whatNeverComesToRestIsTold() throws Exception {
        BackendSource source = inForce("- http://a");
        for (int i = 0; i < 30; i++) {
            Files.writeString(file, "- http://b" + i);
            assertThat(ids(source)).containsExactly("http://a");
        }
        Files.writeString(file, "- http://b");
        assertThatThrownBy(() -> ids(source))
                .hasMessage(file + ": expected a file that is left alone, got another content at each look");
        assertThat(ids(source)).containsExactly("http://b");
    }

    @Test
    void eachGroupLooksForItself() throws Exception {
        BackendSource source = inForce("- http://a");
        Files.writeString(file, "- http://b");
        ids(source);
        assertThat(source.list("other").toCompletableFuture().join().backends())
                .as("has nothing to keep")
                .containsExactly(Backend.of("other", "http://b"));
        assertThat(ids(source)).containsExactly("http://b");
    }

    @Test
    void aFirstLookThatFailedKeepsNothing() throws Exception {
        BackendSource source = BackendSources.file(file);
        assertThatThrownBy(() -> ids(source)).isInstanceOf(Unavailable.class);
        Files.writeString(file, "- http://a");
        assertThat(ids(source)).containsExactly("http://a");
    }

    @Test
    void aListIsWhatItIs() {
        BackendSource source = BackendSources.listed("http://b", "http://a");
        assertThat(source.list("x").toCompletableFuture().join().backends())
                .containsExactly(Backend.of("x", "http://b"), Backend.of("x", "http://a"));
        assertThatThrownBy(() -> BackendSources.listed("b")).hasMessageContaining("'b'");
        assertThatThrownBy(() -> BackendSources.file(file, Duration.ZERO)).hasMessageContaining("PT0S");
    }

    /** The file with this content, which has been read. */
    private BackendSource inForce(String content) throws Exception {
        Files.writeString(file, content);
        BackendSource source = BackendSources.file(file);
        ids(source);
        return source;
    }

    private static List<String> ids(BackendSource source) {
        return source.list("g").toCompletableFuture().join().backends().stream()
                .map(Backend::id)
                .toList();
    }

    private Listing list() {
        return BackendSources.file(file).list("g").toCompletableFuture().join();
    }
}
