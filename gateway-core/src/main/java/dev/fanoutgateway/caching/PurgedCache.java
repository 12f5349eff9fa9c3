package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store without what was purged: what is looked up is judged, and what was asked for before a purge is not stored. */
record PurgedCache(ResponseCache store, PurgeLog log) implements ResponseCache {
    @Override
    @SuppressWarnings("OptionalEquality") // the same one may be given on as it came
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        CompletionStage<Optional<CachedResponse>> found = store.lookup(key);
        if (found instanceof CompletableFuture<Optional<CachedResponse>> done
                && done.isDone()
                && !done.isCompletedExceptionally()) {
            Optional<CachedResponse> entry = done.join();
            Optional<CachedResponse> left = left(key, entry);
            return left == entry ? found : CompletableFuture.completedFuture(left);
        }
        return found.thenApply(entry -> left(key, entry));
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        CachedResponse storable = log.storable(key, response);
        return storable == null ? CompletableFuture.completedFuture(null) : store.store(key, storable);
    }

    @Override
    public boolean takes(CacheKey key, CachedResponse response) {
        CachedResponse storable = log.storable(key, response);
        return storable != null && store.takes(key, storable);
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        return store.invalidate(key);
    }

    private Optional<CachedResponse> left(CacheKey key, Optional<CachedResponse> found) {
        if (found.isEmpty()) {
            return found;
        }
        CachedResponse left = log.left(key, found.get());
        return left == found.get() ? found : Optional.ofNullable(left);
    }
}
