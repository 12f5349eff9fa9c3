package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.SharedCache.Lookup;
import dev.fanoutgateway.caching.SharedCache.Result;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedCacheTest {
    private static final CachePolicy POLICY = CachePolicy.standard();
    private static final CacheKey KEY = new CacheKey("g GET /a");
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    private final FakeClock clock = new FakeClock();
    private final RecordingStore store = new RecordingStore();
    private final SharedCache cache = new SharedCache(store, clock);

    @Test
    void missThenHit() {
        assertThat(lookup(GET)).isEqualTo(Result.MISS);
        assertThat(store(GET, "Cache-Control", "max-age=60")).isTrue();
        Lookup found = done(cache.lookup(POLICY, KEY, GET));
        assertThat(found.result()).isEqualTo(Result.HIT);
        assertThat(found.entry()).isNotNull();
        assertThat(found.entry().backend()).isEqualTo("b");
    }

    @Test
    void headIsAnsweredFromGetAndStoresNothing() {
        GatewayRequest head = GatewayRequest.of("HEAD", "/a");
        assertThat(store(head, "Cache-Control", "max-age=60")).isFalse();
        assertThat(store.entries).isEmpty();
        store(GET, "Cache-Control", "max-age=60");
        assertThat(lookup(head)).isEqualTo(Result.HIT);
    }

    @Test
    void entryThatTheStoreStillHasAfterItsTimeIsStale() {
        store(GET, "Cache-Control", "max-age=60");
        clock.advance(Duration.ofSeconds(60));
        Lookup found = done(cache.lookup(POLICY, KEY, GET));
        assertThat(found.result()).isEqualTo(Result.STALE);
        assertThat(found.entry()).isNotNull();
    }

    @Test
    void eachVariantIsFoundByThoseWhoPreferIt() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        GatewayRequest german = GET.header("Accept-Language", "de");
        store(english, "Vary", "Accept-Language");
        assertThat(lookup(english)).isEqualTo(Result.HIT);
        assertThat(lookup(german)).isEqualTo(Result.VARY_MISS);
        assertThat(lookup(GET)).isEqualTo(Result.VARY_MISS);
        store(german, "Vary", "accept-language");
        store(GET, "Vary", "Accept-Language");
        assertThat(lookup(english)).isEqualTo(Result.HIT);
        assertThat(lookup(german)).isEqualTo(Result.HIT);
        assertThat(lookup(GET)).isEqualTo(Result.HIT);
    }

    @Test
    void variantIsStoredBeforeTheSignpostToIt() {
        store(GET.header("Accept", "a/b"), "Vary", "Accept");
        assertThat(store.stored).extracting(CachedResponse::kind).containsExactly(Kind.RESPONSE, Kind.VARIANTS);
    }

    @Test
    void responsesThatVaryByDifferentFieldsAreToldApartByAllOfThem() {
        GatewayRequest one = GET.header("Accept", "a/b").header("Accept-Language", "en");
        GatewayRequest other = GET.header("Accept", "c/d").header("Accept-Language", "en");
        store(one, "Vary", "Accept");
        store(other, "Vary", "Accept-Language");
        assertThat(lookup(other)).isEqualTo(Result.HIT);
        assertThat(lookup(one)).isEqualTo(Result.VARY_MISS);
        store(one, "Vary", "Accept");
        assertThat(lookup(one)).isEqualTo(Result.HIT);
        assertThat(lookup(other)).isEqualTo(Result.HIT);
    }

    @Test
    void shortLivedVariantDoesNotHideTheOthers() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        store(english, "Vary", "Accept-Language", "Cache-Control", "max-age=600");
        store(GET, "Vary", "Accept-Language", "Cache-Control", "max-age=1");
        clock.advance(Duration.ofSeconds(599));
        assertThat(lookup(english)).isEqualTo(Result.HIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-store", "private", "no-cache", "max-age=0", "s-maxage=0, max-age=60"})
    void thatAResponseCannotBeSharedIsRememberedForAWhile(String cacheControl) {
        assertThat(store(GET, "Cache-Control", cacheControl)).isFalse();
        assertThat(lookup(GET)).isEqualTo(Result.UNCACHEABLE);
        clock.advance(SharedCache.UNCACHEABLE_TTL);
        assertThat(lookup(GET)).isEqualTo(Result.MISS);
    }

    @Test
    void responseThatMayBeSharedAfterAllReplacesTheNote() {
        store(GET, "Cache-Control", "private");
        store(GET, "Cache-Control", "max-age=60");
        assertThat(lookup(GET)).isEqualTo(Result.HIT);
    }

    @Test
    void youngNoteIsNotWrittenAgain() {
        for (int i = 0; i < 10; i++) {
            store(GET, "Cache-Control", "private");
        }
        assertThat(store.stored).hasSize(1);
        clock.advance(Duration.ofSeconds(61));
        store(GET, "Cache-Control", "private");
        assertThat(store.stored).hasSize(2);
    }

    @Test
    void uncacheableVariantLeavesTheOthersAlone() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        store(english, "Vary", "Accept-Language");
        store(GET, "Vary", "Accept-Language", "Cache-Control", "private");
        assertThat(lookup(english)).isEqualTo(Result.HIT);
        assertThat(lookup(GET)).isEqualTo(Result.UNCACHEABLE);
    }

    @Test
    void failuresLeaveNoNote() {
        GatewayResponse failure =
                new GatewayResponse(503, Headers.of("Cache-Control", "no-store"), Body.utf8("overloaded"));
        assertThat(cache.store(POLICY, KEY, GET, failure, "b", now()).entry()).isNull();
        GatewayResponse cut = new GatewayResponse(200, Headers.of("Content-Length", "9"), Body.utf8("cut"));
        assertThat(cache.store(POLICY, KEY, GET, cut, "b", now()).entry()).isNull();
        assertThat(store.stored).isEmpty();
    }

    @Test
    void requestThatGoesPastTheCacheLeavesNothing() {
        assertThat(store(GET.header("If-Match", "\"x\""), "Cache-Control", "max-age=60"))
                .isFalse();
        assertThat(store(GET.header("Cache-Control", "no-store"), "Cache-Control", "private"))
                .isFalse();
        assertThat(store(GatewayRequest.of("POST", "/a"), "Cache-Control", "private"))
                .isFalse();
        assertThat(store.stored).isEmpty();
    }

    @Test
    void absenceIsRememberedForItsTime() {
        done(cache.absent(KEY, Duration.ofSeconds(30)));
        assertThat(lookup(GET)).isEqualTo(Result.ABSENT);
        clock.advance(Duration.ofSeconds(30));
        assertThat(lookup(GET)).isEqualTo(Result.MISS);
    }

    @Test
    void absenceIsNotRememberedWithoutATime() {
        done(cache.absent(KEY, Duration.ZERO));
        assertThat(store.stored).isEmpty();
    }

    @Test
    void signpostsThatLeadNowhereOrInCirclesAreMisses() {
        CachedResponse blank = note(Headers.empty());
        Signpost leading = Signpost.begin(List.of("accept"));
        CachedResponse signpost = leading.entry(blank);
        store.entries.put(KEY, blank);
        assertThat(lookup(GET)).isEqualTo(Result.MISS);
        store.entries.put(KEY, signpost);
        store.entries.put(leading.place(KEY, GET), signpost);
        assertThat(lookup(GET)).isEqualTo(Result.VARY_MISS);
    }

    @Test
    void hitIsCompleteAtOnceWhereTheStoreIs() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        store(english, "Vary", "Accept-Language");
        assertThat(cache.lookup(POLICY, KEY, english).toCompletableFuture()).isCompleted();
    }

    @Test
    void lookupWaitsForASlowStore() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        store(english, "Vary", "Accept-Language");
        store.slow = true;
        CompletableFuture<Lookup> lookup = cache.lookup(POLICY, KEY, english).toCompletableFuture();
        store.release();
        assertThat(lookup).isNotDone();
        store.release();
        assertThat(lookup).isCompletedWithValueMatching(found -> found.result() == Result.HIT);
    }

    /** Who waits for the same must not get what is private while a slow store takes its time. */
    @Test
    void thatAResponseMayNotBeSharedIsKnownAtOnce() {
        store.slow = true;
        GatewayResponse response = new GatewayResponse(200, Headers.of("Cache-Control", "private"), Body.utf8("body"));
        assertThat(cache.store(POLICY, KEY, GET, response, "b", now()).entry()).isNull();
        store.release();
        assertThat(store.stored).extracting(CachedResponse::kind).containsExactly(Kind.UNCACHEABLE);
    }

    private boolean store(GatewayRequest request, String... fields) {
        GatewayResponse response = new GatewayResponse(200, Headers.of(fields), Body.utf8("body"));
        SharedCache.Stored stored = cache.store(POLICY, KEY, request, response, "b", now());
        done(stored.done());
        return stored.entry() != null;
    }

    private Result lookup(GatewayRequest request) {
        return done(cache.lookup(POLICY, KEY, request)).result();
    }

    private long now() {
        return clock.currentTimeMillis();
    }

    private CachedResponse note(Headers headers) {
        return new CachedResponse(Kind.VARIANTS, 0, headers, new byte[0], "b", now(), 0, 60_000, 60_000);
    }

    private static <T extends @Nullable Object> T done(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isCompleted();
        return stage.toCompletableFuture().join();
    }

    /** Keeps everything for ever; once slow, completes its look-ups one by one when told to. */
    private static final class RecordingStore implements ResponseCache {
        private final Map<CacheKey, CachedResponse> entries = new HashMap<>();
        private final List<CachedResponse> stored = new ArrayList<>();
        private final List<Runnable> waiting = new ArrayList<>();
        private boolean slow;

        void release() {
            waiting.remove(0).run();
        }

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            Optional<CachedResponse> found = Optional.ofNullable(entries.get(key));
            if (!slow) {
                return CompletableFuture.completedFuture(found);
            }
            CompletableFuture<Optional<CachedResponse>> later = new CompletableFuture<>();
            waiting.add(() -> later.complete(found));
            return later;
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            stored.add(response);
            entries.put(key, response);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            entries.remove(key);
            return CompletableFuture.completedFuture(null);
        }
    }
}
