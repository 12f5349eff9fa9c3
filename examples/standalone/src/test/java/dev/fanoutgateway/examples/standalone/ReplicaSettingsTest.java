package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.fanout.AttemptFields;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.spi.BackendSource.Listing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that a group and a route may say of replicas comes to what the builder has for it. */
class ReplicaSettingsTest {
    @TempDir
    Path directory;

    @Test
    void backendsAreListedAloneOrWithWeightAndZone() throws Exception {
        BackendGroup group = group("""
                urls:
                  - http://a:1
                  - {url: "http://b:1/x/", weight: 1000, zone: eu-1}
                  - url: https://c
                    zone: "7"
                  - {url: "http://d:1", weight: 1}
                """);

        assertThat(group.backends())
                .extracting(backend -> backend.id() + " " + backend.weight() + " '" + backend.zone() + "'")
                .containsExactly("http://a:1 1 ''", "http://b:1/x 1000 'eu-1'", "https://c 1 '7'", "http://d:1 1 ''");
    }

    @Test
    void jsonListsThemAlike() throws Exception {
        Configuration json = read("""
                {"backends": {"a": {"urls": ["http://a:1", {"url": "http://b:1", "weight": 2, "zone": "eu-1"}]}}}
                """);

        assertThat(json.backends().get(0).group().backends())
                .extracting(backend -> backend.id() + " " + backend.weight() + " " + backend.zone())
                .containsExactly("http://a:1 1 ", "http://b:1 2 eu-1");
    }

    @Test
    void aQuorumCountsBackendsInEitherForm() throws Exception {
        assertThat(read("""
                backends: {a: {urls: [http://a:1, {url: "http://b:1"}]}}
                routes: [{path: /**, strategy: collect, combine: majority, quorum: 2}]
                """).routes()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "selector: consistent-hash                               | consistent-hash by path",
                "selector: consistent-hash, hash-by: path                | consistent-hash by path",
                "selector: consistent-hash, hash-by: caller              | consistent-hash by caller",
                "selector: fastest, hash-by: caller                      | fastest",
                "hash-by: caller                                         | listed",
                "zone: null                                              | listed",
                "zone: eu-1                                              | zone eu-1, listed",
                "selector: learned, zone: eu-1                           | zone eu-1, learned",
                "selector: consistent-hash, zone: eu-1, hash-by: caller  | zone eu-1, consistent-hash by caller",
            })
    void whoIsAskedFirst(String keys, String selector) throws Exception {
        assertThat(group("urls: [{url: 'http://a:1', zone: eu-1}, 'http://b:1']\n"
                                + keys.replace(", ", "\n").strip())
                        .selector())
                .hasToString(selector);
    }

    @Test
    void aZoneMayBePreferredThatAFileHasNotYet() throws Exception {
        Files.writeString(directory.resolve("backends.yaml"), "- http://a:1\n");

        assertThat(group("file: backends.yaml\nzone: eu-1").selector()).hasToString("zone eu-1, listed");
    }

