package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that answers every lookup with a given stage, and everything else with another. */
final class GivenCache implements ResponseCache {
    final List<CacheKey> stored = new ArrayList<>();
    final List<CacheKey> invalidated = new ArrayList<>();
    CompletionStage<Optional<CachedResponse>> found;
    CompletionStage<@Nullable Void> done = CompletableFuture.completedFuture(null);

    GivenCache(CompletionStage<Optional<CachedResponse>> found) {
        this.found = found;
    }

    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        return found;
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        stored.add(key);
        return done;
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        invalidated.add(key);
        return done;
    }
}
