package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisResponseCacheTest {
    private static RedisProcess redis;
    private static RedisStore store;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        store = RedisProcess.connected(RedisStore.builder()
                .timeout(Duration.ofSeconds(5))
                .maxEntryBytes(100_000)
                .connect(redis.uri()));
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @Test
    void storesReplacesAndRemoves() {
        assertThat(get(store, "a")).isEmpty();
        put(store, "a", "one");
        put(store, "a", "two");
        assertThat(get(store, "a").orElseThrow().body()).asString().isEqualTo("two");
        RateLimiterContract.await(store.responseCache().invalidate(new CacheKey("a")));
        assertThat(get(store, "a")).isEmpty();
    }

    @Test
    void expiresWithItsEntryAndHidesItsKey() {
        redis.ask(commands -> commands.flushall());
        put(store, "GET /secret?x=y", response("body", System.currentTimeMillis() - 10_000, 70_000));
        List<String> keys = redis.ask(commands -> commands.keys("*"));
        assertThat(keys).singleElement().asString().matches("fg:cache:[0-9a-f]{64}");
        assertThat(redis.<Long>ask(commands -> commands.pttl(keys.get(0)))).isBetween(30_000L, 60_000L);
    }

    @Test
    void saysWhatItDoesNotTake() {
        CacheKey key = new CacheKey("taken");
        long now = System.currentTimeMillis();
        assertThat(store.responseCache().takes(key, response("x", now, 60_000))).isTrue();
        assertThat(store.responseCache().takes(key, response("x", now - 10_000, 9_000)))
                .isFalse();
        assertThat(store.responseCache().takes(key, response("x".repeat(100_001), now, 60_000)))
                .isFalse();
        try (RedisProcess none = new RedisProcess();
                RedisStore away = RedisStore.connect(none.uri())) {
            assertThat(away.responseCache().takes(key, response("x", now, 60_000)))
                    .isFalse();
        }
    }

    @Test
    void anEntryThatHasOutlivedItsTimeRemovesWhatWasThere() {
        put(store, "b", "one");
        put(store, "b", response("two", System.currentTimeMillis() - 10_000, 10_000));
        assertThat(get(store, "b")).isEmpty();
        put(store, "c", response("two", Long.MIN_VALUE, Long.MAX_VALUE));
        put(store, "c", response("two", Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(get(store, "c")).isPresent();
    }

    @Test
    void anOversizedEntryIsNotStored() {
        put(store, "d", "one");
        put(store, "d", response("x".repeat(100_001), System.currentTimeMillis(), 60_000));
        assertThat(get(store, "d")).isEmpty();
    }

    @Test
    void whatIsNotOursIsAMiss() {
        put(store, "e", "one");
        for (String damaged : List.of("", "x", "FG", "FG\u0001", "{\"json\": true}", "x".repeat(300_000))) {
            overwrite("e", damaged);
            assertThat(get(store, "e")).isEmpty();
        }
        String key = keyOf("e");
        redis.ask(commands -> commands.del(key));
        redis.ask(commands -> commands.lpush(key, "a list"));
        assertThat(get(store, "e")).isEmpty();
        put(store, "e", "again");
        assertThat(get(store, "e")).isPresent();
    }

    private static void overwrite(String key, String value) {
        String name = keyOf(key);
        redis.ask(commands -> commands.set(name, value));
    }

    private static String keyOf(String key) {
        return "fg:cache:" + java.util.HexFormat.of().formatHex(dev.fanoutgateway.spi.KeyCredential.sha256Of(key));
    }

    static Optional<CachedResponse> get(RedisStore store, String key) {
        return RateLimiterContract.await(store.responseCache().lookup(new CacheKey(key)));
    }

    static void put(RedisStore store, String key, String body) {
        put(store, key, response(body, System.currentTimeMillis(), 60_000));
    }

    private static void put(RedisStore store, String key, CachedResponse response) {
        RateLimiterContract.await(store.responseCache().store(new CacheKey(key), response));
    }

    private static CachedResponse response(String body, long received, long keep) {
        return new CachedResponse(
                Kind.RESPONSE,
                200,
                Headers.of("Content-Type", "text/plain"),
                body.getBytes(StandardCharsets.UTF_8),
                "a",
                received,
                0,
                keep,
                keep);
    }
}
