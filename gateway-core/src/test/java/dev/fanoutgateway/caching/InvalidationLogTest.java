package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A store that has not heard of an invalidation, or hears of something older after it: RFC 9111 section 4.4. */
class InvalidationLogTest {
    private static final CacheKey KEY = new CacheKey("g GET /a");
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    private final FakeClock clock = new FakeClock();
    private final MemoryResponseCache store = new MemoryResponseCache(1 << 20, clock);
    private final InvalidationLog log = new InvalidationLog(clock);
    private final SharedCache cache = new SharedCache(store, clock, log);

    @Test
    void whatTheStoreStillHasIsNotServed() {
        store("old");
        log.add(KEY); // and the store is away
        assertThat(lookup(GET)).isEqualTo(SharedCache.Result.MISS);
        clock.advance(Duration.ofMillis(1));
        store("new");
        assertThat(lookup(GET)).isEqualTo(SharedCache.Result.HIT);
    }

    @Test
    void variantsThatAnOldSignpostLeadsToAreNotServed() {
        GatewayRequest english = GET.header("Accept-Language", "en");
        GatewayResponse response = new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8("en"));
        cache.store(CachePolicy.standard(), KEY, english, response, "b", clock.currentTimeMillis());
        assertThat(lookup(english)).isEqualTo(SharedCache.Result.HIT);
        log.add(KEY); // the signpost is removed, and written again by a store that was under way
        assertThat(lookup(english)).isEqualTo(SharedCache.Result.VARY_MISS);
    }

    @Test
    void whatWasAskedForBeforeIsOlderWheneverItComes() {
        long sent = clock.currentTimeMillis();
        clock.advance(Duration.ofSeconds(1));
        log.add(KEY);
        clock.advance(Duration.ofSeconds(1));
        GatewayResponse late = new GatewayResponse(200, Headers.empty(), Body.utf8("old"));
        cache.store(CachePolicy.standard(), KEY, GET, late, "b", sent);
        assertThat(lookup(GET)).isEqualTo(SharedCache.Result.MISS);
    }

    @Test
    void countsTellWhatCameLater() {
        long before = log.count();
        assertThat(log.since(KEY, before)).isFalse();
        log.add(KEY);
        assertThat(log.since(KEY, before)).isTrue();
        assertThat(log.since(KEY, log.count())).isFalse();
        assertThat(log.since(new CacheKey("g GET /b"), before)).isFalse();
    }

    private void store(String text) {
        GatewayResponse response = new GatewayResponse(200, Headers.empty(), Body.utf8(text));
        cache.store(CachePolicy.standard(), KEY, GET, response, "b", clock.currentTimeMillis());
    }

    private SharedCache.Result lookup(GatewayRequest request) {
        return cache.lookup(CachePolicy.standard(), KEY, request)
                .toCompletableFuture()
                .join()
                .result();
    }
}
