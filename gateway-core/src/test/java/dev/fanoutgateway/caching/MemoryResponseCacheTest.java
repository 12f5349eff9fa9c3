package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ResponseCacheContract;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryResponseCacheTest extends ResponseCacheContract {
    private final FakeClock clock = new FakeClock();
    private final MemoryResponseCache cache = new MemoryResponseCache(64 << 20, clock);

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

    @Test
    void stagesAreCompleteAtOnce() {
        CacheKey key = new CacheKey("k");
        assertThat(cache.store(key, entry(10)).toCompletableFuture()).isCompleted();
        assertThat(cache.lookup(key).toCompletableFuture()).isCompleted();
        assertThat(cache.invalidate(key).toCompletableFuture()).isCompleted();
    }

    @Test
    void bytesStayWithinTheBound() {
        MemoryResponseCache small = new MemoryResponseCache(100_000, clock);
        for (int i = 0; i < 10_000; i++) {
            small.store(new CacheKey("key " + i), entry(i % 3_000));
        }
        assertThat(small.bytes()).isPositive().isLessThanOrEqualTo(100_000);
    }

    @Test
    void longKeysCountToo() {
        MemoryResponseCache small = new MemoryResponseCache(100_000, clock);
        for (int i = 0; i < 1_000; i++) {
            small.store(new CacheKey("k".repeat(5_000) + i), entry(0));
        }
        assertThat(small.bytes()).isPositive().isLessThanOrEqualTo(100_000);
    }

    /** What a response weighs besides its content: measured heap was 0.9 to 1.1 of the weight for each of these. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            tiny     | 200 | Content-Type: text/plain
            fields   | 200 | X-Field: a value that is longer than the content
            variants | 200 | Vary: Accept-Language
            parts    | 206 | Content-Range: bytes 0-4/100
            """)
    void manySmallOnesStayWithinTheBound(String kind, int status, String field) {
        MemoryResponseCache small = new MemoryResponseCache(1 << 20, clock);
        SharedCache shared = new SharedCache(small, clock);
        int colon = field.indexOf(':');
        Headers headers = Headers.of(field.substring(0, colon), field.substring(colon + 2), "ETag", "\"1\"");
        for (int i = 0; i < 20_000; i++) {
            CacheKey key = new CacheKey("g GET /" + (kind.equals("variants") ? i / 50 : i));
            GatewayRequest request = GatewayRequest.get("/").header("Accept-Language", "l" + i);
            shared.store(
                    CachePolicy.standard(),
                    key,
                    status == 206 ? request.header("Range", "bytes=0-4") : request,
                    new GatewayResponse(status, headers, Body.utf8("12345")),
                    "b",
                    clock.currentTimeMillis());
        }
        long bytes = small.bytes();
        long kept = small.hottest(20_000).size();
        assertThat(bytes).isBetween(900_000L, 1L << 20);
        assertThat(kept).as("of 300 bytes or more each").isLessThan((1 << 20) / 300);
    }

    @Test
    void entryLargerThanATenthIsNotAdmittedAndOustsNothingButItsPredecessor() {
        MemoryResponseCache small = new MemoryResponseCache(100_000, clock);
        CacheKey key = new CacheKey("grown");
        CacheKey other = new CacheKey("other");
        small.store(key, entry(1_000));
        small.store(other, entry(1_000));
        small.store(key, entry(10_001));
        assertThat(found(small, key)).isFalse();
        assertThat(found(small, other)).isTrue();
    }

    @Test
    void scanOfKeysAskedOnceDoesNotDriveOutWhatIsAskedOften() {
        MemoryResponseCache small = new MemoryResponseCache(200_000, clock);
        for (int i = 0; i < 50; i++) {
            small.store(new CacheKey("hot " + i), entry(1_000));
        }
        for (int round = 0; round < 20; round++) {
            askHot(small);
        }
        for (int i = 0; i < 20_000; i++) {
            CacheKey key = new CacheKey("scan " + i);
            found(small, key);
            small.store(key, entry(1_000));
        }
        assertThat(askHot(small)).isGreaterThan(40);
    }

    @Test
    void expiredEntriesGiveTheirRoomBack() {
        cache.store(new CacheKey("k"), entry(1_000));
        assertThat(cache.bytes()).isGreaterThan(1_000);
        clock.advance(Duration.ofHours(2));
        assertThat(cache.bytes()).isZero();
    }

    @Test
    void wallClockSetBackDoesNotLengthenALife() {
        CacheKey key = new CacheKey("k");
        CachedResponse ahead = new CachedResponse(
                CachedResponse.Kind.RESPONSE,
                200,
                Headers.empty(),
                new byte[0],
                "b",
                clock.currentTimeMillis() + 3_600_000,
                0,
                1_000,
                1_000);
        cache.store(key, ahead);
        clock.advance(Duration.ofMillis(1_001));
        assertThat(found(cache, key)).isFalse();
    }

    @Test
    void housekeepingRunsOnTheGivenExecutor() {
        AtomicInteger tasks = new AtomicInteger();
        MemoryResponseCache small = new MemoryResponseCache(100_000, clock, task -> {
            tasks.incrementAndGet();
            task.run();
        });
        for (int i = 0; i < 100; i++) {
            small.store(new CacheKey("k" + i), entry(100));
        }
        assertThat(tasks).hasPositiveValue();
    }

    @Test
    void refusesASizeThatHoldsNothing() {
        assertThatThrownBy(() -> new MemoryResponseCache(4_095, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4095");
    }

    private static int askHot(MemoryResponseCache cache) {
        int found = 0;
        for (int i = 0; i < 50; i++) {
            found += found(cache, new CacheKey("hot " + i)) ? 1 : 0;
        }
        return found;
    }

    private static boolean found(MemoryResponseCache cache, CacheKey key) {
        return cache.lookup(key).toCompletableFuture().join().isPresent();
    }

    private CachedResponse entry(int length) {
        return new CachedResponse(
                CachedResponse.Kind.RESPONSE,
                200,
                Headers.empty(),
                new byte[length],
                "b",
                clock.currentTimeMillis(),
                0,
                3_600_000,
                3_600_000);
    }
}
