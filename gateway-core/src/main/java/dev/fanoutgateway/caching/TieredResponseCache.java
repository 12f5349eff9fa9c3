package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseCache;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Memory before another store that takes longer to ask and may be shared by several gateways. What is in memory is found
 * there at once; what is found in the other is put into memory, for the time it has left. Safe for use by any thread; its
 * stages fail if the other store's do, but what was stored is in memory all the same.
 *
 * <p>What others store or invalidate in the shared store shows here as soon as memory has forgotten what it has: after
 * {@code longestInMemory} at the latest.
 */
public final class TieredResponseCache implements ResponseCache {
    private static final Duration LONGEST = Duration.ofDays(366);

    /** A power of two. Keys that share a place merely are not put into memory now and then. */
    private static final int PLACES = 1024;

    private final MemoryResponseCache memory;
    private final ResponseCache second;

    /** Counts the changes to the keys of a place: what was looked up before one of these must not undo it in memory. */
    private final AtomicIntegerArray changes = new AtomicIntegerArray(PLACES);

    /**
     * Two levels, the first with room for {@code memoryBytes}.
     *
     * @param memoryBytes about how much memory may hold, 4096 or more; a single entry may take a tenth of it
     * @param longestInMemory how long memory keeps an entry, 1 ms to 366 days
     * @param second asked for what memory does not have; told of everything
     */
    public TieredResponseCache(long memoryBytes, Duration longestInMemory, ResponseCache second, GatewayClock clock) {
        this(new MemoryResponseCache(memoryBytes, clock, Runnable::run, checked(longestInMemory)), second);
    }

    TieredResponseCache(MemoryResponseCache memory, ResponseCache second) {
        this.memory = memory;
        this.second = second;
    }

    /** The same time, if it is one that memory may keep an entry for. */
    public static Duration checked(Duration longestInMemory) {
        if (longestInMemory.compareTo(Duration.ofMillis(1)) < 0 || longestInMemory.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a time in memory of 1ms to 366 days, got " + longestInMemory);
        }
        return longestInMemory;
    }

    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        CompletionStage<Optional<CachedResponse>> near = memory.lookup(key);
        if (near.toCompletableFuture().join().isPresent()) { // memory's stages are complete
            return near;
        }
        int place = place(key);
        int before = changes.get(place);
        return second.lookup(key).thenApply(found -> {
            found.ifPresent(entry -> memory.fill(key, entry, () -> changes.get(place) == before));
            return found;
        });
    }

    /** Complete when the second level has it; it is in memory on return. */
    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        changes.incrementAndGet(place(key));
        memory.store(key, response);
        return second.store(key, response);
    }

    @Override
    public boolean takes(CacheKey key, CachedResponse response) {
        return memory.takes(key, response) || second.takes(key, response);
    }

    /** Complete when it is gone from the second level too; it is gone from memory on return. */
    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        changes.incrementAndGet(place(key));
        memory.invalidate(key);
        return second.invalidate(key).thenApply(nothing -> {
            changes.incrementAndGet(place(key)); // a lookup may have found it in the meantime
            memory.invalidate(key);
            return nothing;
        });
    }

    /** See {@link MemoryResponseCache#hottest}. */
    public List<String> hottest(int most) {
        return memory.hottest(most);
    }

    private static int place(CacheKey key) {
        int hash = key.hashCode();
        return (hash ^ (hash >>> 16)) & (PLACES - 1);
    }

    @Override
    public String toString() {
        return "memory before " + second;
    }
}