    @Test
    void aFileIsReadAsOftenAsItSays() throws Exception {
        Files.writeString(directory.resolve("backends.yaml"), "- {url: http://a:1, weight: 3, zone: eu-1}\n");

        assertThat(listing("file: backends.yaml").lookAgain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(listing("file: {path: backends.yaml}").lookAgain()).isEqualTo(Duration.ofSeconds(2));
        assertThat(listing("file: {path: backends.yaml, every: 10ms}").lookAgain())
                .isEqualTo(Duration.ofMillis(10));
        assertThat(listing("file: backends.yaml").backends())
                .extracting(backend -> backend.weight() + " " + backend.zone())
                .containsExactly("3 eu-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"health: null", "health:", "selector: listed"})
    void healthIsNotAskedForUnlessWanted(String nothing) throws Exception {
        assertThat(group("urls: [http://a:1]\n" + nothing).health()).isNull();
    }

    @Test
    void healthChecksHaveTheirThresholds() throws Exception {
        assertThat(group("urls: [http://a:1]\nhealth: {path: /up}").health()).isEqualTo(Health.path("/up"));
        assertThat(group("""
                urls: [http://a:1]
                health: {path: /up, every: 100ms, jitter: 12.5%, timeout: 1ms, down-after: 1, up-after: 1000}
                """).health())
                .isEqualTo(new Health("/up", Duration.ofMillis(100), 0.125, Duration.ofMillis(1), 1, 1_000));
        assertThat(group("urls: [http://a:1]\nhealth: {up-after: 7, jitter: 0%, path: /up}")
                        .health())
                .isEqualTo(Health.path("/up").jitter(0).thresholds(3, 7));
    }

    @Test
    void ejectionFollowsFailuresInARowOrTheirShare() throws Exception {
        assertThat(ejection("after-failures: 5, failure-share: null")).isEqualTo(Ejection.standard());
        assertThat(ejection("failure-share: 50%"))
                .isEqualTo(Ejection.standard().failureShare(0.5, Duration.ofSeconds(30), 20));
        assertThat(ejection("failure-share: 12.5%, window: 1s, min-attempts: 1, for: 1h, max-ejected: 0%"))
                .isEqualTo(new Ejection(5, 0.125, Duration.ofSeconds(1), 1, Duration.ofHours(1), 0));
        assertThat(ejection("max-ejected: 100%, for: 10ms, after-failures: null, min-attempts: 7, window: 1h,"
                        + " failure-share: 100%"))
                .as("in whatever order they stand")
                .isEqualTo(new Ejection(0, 1, Duration.ofHours(1), 7, Duration.ofMillis(10), 1));
        assertThat(ejection("after-failures: null, failure-share: null"))
                .as("then nothing ejects")
                .isEqualTo(Ejection.off());
    }

    @Test
    void attemptsAreMarkedByFieldsOfChosenNames() throws Exception {
        Configuration read = read("""
                backends: {a: {urls: [http://a:1]}}
                routes:
                  - {path: /a}
                  - {path: /b, attempt-fields: {timeout: Grpc-Timeout-Ms}}
                  - {path: /c, attempt-fields: {number: X-Try, timeout: off}}
                  - {path: /d, attempt-fields: {timeout: null, number: ~}}
                  - {path: /e, attempt-fields: off}
                  - {path: /f, attempt-fields: null}
                  - {path: /g, attempt-fields: "off"}
                  - {path: /h, attempt-fields: {}}
                  - {path: /i, attempt-fields: {timeout: X-Attempt, number: X-Request-Timeout-Ms}}
                """);

        assertThat(read.routes())
                .extracting(Route::attemptFields)
                .containsExactly(
                        AttemptFields.standard(),
                        new AttemptFields("Grpc-Timeout-Ms", "X-Attempt"),
                        new AttemptFields("", "X-Try"),
                        AttemptFields.none(),
                        AttemptFields.none(),
                        AttemptFields.none(),
                        AttemptFields.none(),
                        AttemptFields.standard(),
                        new AttemptFields("X-Attempt", "X-Request-Timeout-Ms"));
    }

    @Test
    void whatTheReadmeShowsIsAccepted() throws Exception {
        String readme = Files.readString(Path.of("../../README.md"));
        String shown = readme.substring(readme.indexOf("```yaml\n") + 8);

        BackendGroup group =
                read(shown.substring(0, shown.indexOf("```"))).backends().get(0).group();

        assertThat(group.selector()).hasToString("zone eu-1, least-loaded");
        assertThat(group.ejection()).isEqualTo(Ejection.standard().failureShare(0.5, Duration.ofSeconds(30), 20));
    }

    private Ejection ejection(String keys) throws Exception {
        return group("urls: [http://a:1]\neject: {" + keys + "}").ejection();
    }

    private Listing listing(String keys) throws Exception {
        return Objects.requireNonNull(group(keys).source())
                .list("a")
                .toCompletableFuture()
                .join();
    }

    private BackendGroup group(String keys) throws Exception {
        List<BackendSettings> groups =
                read("backends:\n  a:\n" + keys.indent(4)).backends();
        return groups.get(0).group();
    }

    private Configuration read(String text) throws IOException, InvalidConfiguration {
        return Configuration.read(Files.writeString(directory.resolve("gateway.yaml"), text));
    }
}
