package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ResponseCacheContract;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TieredResponseCacheTest extends ResponseCacheContract {
    private static final CacheKey KEY = new CacheKey("g GET /a");
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final FakeClock clock = new FakeClock();
    private final MemoryResponseCache second = new MemoryResponseCache(64 << 20, clock);
    private final TieredResponseCache cache = over(second);

    @Override
    protected ResponseCache cache() {
        return cache;
    }

    @Override
    protected long nowMillis() {
        return clock.currentTimeMillis();
    }

    @Override
    protected void elapse(Duration by) {
        clock.advance(by);
    }

    private TieredResponseCache over(ResponseCache other) {
        return new TieredResponseCache(64 << 20, LONGEST, other, clock);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatMemoryHasIsGivenWithoutTheSecond(Kind kind) {
        GivenCache silent = new GivenCache(new CompletableFuture<>());
        TieredResponseCache tiered = over(silent);
        CachedResponse entry = entry(kind, 60_000);
        tiered.store(KEY, entry);
        assertThat(silent.stored).containsExactly(KEY);
        CompletionStage<Optional<CachedResponse>> found = tiered.lookup(KEY);
        assertThat(found.toCompletableFuture()).isCompletedWithValue(Optional.of(entry));
    }

    @Test
    void whatTheSecondGivesIsPutIntoMemoryForTheTimeItHasLeft() {
        CachedResponse entry = entry(Kind.RESPONSE, 3_000);
        clock.advance(Duration.ofSeconds(2));
        GivenCache given = new GivenCache(CompletableFuture.completedFuture(Optional.of(entry)));
        TieredResponseCache tiered = over(given);
        assertThat(now(tiered.lookup(KEY))).containsSame(entry);
        given.found = CompletableFuture.completedFuture(Optional.empty());
        assertThat(now(tiered.lookup(KEY))).containsSame(entry);
        clock.advance(Duration.ofMillis(1_001));
        assertThat(now(tiered.lookup(KEY))).isEmpty();
    }

    @Test
    void memoryForgetsAfterItsTimeAndSeesWhatOthersDidInTheSecond() {
        cache.store(KEY, entry(Kind.RESPONSE, 60_000));
        second.invalidate(KEY);
        clock.advance(LONGEST.minusMillis(1));
        assertThat(now(cache.lookup(KEY))).isPresent();
        clock.advance(Duration.ofMillis(2));
        assertThat(now(cache.lookup(KEY))).isEmpty();
    }

    @Test
    void invalidatedIsGoneFromBoth() {
        cache.store(KEY, entry(Kind.RESPONSE, 60_000));
        cache.invalidate(KEY);
        assertThat(now(second.lookup(KEY))).isEmpty();
        assertThat(now(cache.lookup(KEY))).isEmpty();
    }

    @Test
    void aLookupThatIsOvertakenByAnInvalidationPutsNothingIntoMemory() {
        CompletableFuture<Optional<CachedResponse>> slow = new CompletableFuture<>();
        GivenCache given = new GivenCache(slow);
        TieredResponseCache tiered = over(given);
        CompletionStage<Optional<CachedResponse>> overtaken = tiered.lookup(KEY);
        tiered.invalidate(KEY);
        slow.complete(Optional.of(entry(Kind.RESPONSE, 60_000)));
        assertThat(now(overtaken)).isPresent();
        given.found = CompletableFuture.completedFuture(Optional.empty());
        assertThat(now(tiered.lookup(KEY))).isEmpty();
    }

    @Test
    void aLookupWithinAnInvalidationPutsNothingIntoMemoryForLong() {
        GivenCache given = new GivenCache(CompletableFuture.completedFuture(Optional.of(entry(Kind.RESPONSE, 60_000))));
        TieredResponseCache tiered = over(given);
        CompletableFuture<Void> done = new CompletableFuture<>();
        given.done = done.thenApply(nothing -> null);
        tiered.invalidate(KEY);
        assertThat(now(tiered.lookup(KEY))).isPresent();
        given.found = CompletableFuture.completedFuture(Optional.empty());
        done.complete(null);
        assertThat(now(tiered.lookup(KEY))).isEmpty();
    }

    @Test
    void aLookupThatIsOvertakenByAStoreDoesNotReplaceIt() {
        CompletableFuture<Optional<CachedResponse>> slow = new CompletableFuture<>();
        TieredResponseCache tiered = over(new GivenCache(slow));
        CachedResponse newer = entry(Kind.RESPONSE, 60_000);
        tiered.lookup(KEY);
        tiered.store(KEY, newer);
        slow.complete(Optional.of(entry(Kind.RESPONSE, 60_000)));
        assertThat(now(tiered.lookup(KEY)).orElseThrow()).isSameAs(newer);
    }

    @Test
    void aSecondThatFailsFailsTheStageAndLeavesMemoryAlone() {
        GivenCache broken = new GivenCache(CompletableFuture.failedFuture(new IllegalStateException("down")));
        broken.done = CompletableFuture.failedFuture(new IllegalStateException("down"));
        TieredResponseCache tiered = over(broken);
        assertThat(tiered.lookup(KEY).toCompletableFuture()).isCompletedExceptionally();
        assertThat(tiered.store(KEY, entry(Kind.ABSENT, 60_000)).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(now(tiered.lookup(KEY))).isPresent();
        assertThat(tiered.invalidate(KEY).toCompletableFuture()).isCompletedExceptionally();
        assertThat(tiered.lookup(KEY).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void timesThatMemoryCannotKeepAnythingForAreRefused() {
        assertThatThrownBy(() -> new TieredResponseCache(1 << 20, Duration.ZERO, second, clock))
                .hasMessage("expected a time in memory of 1ms to 366 days, got PT0S");
    }

    private CachedResponse entry(Kind kind, long keepMillis) {
        return new CachedResponse(
                kind, 200, Headers.empty(), new byte[] {1}, "b", clock.currentTimeMillis(), 0, keepMillis, keepMillis);
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }
}
