package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The first variants of a key, stored at the same time. */
class BeginningsTest {
    private static final CacheKey KEY = new CacheKey("g GET /a");
    private static final CachePolicy POLICY = CachePolicy.standard();

    private final FakeClock clock = new FakeClock();
    private final MemoryResponseCache memory = new MemoryResponseCache(1 << 20, clock);

    @Test
    void aSlowStoreKeepsBothOfTwo() {
        SlowLookups slow = new SlowLookups();
        SharedCache cache = new SharedCache(slow, clock);
        store(cache, "de");
        store(cache, "fr");
        slow.answer(); // both find that there is nothing yet
        assertThat(hit(new SharedCache(memory, clock), "de")).isEqualTo(SharedCache.Result.HIT);
        assertThat(hit(new SharedCache(memory, clock), "fr")).isEqualTo(SharedCache.Result.HIT);
    }

    @Test
    void whatIsRemovedMeanwhileBeginsAnew() {
        Beginnings beginnings = new Beginnings();
        long first = beginnings.enter(KEY);
        assertThat(beginnings.enter(KEY)).isEqualTo(first);
        beginnings.forget(KEY);
        long second = beginnings.enter(KEY);
        assertThat(second).isNotEqualTo(first);
        beginnings.leave(KEY, first);
        beginnings.leave(KEY, first);
        assertThat(beginnings.enter(KEY)).isEqualTo(second);
        beginnings.leave(KEY, second);
        beginnings.leave(KEY, second);
        assertThat(beginnings.size()).isZero();
    }

    @Test
    void threadsLoseNoneOfTheirVariants() throws Exception {
        int threads = 4;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 300; round++) {
                SharedCache cache = new SharedCache(new MemoryResponseCache(1 << 20, clock), clock);
                CyclicBarrier start = new CyclicBarrier(threads);
                List<Future<?>> stored = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    String language = "l" + i;
                    stored.add(executor.submit(() -> {
                        start.await();
                        store(cache, language);
                        return null;
                    }));
                }
                for (Future<?> one : stored) {
                    one.get();
                }
                for (int i = 0; i < threads; i++) {
                    assertThat(hit(cache, "l" + i)).isEqualTo(SharedCache.Result.HIT);
                }
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static GatewayRequest asks(String language) {
        return GatewayRequest.get("/a").header("Accept-Language", language);
    }

    private void store(SharedCache cache, String language) {
        GatewayResponse response = new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8(language));
        assertThat(cache.store(POLICY, KEY, asks(language), response, "b", clock.currentTimeMillis())
                        .taken())
                .isTrue();
    }

    private static SharedCache.Result hit(SharedCache cache, String language) {
        return cache.lookup(POLICY, KEY, asks(language))
                .toCompletableFuture()
                .join()
                .result();
    }

    /** The memory, but what is looked up is answered when that is said, with what was there when it was asked. */
    private final class SlowLookups implements ResponseCache {
        private final List<Runnable> answers = new ArrayList<>();

        void answer() {
            while (!answers.isEmpty()) {
                List<Runnable> due = List.copyOf(answers);
                answers.clear();
                due.forEach(Runnable::run);
            }
        }

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            Optional<CachedResponse> found =
                    memory.lookup(key).toCompletableFuture().join();
            CompletableFuture<Optional<CachedResponse>> later = new CompletableFuture<>();
            answers.add(() -> later.complete(found));
            return later;
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            return memory.store(key, response);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return memory.invalidate(key);
        }
    }
}
