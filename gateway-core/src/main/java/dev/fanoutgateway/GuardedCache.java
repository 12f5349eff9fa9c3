package dev.fanoutgateway;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store whose failures are misses. */
record GuardedCache(ResponseCache cache, Guarded guard) implements ResponseCache {
    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        return guard.call(() -> cache.lookup(key), failure -> Optional.empty());
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        guard.run(() -> cache.store(key, response));
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        guard.run(() -> cache.invalidate(key));
        return CompletableFuture.completedFuture(null);
    }
}
