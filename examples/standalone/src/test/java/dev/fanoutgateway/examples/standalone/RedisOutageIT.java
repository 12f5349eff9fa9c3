package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each policy does while Redis hangs, and then is gone, through the jar; and what the developers hear of it. */
class RedisOutageIT {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"open, 200", "closed, 503", "local, 200"})
    void thePolicyHoldsUntilRedisIsBack(String policy, int status) throws Exception {
        try (RawBackend backend = RawBackend.healthy("backend");
                RedisServerProcess redis = new RedisServerProcess(directory);
                Jar jar = Jar.serving(directory, configuration(backend, redis, policy))) {
            awaitAnswer(jar, RedisOutageIT::fromRedis);

            redis.hang();
            awaitAnswer(jar, answer -> answer.statusCode() == status && !fromRedis(answer));
            for (int i = 0; i < 20; i++) {
                assertThat(get(jar).statusCode()).isEqualTo(status);
            }
            redis.resume();
            awaitAnswer(jar, answer -> answer.statusCode() == 200 && fromRedis(answer));
            await().atMost(PATIENCE).until(() -> get(jar).statusCode() == 200 && told(jar, "RECOVERED") == 1);
            assertThat(told(jar, "PLUGIN_FAILED")).isEqualTo(1);

            redis.kill();
            awaitAnswer(jar, answer -> answer.statusCode() == status && !fromRedis(answer));
            for (int i = 0; i < 20; i++) {
                assertThat(get(jar).statusCode()).isEqualTo(status);
            }
            assertThat(jar.err()).doesNotContain("key-6b1f").doesNotContain("\tat ");
        }
    }

    private static String configuration(RawBackend backend, RedisServerProcess redis, String policy) {
        return """
                backends: {a: {urls: [%s]}}
                routes: [{path: /**}]
                plans: {basic: {quota: {amount: 100000, per: month}}}
                keys: [{id: a, key: key-6b1f, plan: basic}]
                limits: {store: redis, on-store-failure: %s}
                cache: {store: redis}
                redis: {uri: "%s", timeout: 1s}
                """.formatted(backend.url(), policy, redis.uri());
    }

    private static HttpResponse<String> get(Jar jar) throws Exception {
        return jar.get("/a", "X-API-Key", "key-6b1f");
    }

    private static void awaitAnswer(Jar jar, Predicate<HttpResponse<String>> expected) {
        await().atMost(PATIENCE).until(() -> expected.test(get(jar)));
    }

    /** The answers are kept in Redis alone: whatever came from there is a hit. */
    private static boolean fromRedis(HttpResponse<String> answer) {
        return answer.headers().firstValue("Cache-Status").orElse("").startsWith("fanout-gateway; hit");
    }

    private static long told(Jar jar, String type) throws Exception {
        return jar.err().lines().filter(line -> line.contains(type)).count();
    }
}
