package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CacheKey;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The generations of variants that are about to begin: those who store the first variants of a key at the same time begin one
 * and the same, or the last would make the others' unfindable. Holds a key only while something is stored under it. Safe for
 * use by any thread.
 */
final class Beginnings {
    private final ConcurrentMap<CacheKey, Beginning> underWay = new ConcurrentHashMap<>();

    private record Beginning(long generation, int users) {}

    /**
     * The generation to begin, if none is found to have begun. To be asked for before that is looked up: whoever came before
     * has either not left, and gives the same, or has stored what is found then.
     */
    long enter(CacheKey key) {
        Beginning entered = underWay.compute(
                key,
                (same, other) -> other == null
                        ? new Beginning(ThreadLocalRandom.current().nextLong(), 1)
                        : new Beginning(other.generation, other.users + 1));
        return entered.generation;
    }

    /** What was begun is stored, or has failed. */
    void leave(CacheKey key, long generation) {
        underWay.computeIfPresent(key, (same, other) -> {
            if (other.generation != generation) {
                return other; // forgotten in the meantime
            }
            return other.users == 1 ? null : new Beginning(generation, other.users - 1);
        });
    }

    /** Whoever enters from now on begins anew. */
    void forget(CacheKey key) {
        underWay.remove(key);
    }

    int size() {
        return underWay.size();
    }
}
