package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.spi.StoreUnavailableException;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Limiter and cache on one store: when it fails, that is one thing that fails. */
class SharedStoreTest {
    private static final String STORE = "Store at 192.0.2.7:1";

    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final CountingLimiter limiter = new CountingLimiter();
    private final StoredCache cache = new StoredCache();
    private boolean limiterFails;

    SharedStoreTest() {
        limiter.instead = () -> limiterFails
                ? CompletableFuture.failedFuture(new StoreUnavailableException(STORE, "acquire failed"))
                : CompletableFuture.completedFuture(limiter.admission());
        stand.builder
                .rateLimiter(limiter)
                .onLimiterFailure(StoreFailurePolicy.LOCAL)
                .cache(cache)
                .plan(Plan.of("basic").limit(Limit.perSecond(100)))
                .key("demo", "some-key", "basic");
    }

    private void ask(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(stand.answer(Stand.keyed("/a", "some-key")).status()).isEqualTo(200);
        }
        stand.clock.runDue();
    }

    @Test
    void isToldOnceAndRecoversOnce() {
        ask(1);
        limiterFails = true;
        cache.fails = true;
        ask(5);
        assertThat(stand.delivered).singleElement().satisfies(message -> {
            assertThat(message.type()).isEqualTo(Type.PLUGIN_FAILED);
            assertThat(message.fingerprint()).isEqualTo("store-failed:" + STORE);
            assertThat(message.title()).isEqualTo(STORE + " does not answer");
        });

        limiterFails = false;
        cache.fails = false;
        stand.pass(2_000);
        ask(5);
        assertThat(stand.delivered).extracting(DevMessage::type).containsExactly(Type.PLUGIN_FAILED, Type.RECOVERED);
    }

    @Test
    void isNotTakenForWellWhileOneOfThemStillFails() {
        limiterFails = true;
        cache.fails = true;
        ask(1);
        cache.fails = false;
        for (int i = 0; i < 10; i++) {
            stand.pass(1_000);
            ask(1);
        }
        assertThat(stand.delivered).extracting(DevMessage::type).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void aPlugInThatFailsByItselfIsAnotherMatter() {
        limiterFails = true;
        cache.breaks = true;
        ask(1);
        assertThat(stand.delivered)
                .extracting(DevMessage::fingerprint)
                .containsExactlyInAnyOrder("store-failed:" + STORE, "plugin-failed:cache");
    }

    @Test
    void storesWithoutNumberAreOne() {
        Troubles troubles = new Troubles(stand.clock, stand.messages::add);
        for (int i = 0; i < 1_000; i++) {
            troubles.of("store " + i).failed(Type.PLUGIN_FAILED, "failed", List.of());
        }
        assertThat(stand.messages.stream().map(DevMessage::fingerprint).distinct())
                .hasSizeLessThan(100);
        assertThat(troubles.of("store 0")).isSameAs(troubles.of("store 0"));
    }

    private static final class StoredCache implements ResponseCache {
        private boolean fails;
        private boolean breaks;

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            return answer(Optional.empty());
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            return answer(null);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return answer(null);
        }

        private <T extends @Nullable Object> CompletionStage<T> answer(T value) {
            if (breaks) {
                return CompletableFuture.failedFuture(new IllegalStateException("broken"));
            }
            return fails
                    ? CompletableFuture.failedFuture(new StoreUnavailableException(STORE, "lookup failed"))
                    : CompletableFuture.completedFuture(value);
        }
    }
}
