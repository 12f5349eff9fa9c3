package dev.fanoutgateway.spi;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Stores responses. A store is dumb: what may be stored and served is decided by the gateway.
 *
 * <p>Called on any thread; must not block. A lookup that fails or is late is a miss, a store that fails is forgotten; the
 * developers are told of both.
 */
public interface ResponseCache {
    /** The entry under {@code key}; empty if there is none, or it has outlived its {@code keepMillis}. */
    CompletionStage<Optional<CachedResponse>> lookup(CacheKey key);

    /** Stores {@code response} in place of what was under {@code key}. It may be evicted at any time. */
    CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response);

    /**
     * Whether {@link #store} would keep it now, as far as that is known without asking anybody: not one that is too large,
     * nor while the store is known to be away. Must answer at once. By this a client is told whether a response was stored.
     */
    default boolean takes(CacheKey key, CachedResponse response) {
        return true;
    }

    /** Removes what is under {@code key}. */
    CompletionStage<@Nullable Void> invalidate(CacheKey key);
}
