package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory before Redis, through the jar: two gateways on one Redis, which hangs and dies. */
class TieredIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void whatOneFillsTheOtherHitsAndRedisMayGo() throws Exception {
        try (RawBackend backend = RawBackend.healthy("backend");
                RedisServerProcess redis = new RedisServerProcess(directory);
                Jar one = Jar.serving(directory, configuration(backend, redis));
                Jar other = Jar.serving(directory, configuration(backend, redis))) {
            assertThat(one.get("/a").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> redis.keys() > 0);
            await().atMost(PATIENCE).until(() -> isHit(other.get("/a")));
            assertThat(backend.requests().stream().filter(request -> request.startsWith("GET /a")))
                    .hasSizeLessThanOrEqualTo(2);

            redis.hang();
            for (int i = 0; i < 20; i++) {
                assertThat(isHit(one.get("/a"))).as("from memory").isTrue();
                assertThat(one.get("/b" + i).statusCode()).isEqualTo(200);
                assertThat(isHit(one.get("/b" + i))).as("from memory").isTrue();
            }
            await().atMost(PATIENCE).until(() -> one.get("/c").statusCode() == 200 && told(one, "PLUGIN_FAILED") == 1);
            redis.kill();
            for (int i = 0; i < 20; i++) {
                assertThat(other.get("/d" + i).statusCode()).isEqualTo(200);
            }
            assertThat(isHit(other.get("/d0"))).as("from memory").isTrue();
            assertThat(one.terminate().exitStatus()).isZero();
            assertThat(other.terminate().exitStatus()).isZero();
            assertThat(one.err()).doesNotContain("\tat ");
        }
    }

    private static String configuration(RawBackend backend, RedisServerProcess redis) {
        return """
                backends: {a: {urls: [%s]}}
                routes: [{path: /**}]
                cache: {store: tiered, longest-in-memory: 10m}
                redis: {uri: "%s", timeout: 300ms}
                """.formatted(backend.url(), redis.uri());
    }

    private static boolean isHit(HttpResponse<String> answer) {
        return answer.headers().firstValue("Cache-Status").orElse("").startsWith("fanout-gateway; hit");
    }

    private static long told(Jar jar, String type) {
        return jar.err().lines().filter(line -> line.contains(type)).count();
    }
}
