package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.ResponseCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ResponseCache} has to do. A store with a clock of its own lets real time pass. */
public abstract class ResponseCacheContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final CacheKey KEY = new CacheKey("stocks GET /api/v1/prices?symbol=IBM");

    /** The store under test: the same one throughout a test, empty at its start, with room for 4 MiB under one key. */
    protected abstract ResponseCache cache();

    /** The time at which something received now was received, in milliseconds since 1970. */
    protected abstract long nowMillis();

    /** Returns when at least {@code by} has passed for the store: at most a second. */
    protected abstract void elapse(Duration by);

    @Test
    void emptyStoreHasNothing() {
        assertThat(lookup(KEY)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyKindAndFieldComesBack(Kind kind) {
        CachedResponse entry = new CachedResponse(
                kind,
                kind == Kind.RESPONSE ? 203 : 0,
                Headers.of("Content-Type", "application/json", "Vary", "Accept"),
                new byte[] {1, 2, 3},
                "http://10.0.0.1:8080/a",
                nowMillis(),
                1_234,
                5_678_901,
                5_678_902);
        store(KEY, entry);
        assertThat(lookup(KEY)).hasValueSatisfying(found -> assertSame(found, entry));
    }

    @Test
    void fieldsKeepTheirOrderTheirCaseAndTheirRepetitions() {
        Headers headers = Headers.of(
                "link", "</a>; rel=\"next\"", "ETag", "W/\"x\\\"", "Link", "</b>", "X-Empty", "", "LINK", "</a>, </b>");
        store(KEY, response(headers, new byte[0], LONG));
        assertThat(lookup(KEY))
                .hasValueSatisfying(found -> assertThat(found.headers()).isEqualTo(headers));
    }

    @Test
    void fieldValuesMayHoldTextBeyondAscii() {
        Headers headers = Headers.of("X-Latin", "na\u00efve \u00ff", "X-Wide", "\u20ac \ud83d\udcc8", "X-Tab", "a\tb");
        store(KEY, response(headers, new byte[0], LONG));
        assertThat(lookup(KEY))
                .hasValueSatisfying(found -> assertThat(found.headers()).isEqualTo(headers));
    }

    @Test
    void contentIsKeptByteForByte() {
        byte[] body = new byte[512];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }
        store(KEY, response(Headers.empty(), body, LONG));
        assertThat(lookup(KEY))
                .hasValueSatisfying(found -> assertThat(found.body()).isEqualTo(body));
    }

    @Test
    void bigContentIsKept() {
        byte[] body = new byte[3 << 20];
        new Random(7).nextBytes(body);
        store(KEY, response(Headers.empty(), body, LONG));
        assertThat(lookup(KEY))
                .hasValueSatisfying(
                        found -> assertThat(Arrays.equals(found.body(), body)).isTrue());
    }

    @Test
    void longLifetimesAreKept() {
        CachedResponse entry = new CachedResponse(
                Kind.RESPONSE,
                200,
                Headers.empty(),
                new byte[0],
                "b",
                nowMillis(),
                2_147_483_648_000L,
                4_294_967_296_000L,
                2_147_483_648_000L);
        store(KEY, entry);
        assertThat(lookup(KEY)).hasValueSatisfying(found -> assertSame(found, entry));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stocks GET /api/v1/prices?symbol=ibm",
                "stocks GET /api/v1/prices?symbol=IBM ",
                "stocks GET /api/v1/prices?symbol=IB",
                "stocks GET /api/v1/prices?symbol=%49BM",
                "stocks GET /api/v1/prices?symbol=IBM\n",
                "stocks GET /api/v1/prices?symbol=IB\u041c",
                "{stocks} GET /api/v1/prices?symbol=IBM",
                "stocks:GET:/api/v1/prices?symbol=IBM",
            })
    void otherKeysAreOtherEntries(String other) {
        store(KEY, response(Headers.empty(), new byte[] {1}, LONG));
        assertThat(lookup(new CacheKey(other))).isEmpty();
        store(new CacheKey(other), response(Headers.empty(), new byte[] {2}, LONG));
        assertThat(lookup(KEY).orElseThrow().body()).containsExactly(1);
        assertThat(lookup(new CacheKey(other)).orElseThrow().body()).containsExactly(2);
    }

    @Test
    void keysMayBeLong() {
        CacheKey one = new CacheKey("a".repeat(20_000) + "1");
        CacheKey other = new CacheKey("a".repeat(20_000) + "2");
        store(one, response(Headers.empty(), new byte[] {1}, LONG));
        assertThat(lookup(one)).isPresent();
        assertThat(lookup(other)).isEmpty();
    }

    @Test
    void laterEntryReplacesTheEarlier() {
        store(KEY, response(Headers.of("A", "1"), new byte[] {1, 1, 1}, LONG));
        store(KEY, response(Headers.of("B", "2"), new byte[] {2}, LONG));
        CachedResponse found = lookup(KEY).orElseThrow();
        assertThat(found.body()).containsExactly(2);
        assertThat(found.headers()).isEqualTo(Headers.of("B", "2"));
    }

    @Test
    void invalidatedEntryIsGoneAndOthersStay() {
        CacheKey other = new CacheKey("other");
        store(KEY, response(Headers.empty(), new byte[] {1}, LONG));
        store(other, response(Headers.empty(), new byte[] {2}, LONG));
        join(cache().invalidate(KEY));
        join(cache().invalidate(new CacheKey("never stored")));
        assertThat(lookup(KEY)).isEmpty();
        assertThat(lookup(other)).isPresent();
    }

    @Test
    void entryOutlivesNotItsTime() {
        CacheKey lasting = new CacheKey("lasting");
        store(KEY, response(Headers.empty(), new byte[] {1}, Duration.ofMillis(200)));
        store(lasting, response(Headers.empty(), new byte[] {2}, LONG));
        elapse(Duration.ofMillis(400));
        assertThat(lookup(KEY)).isEmpty();
        assertThat(lookup(lasting)).isPresent();
    }

    @Test
    void laterEntryBringsItsOwnTime() {
        CacheKey shortened = new CacheKey("shortened");
        store(KEY, response(Headers.empty(), new byte[] {1}, Duration.ofMillis(200)));
        store(KEY, response(Headers.empty(), new byte[] {2}, LONG));
        store(shortened, response(Headers.empty(), new byte[] {1}, LONG));
        store(shortened, response(Headers.empty(), new byte[] {2}, Duration.ofMillis(200)));
        elapse(Duration.ofMillis(400));
        assertThat(lookup(KEY)).isPresent();
        assertThat(lookup(shortened)).isEmpty();
    }

    @Test
    void timeCountsFromReceiptNotFromStoring() {
        CachedResponse entry = new CachedResponse(
                Kind.RESPONSE, 200, Headers.empty(), new byte[] {1}, "b", nowMillis() - 60_000, 0, 50_000, 50_000);
        store(KEY, entry);
        assertThat(lookup(KEY)).isEmpty();
    }

    @Test
    void entryWithoutAnyTimeReplacesAndIsNotKept() {
        store(KEY, response(Headers.empty(), new byte[] {1}, LONG));
        store(KEY, response(Headers.empty(), new byte[] {2}, Duration.ZERO));
        assertThat(lookup(KEY)).isEmpty();
    }

    /** Every look-up finds one whole entry, never the parts of two. */
    @Test
    void entriesAreReplacedWhole() {
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        for (int writer = 1; writer <= 4; writer++) {
            int id = writer;
            writers.add(CompletableFuture.runAsync(() -> {
                for (int round = 0; round < 100; round++) {
                    byte[] body = new byte[100 * id];
                    Arrays.fill(body, (byte) id);
                    store(KEY, response(Headers.of("Writer", Integer.toString(id)), body, LONG));
                    lookup(KEY).ifPresent(ResponseCacheContract::assertWhole);
                }
            }));
        }
        writers.forEach(ResponseCacheContract::join);
        assertWhole(lookup(KEY).orElseThrow());
    }

    private static void assertWhole(CachedResponse found) {
        int id = Integer.parseInt(found.headers().first("Writer").orElseThrow());
        assertThat(found.body()).hasSize(100 * id).containsOnly(id);
    }

    private static void assertSame(CachedResponse found, CachedResponse expected) {
        assertThat(found.body()).isEqualTo(expected.body());
        assertThat(found).usingRecursiveComparison().ignoringFields("body").isEqualTo(expected);
    }

    private CachedResponse response(Headers headers, byte[] body, Duration keep) {
        long millis = keep.toMillis();
        return new CachedResponse(Kind.RESPONSE, 200, headers, body, "b", nowMillis(), 0, millis, millis);
    }

    private Optional<CachedResponse> lookup(CacheKey key) {
        return join(cache().lookup(key));
    }

    private void store(CacheKey key, CachedResponse entry) {
        join(cache().store(key, entry));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
