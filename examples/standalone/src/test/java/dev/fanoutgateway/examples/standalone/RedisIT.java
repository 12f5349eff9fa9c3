package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways on one Redis, through the jar. */
class RedisIT {
    private static final int CALLERS = 4;

    @TempDir
    Path directory;

    @Test
    void gatewaysShareLimitsAndAnswersAndOutliveTheirRedis() throws Exception {
        try (RawBackend backend = RawBackend.healthy("backend");
                RedisServerProcess redis = new RedisServerProcess(directory);
                Jar one = Jar.serving(directory, configuration(backend, redis));
                Jar other = Jar.serving(directory, configuration(backend, redis))) {
            sharesAnswers(backend, one, other);
            sharesLimits(one, other);
            assertThat(redis.keys()).isPositive();
            outlives(redis, one);

            assertThat(one.terminate().exitStatus()).isZero();
            assertThat(other.terminate().exitStatus()).isZero();
            assertThat(one.err()).doesNotContain("-key-6b1f").doesNotContain("\tat ");
        }
    }

    private static String configuration(RawBackend backend, RedisServerProcess redis) {
        return """
                backends: {a: {urls: [%s]}}
                routes: [{path: /kept/**}, {path: /asked/**, cache: off}]
                plans: {three: {limits: [3/1h]}, many: {limits: [1000000/1s]}}
                keys:
                  - {id: a, key: three-key-6b1f, plan: three}
                  - {id: b, key: many-key-6b1f, plan: many}
                limits: {store: redis, on-store-failure: local}
                cache: {store: redis}
                redis: {uri: "%s", timeout: 1s}
                """.formatted(backend.url(), redis.uri());
    }

    private static void sharesAnswers(RawBackend backend, Jar one, Jar other) throws Exception {
        HttpResponse<String> miss = one.get("/kept/a", "X-API-Key", "many-key-6b1f");
        assertThat(miss.statusCode()).isEqualTo(200);
        await().until(() -> cacheStatus(other).startsWith("fanout-gateway; hit"));
        assertThat(backend.requests().stream().filter(request -> request.contains("/kept/a")))
                .hasSizeLessThanOrEqualTo(2);
    }

    private static String cacheStatus(Jar jar) throws Exception {
        return jar.get("/kept/a", "X-API-Key", "many-key-6b1f")
                .headers()
                .firstValue("Cache-Status")
                .orElse("");
    }

    private static void sharesLimits(Jar one, Jar other) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (Jar jar : List.of(one, other, one, other)) {
            statuses.add(jar.get("/asked/a", "X-API-Key", "three-key-6b1f").statusCode());
        }
        assertThat(statuses).containsExactly(200, 200, 200, 429);
    }

    /** Callers that never pause: none of them is refused while the store goes away. */
    private static void outlives(RedisServerProcess redis, Jar jar) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        try {
            for (int i = 0; i < CALLERS; i++) {
                calls.add(CompletableFuture.runAsync(
                        () -> {
                            while (!ended.get()) {
                                (ok(jar) ? answered : failed).incrementAndGet();
                            }
                        },
                        callers));
            }
            await().until(() -> answered.get() > 50);
            redis.kill();
            int before = answered.get();
            await().until(() -> answered.get() + failed.get() > before + 200);
            await().until(() -> jar.err().contains("PLUGIN_FAILED"));
        } finally {
            ended.set(true);
            CompletableFuture.allOf(calls.toArray(CompletableFuture[]::new)).join();
            callers.shutdownNow();
        }
        assertThat(failed).hasValue(0);
    }

    private static boolean ok(Jar jar) {
        try {
            return jar.get("/asked/b", "X-API-Key", "many-key-6b1f").statusCode() == 200;
        } catch (Exception e) {
            return false;
        }
    }
}
