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
    void anotherContentIsAnotherListing() throws Exception {
        Files.writeString(file, "- http://a");
        assertThat(list().backends()).hasSize(1);
        Files.writeString(file, "- http://b");
        assertThat(list().backends()).extracting(Backend::id).containsExactly("http://b");
    }

    @Test
    void aListIsWhatItIs() {
        BackendSource source = BackendSources.listed("http://b", "http://a");
        assertThat(source.list("x").toCompletableFuture().join().backends())
                .containsExactly(Backend.of("x", "http://b"), Backend.of("x", "http://a"));
        assertThatThrownBy(() -> BackendSources.listed("b")).hasMessageContaining("'b'");
        assertThatThrownBy(() -> BackendSources.file(file, Duration.ZERO)).hasMessageContaining("PT0S");
    }

    private Listing list() {
        return BackendSources.file(file).list("g").toCompletableFuture().join();
    }
}
