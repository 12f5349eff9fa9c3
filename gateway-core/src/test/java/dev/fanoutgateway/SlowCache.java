package dev.fanoutgateway;

import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A store whose lookups take until they are released, as those of a store elsewhere do. */
final class SlowCache implements ResponseCache {
    final Map<CacheKey, CachedResponse> stored = new ConcurrentHashMap<>();
    final List<CacheKey> lookups = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();

    @Override
    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
        CompletableFuture<Optional<CachedResponse>> found = new CompletableFuture<>();
        synchronized (this) {
            lookups.add(key);
            waiting.add(() -> found.complete(Optional.ofNullable(stored.get(key))));
        }
        return found;
    }

    /** Answers the lookups so far. */
    void releaseLookups() {
        List<Runnable> released;
        synchronized (this) {
            released = List.copyOf(waiting);
            waiting.clear();
        }
        released.forEach(Runnable::run);
    }

    @Override
    public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
        if (response.kind() == CachedResponse.Kind.RESPONSE) {
            stored.put(key, response);
        }
        return new CompletableFuture<>();
    }

    @Override
    public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
        stored.remove(key);
        return new CompletableFuture<>();
    }
}
