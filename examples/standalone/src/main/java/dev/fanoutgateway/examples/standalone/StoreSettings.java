package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Route;
import dev.fanoutgateway.WarmUp;
import dev.fanoutgateway.caching.TieredResponseCache;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.redis.RedisStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The sections {@code limits}, {@code cache} and {@code redis}.
 *
 * @param limitsInRedis where limits are counted; else in memory
 * @param onStoreFailure what holds while Redis does not answer
 * @param cacheInRedis where answers are kept; else in memory alone
 * @param longestInMemory how long those in Redis are kept in memory too; null for not at all
 * @param cacheBytes how much memory they may take there
 * @param warmUp what is asked for before anybody does; null for nothing
 * @param redis what it is reached by: several URIs for a cluster; may hold a password
 * @param redisTimeout for each command
 */
record StoreSettings(
        boolean limitsInRedis,
        StoreFailurePolicy onStoreFailure,
        boolean cacheInRedis,
        @Nullable Duration longestInMemory,
        long cacheBytes,
        @Nullable WarmUp warmUp,
        List<String> redis,
        Duration redisTimeout) {
    private static final Value<Boolean> STORE = Value.choice(Map.of("memory", false, "redis", true));
    private static final Value<CacheStore> CACHE_STORE =
            Value.choice(Map.of("memory", CacheStore.MEMORY, "redis", CacheStore.REDIS, "tiered", CacheStore.TIERED));
    private static final Value<StoreFailurePolicy> ON_FAILURE = Value.choice(Map.of(
            "open", StoreFailurePolicy.OPEN, "closed", StoreFailurePolicy.CLOSED, "local", StoreFailurePolicy.LOCAL));
    private static final Value<String> URI = Value.secret(
            "a URI such as redis://127.0.0.1:6379, rediss://... or redis-sentinel://...", StoreSettings::redisUri);
    private static final long LEAST_CACHE = 4096;
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);

    /**
     * The three sections.
     *
     * @param routes one of which takes each path to warm up
     * @param directory of the configuration
     */
    static StoreSettings read(Section root, List<Route> routes, Path directory) {
        Section limits = root.sectionOrEmpty("limits");
        Section cache = root.sectionOrEmpty("cache");
        Section redis = root.sectionOrEmpty("redis");
        boolean limitsInRedis = limits.value("store", STORE).orElse(false);
        StoreFailurePolicy policy = limits.value("on-store-failure", ON_FAILURE).orElse(StoreFailurePolicy.LOCAL);
        CacheStore cacheStore = cache.value("store", CACHE_STORE).orElse(CacheStore.MEMORY);
        cache.set("longest-in-memory", Value.DURATION, TieredResponseCache::checked);
        Duration longest = cache.value("longest-in-memory", Value.DURATION).orElse(Duration.ofSeconds(10));
        cache.set("max-size", Value.SIZE, StoreSettings::checkCache);
        long cacheBytes = cache.value("max-size", Value.SIZE).orElse(64L << 20);
        Optional<WarmUp> warmUp = WarmUpSettings.read(cache, cacheStore != CacheStore.REDIS, routes, directory);
        List<String> uris = redis.has("uri") ? redis.oneOrMore("uri", URI) : List.of("redis://127.0.0.1:6379");
        if (redis.node("uri")
                .filter(node -> node instanceof Node.Items list && list.items().isEmpty())
                .isPresent()) {
            redis.problems().add(redis.lineOf("uri"), redis.pathOf("uri"), "at least one URI", "an empty list");
        }
        if (uris.size() > 1 && uris.stream().anyMatch(uri -> uri.contains("-sentinel://"))) {
            redis.problems()
                    .add(redis.lineOf("uri"), redis.pathOf("uri"), "one Sentinel URI, or nodes of a cluster", "both");
        }
        if (uris.stream().map(uri -> uri.startsWith("rediss")).distinct().count() > 1) {
            redis.problems()
                    .add(
                            redis.lineOf("uri"),
                            redis.pathOf("uri"),
                            "nodes all with TLS (rediss) or all without",
                            "both");
        }
        redis.set("timeout", Value.DURATION, StoreSettings::checkTimeout);
        Duration timeout = redis.value("timeout", Value.DURATION).orElse(Duration.ofMillis(100));
        limits.end();
        cache.end();
        redis.end();
        return new StoreSettings(
                limitsInRedis,
                policy,
                cacheStore != CacheStore.MEMORY,
                cacheStore == CacheStore.TIERED ? longest : null,
                cacheBytes,
                warmUp.orElse(null),
                uris,
                timeout);
    }

    private enum CacheStore {
        MEMORY,
        REDIS,
        TIERED
    }

    boolean needsRedis() {
        return limitsInRedis || cacheInRedis;
    }

    private static void checkCache(long bytes) {
        if (bytes < LEAST_CACHE) {
            throw new IllegalArgumentException("expected a cache of 4KiB or more, got " + bytes + " bytes");
        }
    }

    private static void checkTimeout(Duration timeout) {
        if (timeout.isZero() || timeout.compareTo(LONGEST_TIMEOUT) > 0) {
            throw new IllegalArgumentException("expected a timeout of 1ms to 1m, got " + timeout);
        }
    }

    private static Optional<String> redisUri(String text) {
        if (text.matches("rediss?(-sentinel)?://.+") && RedisStore.isUri(text)) {
            return Optional.of(text);
        }
        if (text.matches("rediss?://(.*@)?[^@/?#]+,[^@]*")) {
            throw new IllegalArgumentException("expected one server in a URI, and a list of URIs for a cluster, got"
                    + " several servers in one URI");
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "StoreSettings[limitsInRedis=" + limitsInRedis + ", cacheInRedis=" + cacheInRedis + ']';
    }
}
