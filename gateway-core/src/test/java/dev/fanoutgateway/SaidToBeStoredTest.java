package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.MemoryResponseCache;
import dev.fanoutgateway.caching.TieredResponseCache;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code stored} in {@code Cache-Status} (RFC 9211 section 2.5), where the store has its own mind. */
class SaidToBeStoredTest {
    private static final String STORED = "fanout-gateway; fwd=uri-miss; stored";
    private static final String NOT_STORED = "fanout-gateway; fwd=uri-miss";

    private final Stand stand =
            new Stand().route(everything().strategy(FanoutStrategy.single()).cache(CachePolicy.standard()));

    @Test
    void whatIsTooLargeIsNot() {
        stand.builder.cacheBytes(20_000);
        stand.all(Script.ok("x".repeat(1_000)), Script.ok("x".repeat(2_000)), Script.ok("x".repeat(2_000)));
        assertThat(said("/small")).isEqualTo(STORED);
        assertThat(said("/large")).isEqualTo(NOT_STORED);
        assertThat(said("/large")).isEqualTo(NOT_STORED);
    }

    @Test
    void whatTheStoreDoesNotTakeIsNot() {
        stand.builder.cache(new Store(() -> false));
        stand.all(Script.ok("x"));
        assertThat(said("/a")).isEqualTo(NOT_STORED);
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void aStoreThatCannotTellSpoilsNothing() {
        stand.builder.cache(new Store(() -> {
            throw new IllegalStateException("broken");
        }));
        stand.all(Script.ok("x"));
        assertThat(said("/a")).isEqualTo(NOT_STORED);
        assertThat(stand.types()).hasSize(1);
    }

    @Test
    void oneOfTwoLevelsIsEnough() {
        stand.builder.cache(
                new TieredResponseCache(20_000, Duration.ofMinutes(1), new Store(() -> false), stand.clock));
        stand.all(Script.ok("x"), Script.ok("x".repeat(2_000)));
        assertThat(said("/small")).isEqualTo(STORED);
        assertThat(said("/large")).isEqualTo(NOT_STORED);
    }

    /** A 304 that makes a response one that nobody may have again. */
    @Test
    void whatIsConfirmedButNotKeptIsNot() {
        stand.all(
                RevalidationTest.tagged("x", "\"1\"", "max-age=1"),
                RevalidationTest.response(304, "", "ETag", "\"1\"", "Cache-Control", "no-store"));
        stand.answer("/a");
        stand.pass(2_000);
        assertThat(said("/a"))
                .startsWith("fanout-gateway; fwd=stale; fwd-status=304")
                .doesNotContain("stored");
    }

    private String said(String target) {
        return field(stand.answer(target), "Cache-Status");
    }

    /** A memory that says whether it takes something. */
    private record Store(BooleanSupplier taken, MemoryResponseCache memory) implements ResponseCache {
        Store(BooleanSupplier taken) {
            this(taken, new MemoryResponseCache(1 << 20, new SystemClock(Runnable::run)));
        }

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            return memory.store(key, response);
        }

        @Override
        public boolean takes(CacheKey key, CachedResponse response) {
            return taken.getAsBoolean();
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return memory.invalidate(key);
        }
    }
}
