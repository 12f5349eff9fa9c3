package dev.fanoutgateway.caching;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseCache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Responses in this process's memory, bounded by their bytes. What is asked for often stays; a scan of keys that are asked
 * for once does not drive it out (W-TinyLFU). Safe for use by any thread; every stage it returns is complete.
 */
public final class MemoryResponseCache implements ResponseCache {
    private static final long LEAST_BYTES = 4096;
    private static final int LARGEST_SHARE = 10;
    private static final int KEY_OVERHEAD = 160;

    private final Cache<CacheKey, CachedResponse> entries;
    private final GatewayClock clock;
    private final long maxEntryBytes;
    private final long longestMillis;

    /**
     * A cache whose housekeeping is done by the threads that use it.
     *
     * @param maxBytes about how much it may hold, 4096 or more; a single entry may take a tenth of it
     */
    public MemoryResponseCache(long maxBytes, GatewayClock clock) {
        this(maxBytes, clock, Runnable::run);
    }

    /**
     * A cache whose housekeeping is done by {@code executor}.
     *
     * @param maxBytes about how much it may hold, 4096 or more; a single entry may take a tenth of it
     */
    public MemoryResponseCache(long maxBytes, GatewayClock clock, Executor executor) {
        this(maxBytes, clock, executor, Duration.ofMillis(Long.MAX_VALUE));
    }

    /** @param longest how long it keeps an entry, whatever time that has left */
    MemoryResponseCache(long maxBytes, GatewayClock clock, Executor executor, Duration longest) {
        if (maxBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("expected a cache of 4096 bytes or more, got " + maxBytes);
        }
        this.clock = clock;
        this.maxEntryBytes = maxBytes / LARGEST_SHARE;
        this.longestMillis = longest.toMillis();
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((CacheKey key, CachedResponse entry) -> (int) Math.min(bytes(key, entry), Integer.MAX_VALUE))
                .expireAfter(Expiry.writing((CacheKey key, CachedResponse entry) -> remaining(entry)))
                .ticker(clock::nanoTime)
                .executor(executor)
                .build();
    }

    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        return CompletableFuture.completedFuture(Optional.ofNullable(entries.getIfPresent(key)));
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        if (takes(key, response)) {
            entries.put(key, response);
        } else {
            entries.invalidate(key);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean takes(CacheKey key, CachedResponse response) {
        return bytes(key, response) <= maxEntryBytes && !remaining(response).isZero();
    }

    /** Stores {@code response} if nothing is under {@code key} and, at that moment, {@code still} holds. */
    void fill(CacheKey key, CachedResponse response, BooleanSupplier still) {
        if (takes(key, response)) {
            entries.asMap().compute(key, (same, other) -> other == null && still.getAsBoolean() ? response : other);
        }
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        entries.invalidate(key);
        return CompletableFuture.completedFuture(null);
    }

    /** About how many bytes it holds, once what is overdue for eviction is gone. */
    public long bytes() {
        entries.cleanUp();
        return entries.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    /**
     * The targets of what it would keep longest, that first: what was asked for again and again; among the rest, and while
     * it is nearly empty, what was asked for last. Only of responses that all callers share.
     *
     * @param most how many at most
     */
    public List<String> hottest(int most) {
        return entries.policy()
                .eviction()
                .orElseThrow()
                .hottest(all -> all.filter(entry -> isResponse(entry.getValue()))
                        .map(entry -> Keys.sharedTargetOf(entry.getKey()))
                        .flatMap(Optional::stream)
                        .distinct()
                        .limit(most)
                        .toList());
    }

    private static boolean isResponse(CachedResponse entry) {
        return entry.kind() == CachedResponse.Kind.RESPONSE || entry.kind() == CachedResponse.Kind.VARIANTS;
    }

    @Override
    public String toString() {
        return "memory";
    }

    /** An entry may come from elsewhere some time after its receipt: only what is left of its time counts. */
    private Duration remaining(CachedResponse entry) {
        long passed = Math.max(0, clock.currentTimeMillis() - entry.receivedMillis());
        return Duration.ofMillis(Math.min(longestMillis, Math.max(0, entry.keepMillis() - passed)));
    }

    private static long bytes(CacheKey key, CachedResponse entry) {
        return (long) KEY_OVERHEAD + key.value().length() + entry.weight();
    }
}
