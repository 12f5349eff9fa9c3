package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that is warm before its first caller, and warm again after a restart, through the jar. */
class WarmUpIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String KEY = "some-key-6b1f";

    @TempDir
    Path directory;

    @Test
    void whatWasHotIsAskedForAgainAtTheNextStart() throws Exception {
        try (RawBackend backend = RawBackend.healthy("backend")) {
            String configuration = """
                    backends: {a: {urls: [%s]}}
                    routes: [{path: /api/**}]
                    plans: {basic: {limits: [3/1h]}}
                    keys: [{id: a, key: %s, plan: basic}]
                    cache: {warm-up: {paths: [/api/listed], rate: 1000/1s, snapshot: %s}}
                    """.formatted(backend.url(), KEY, directory.resolve("hottest.txt"));
            try (Jar first = Jar.serving(directory, configuration)) {
                await().atMost(PATIENCE).until(() -> first.err().contains("1 of 1 paths, 1 stored, 0 failed"));
                assertHit(first.get("/api/listed", "X-API-Key", KEY));
                assertThat(first.get("/api/hot?symbol=IBM&api_key=" + KEY).statusCode())
                        .isEqualTo(200);
                assertThat(first.get("/api/listed").statusCode())
                        .as("a key is wanted all the same")
                        .isNotEqualTo(200);
                assertThat(first.terminate().exitStatus()).isZero();
            }
            assertThat(Files.readString(directory.resolve("hottest.txt")))
                    .contains("\n/api/hot?symbol=IBM\n")
                    .contains("\n/api/listed\n")
                    .doesNotContain(KEY);
            long asked = backend.requests().size();
            try (Jar second = Jar.serving(directory, configuration)) {
                await().atMost(PATIENCE).until(() -> second.err().contains("2 of 2 paths, 2 stored, 0 failed"));
                assertHit(second.get("/api/hot?symbol=IBM", "X-API-Key", KEY));
                assertThat(backend.requests()).hasSize((int) asked + 2);
                assertThat(backend.received()).doesNotContain(KEY);
                Files.writeString(directory.resolve("hottest.txt"), "something else");
                assertThat(second.terminate().exitStatus()).isZero();
            }
            Files.writeString(directory.resolve("hottest.txt"), "something else");
            try (Jar third = Jar.serving(directory, configuration)) {
                await().atMost(PATIENCE).until(() -> third.err().contains("cannot be read and is ignored"));
                await().atMost(PATIENCE).until(() -> third.err().contains("1 of 1 paths"));
            }
        }
    }

    private static void assertHit(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Cache-Status").orElse("")).contains("hit");
    }
}
