package dev.fanoutgateway;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store whose failures are misses, and whose stages never fail. What is looked up may come on the store's own thread: who
 * asks goes on elsewhere.
 */
record GuardedCache(ResponseCache cache, Guarded guard) implements ResponseCache {
    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        return guard.call(() -> cache.lookup(key), failure -> Optional.empty(), late -> {}, Runnable::run);
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        return ended(guard.call(() -> begun(cache.store(key, response)), failure -> Boolean.FALSE));
    }

    @Override
    public boolean takes(CacheKey key, CachedResponse response) {
        return guard.quietly(() -> cache.takes(key, response));
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        return ended(guard.call(() -> begun(cache.invalidate(key)), failure -> Boolean.FALSE));
    }

    private static CompletionStage<Boolean> begun(CompletionStage<@Nullable Void> stage) {
        return stage.thenApply(nothing -> Boolean.TRUE);
    }

    private static CompletionStage<@Nullable Void> ended(CompletionStage<Boolean> stage) {
        return stage.thenApply(nothing -> null);
    }
}
