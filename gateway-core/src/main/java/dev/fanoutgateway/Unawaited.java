package dev.fanoutgateway;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store behind another one that has what it is given at once: nobody waits until this one has it too. */
record Unawaited(ResponseCache guarded) implements ResponseCache {
    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        return guarded.lookup(key);
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        guarded.store(key, response);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        return guarded.invalidate(key);
    }

    @Override
    public String toString() {
        return guarded.toString();
    }
}
