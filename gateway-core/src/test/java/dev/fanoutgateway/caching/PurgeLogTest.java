package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PurgeLogTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeClock clock = new FakeClock();
    private final PurgeLog log = new PurgeLog(Duration.ZERO, clock);
    private final PurgeLog shared = new PurgeLog(SECOND, clock);

    @Test
    void nothingIsPurgedToBeginWith() {
        CachedResponse entry = entry(log, 0);
        assertThat(left(log, "/a", entry)).isSameAs(entry);
        assertThat(log.clock().currentTimeMillis()).isEqualTo(clock.currentTimeMillis());
    }

    @ParameterizedTest
    @CsvSource({
        "/a?b=1, /a?b=1, true",
        "/a?b=1, /a, false",
        "/a, /a?b=1, false",
        "/a, /a?, false",
        "/a?, /a?, true",
        "/a, /A, false",
        "/a, /%61, false",
        "/a, /a/, false",
        "/ü, /ü, true"
    })
    void aTargetIsTheOneThatWasForwarded(String purged, String target, boolean gone) {
        CachedResponse entry = entry(log, 0);
        log.add(Purge.target(purged));
        assertThat(left(log, target, entry) == null).isEqualTo(gone);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /, true",
        "/, /a/b?c, true",
        "/api/v1, /api/v1, true",
        "/api/v1, /api/v1?a=/x, true",
        "/api/v1, /api/v1/prices, true",
        "/api/v1, /api/v1/, true",
        "/api/v1, /api/v10, false",
        "/api/v1, /api, false",
        "/api/v1, /apj/v1, false",
        "/api/, /api/v1, true",
        "/api/, /api/, true",
        "/api/, /api, false",
        "/api//b, /api//b/c, true",
        "/api//b, /api/b, false",
        "/x, /a?b=/x, false"
    })
    void aPrefixEndsWhereASegmentDoes(String purged, String target, boolean gone) {
        CachedResponse entry = entry(log, 0);
        log.add(Purge.prefix(purged));
        assertThat(left(log, target, entry) == null).isEqualTo(gone);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Cache-Tag     | prices, ibm   | ibm    | true",
                "Cache-Tag     | prices,IBM    | ibm    | true",
                "cache-tag     | ,, ibm ,      | IBM    | true",
                "Cache-Tag     | prices, ibm2  | ibm    | false",
                "Surrogate-Key | prices  ibm   | ibm    | true",
                "Surrogate-Key | prices,ibm    | ibm    | false",
                "X-Tag         | ibm           | ibm    | false",
            })
    void aTagIsOneOfTheOrigins(String field, String value, String tag, boolean gone) {
        CachedResponse entry = entry(log, 0, field, value);
        log.add(Purge.tag(tag));
        assertThat(left(log, "/a", entry) == null).isEqualTo(gone);
    }

    @Test
    void everyVariantPartitionMethodAndGroupIsMeant() {
        CachedResponse entry = entry(log, 0);
        log.add(Purge.target("/a?b"));
        GatewayRequest request = GatewayRequest.get("/a?b").header("Accept", "text/plain ; x");
        for (CacheKey key : List.of(
                Keys.of("one", request, null),
                Keys.of("two groups [x]", request, null),
                Keys.of("/one", request, "some caller"),
                Keys.of("one", request, ""),
                Keys.of("one", GatewayRequest.of("PO/ST", "/a?b"), "@"))) {
            assertThat(Keys.targetOf(key)).isEqualTo("/a?b");
            assertThat(log.left(key, entry)).as(key.value()).isNull();
            CacheKey variant = new CacheKey("[accept=text/plain%003bx;] " + key.value());
            assertThat(log.left(variant, entry)).as(variant.value()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "[", "[ ", "a b", "a b @", "a b @c", "[x a /b"})
    void aKeyFromElsewhereHasSomeTarget(String key) {
        CachedResponse entry = entry(log, 0);
        log.add(Purge.prefix("/deep/er"));
        assertThat(log.left(new CacheKey(key), entry)).isSameAs(entry);
    }

    @Test
    void whatIsAskedForLaterIsKeptEvenWithinTheSameMillisecond() {
        CachedResponse before = entry(log, 0);
        log.add(Purge.all());
        CachedResponse after = entry(log, 0);
        assertThat(left(log, "/a", before)).isNull();
        assertThat(left(log, "/a", after)).isSameAs(after);
        log.add(Purge.all());
        assertThat(left(log, "/a", after)).isNull();
    }

    @Test
    void whatWasAskedForBeforeAndCameAfterIsGone() {
        log.add(Purge.all());
        clock.advance(Duration.ofMillis(500));
        assertThat(left(log, "/a", entry(log, 501))).isNull();
        assertThat(left(log, "/a", entry(log, 499))).isNotNull();
        assertThat(log.storable(key("/a"), entry(log, 501))).isNull();
    }

    @Test
    void softlyPurgedIsStaleFromThenOn() {
        CachedResponse entry = entry(log, 0);
        clock.advance(Duration.ofSeconds(40));
        log.add(Purge.target("/a").softly());
        clock.advance(Duration.ofSeconds(10));
        CachedResponse left = left(log, "/a", entry);
        assertThat(left).isNotNull();
        assertThat(left.freshMillis()).isEqualTo(40_000);
        assertThat(CacheRules.fresh(left, log.clock().currentTimeMillis())).isFalse();
        assertThat(left)
                .usingRecursiveComparison()
                .ignoringFields("freshMillis")
                .isEqualTo(entry);
        log.add(Purge.target("/a"));
        assertThat(left(log, "/a", entry)).isNull();
    }

    @Test
    void softlyPurgedIsNotMadeFresherThanItWas() {
        CachedResponse entry = entry(log, 0);
        clock.advance(Duration.ofHours(2));
        log.add(Purge.all().softly());
        assertThat(left(log, "/a", entry)).isEqualTo(entry);
    }

    @Test
    void signpostsStay() {
        CachedResponse signpost = new CachedResponse(
                Kind.VARIANTS, 0, Headers.of("Vary", "Accept"), new byte[0], "b", clock.currentTimeMillis(), 0, 9, 9);
        log.add(Purge.all());
        assertThat(log.left(key("/a"), signpost)).isSameAs(signpost);
        assertThat(log.storable(key("/a"), signpost)).isSameAs(signpost);
    }

    @Test
    void whatOthersAskedForWithinTheMarginIsGone() {
        shared.add(Purge.target("/a").at(clock.currentTimeMillis() - 200));
        assertThat(left(shared, "/a", entry(clock.currentTimeMillis() + 790))).isNull();
        assertThat(left(shared, "/a", entry(clock.currentTimeMillis() + 801))).isNotNull();
    }

    @Test
    void whatThisGatewayAskedForSinceItKnowsIsKeptByAll() {
        Purge purge = shared.add(Purge.target("/a"));
        PurgeLog other = new PurgeLog(SECOND, clock);
        other.add(purge);
        CachedResponse filled = shared.storable(key("/a"), entry(shared, 0));
        assertThat(filled).isNotNull();
        assertThat(left(shared, "/a", filled)).isSameAs(filled);
        assertThat(left(other, "/a", filled)).isSameAs(filled);
        clock.advance(Duration.ofMillis(10));
        Purge again = shared.add(Purge.target("/a"));
        other.add(again);
        assertThat(left(shared, "/a", filled)).isNull();
        assertThat(left(other, "/a", filled)).isNull();
    }

    @Test
    void aPurgeThatIsHeardOfAgainConcernsNothingLater() {
        Purge purge = shared.add(Purge.tag("X"));
        CachedResponse later = entry(shared, 0, "Cache-Tag", "x");
        clock.advance(Duration.ofMillis(5));
        shared.add(purge);
        CachedResponse filled = shared.storable(key("/a"), later);
        assertThat(filled).isNotNull();
        assertThat(left(shared, "/a", filled)).isSameAs(filled);
    }

    @Test
    void aClockThatIsFarBehindDoesNotSaveWhatIsUnderWay() {
        CachedResponse underWay = entry(shared, 0);
        shared.add(Purge.target("/a").at(clock.currentTimeMillis() - 60_000));
        assertThat(shared.storable(key("/a"), underWay)).isNull();
    }

    @Test
    void aClockThatIsFarAheadPurgesNotForever() {
        shared.add(Purge.target("/a").at(Long.MAX_VALUE - 5));
        assertThat(left(shared, "/a", entry(clock.currentTimeMillis() + 60_000)))
                .isNotNull();
    }

    @Test
    void whatIsForgottenByNameIsRememberedForAll() {
        PurgeLog small = new PurgeLog(Duration.ZERO, clock, 10);
        CachedResponse old = entry(small, 0);
        small.add(Purge.target("/soft").softly());
        clock.advance(SECOND);
        CachedResponse later = entry(small, 0);
        for (int i = 0; i < 10; i++) {
            assertThat(left(small, "/other", old)).isSameAs(old);
            clock.advance(SECOND);
            small.add(Purge.target("/" + i));
        }
        CachedResponse stale = left(small, "/other", old);
        assertThat(stale).isNotNull();
        assertThat(CacheRules.fresh(stale, clock.currentTimeMillis())).isFalse();
        assertThat(left(small, "/other", later)).isSameAs(later);
        clock.advance(SECOND);
        small.add(Purge.tag("x"));
        assertThat(left(small, "/other", old)).as("/0 was forgotten").isNull();
        assertThat(left(small, "/other", later)).isNull();
        assertThat(small.size()).isEqualTo(10);
    }

    @Test
    void theSameNameAgainTakesNoMoreRoom() {
        for (int i = 0; i < 100_000; i++) {
            log.add(Purge.target("/a"));
            log.add(Purge.target("/a").softly());
            log.add(Purge.tag("A"));
        }
        assertThat(log.size()).isEqualTo(2);
    }

    @Test
    void neitherNamesNorTheirLengthsGrowWithoutBound() {
        for (int i = 0; i < 2 * PurgeLog.MOST; i++) {
            log.add(Purge.prefix("/" + i));
        }
        assertThat(log.size()).isEqualTo(PurgeLog.MOST);
        String text = "x".repeat(8_000);
        for (int i = 0; i < 2_000; i++) {
            log.add(Purge.target("/" + i + text));
        }
        assertThat(log.size()).isLessThan(PurgeLog.MOST_CHARACTERS / 8_000 + 1);
    }

    @Test
    void aBurstDoesNotCarryTheClockAway() {
        for (int i = 0; i < 5_000; i++) {
            log.add(Purge.tag("t" + i));
            assertThat(left(log, "/a", entry(clock.currentTimeMillis(), "Cache-Tag", "t" + i)))
                    .isNull();
        }
        assertThat(log.clock().currentTimeMillis()).isLessThan(clock.currentTimeMillis() + 100);
    }

    @Test
    void onePurgeOfManyEntriesIsOnePurge() {
        MemoryResponseCache memory = new MemoryResponseCache(64 << 20, clock);
        ResponseCache cache = log.before(memory);
        for (int i = 0; i < 100_000; i++) {
            cache.store(key("/p/" + i), entry(log, 0));
        }
        log.add(Purge.prefix("/p"));
        assertThat(log.size()).isEqualTo(1);
        for (int i = 0; i < 100_000; i++) {
            assertThat(cache.lookup(key("/p/" + i)).toCompletableFuture().join())
                    .isEmpty();
        }
    }

    @Test
    void aPathOfManySegmentsIsLookedAtNoFurtherThanAnyPrefixReaches() {
        log.add(Purge.prefix("/a/b"));
        CachedResponse entry = entry(clock.currentTimeMillis());
        String path = "/".repeat(1_000_000);
        for (int i = 0; i < 100; i++) {
            assertThat(left(log, path, entry)).isSameAs(entry);
        }
    }

    @Test
    void storedStagesAreGivenAsTheyAreWhereNothingIsPurged() {
        CompletableFuture<Optional<CachedResponse>> stage =
                CompletableFuture.completedFuture(Optional.of(entry(log, 0)));
        ResponseCache cache = log.before(new GivenCache(stage));
        assertThat(cache.lookup(key("/a"))).isSameAs(stage);
        log.add(Purge.target("/b"));
        assertThat(cache.lookup(key("/a"))).isSameAs(stage);
        log.add(Purge.target("/a"));
        assertThat(cache.lookup(key("/a")).toCompletableFuture().join()).isEmpty();
    }

    @Test
    void aFlightIsNotSharedAcrossAPurge() {
        GatewayRequest request = GatewayRequest.get("/a");
        CacheKey key = key("/a");
        long sent = log.clock().currentTimeMillis();
        log.add(Purge.target("/b"));
        assertThat(log.flightKey(key, request)).isSameAs(key);
        assertThat(log.purgedSince(sent, request)).isFalse();
        log.add(Purge.target("/a").softly());
        CacheKey after = log.flightKey(key, request);
        assertThat(after).isNotEqualTo(key).isEqualTo(log.flightKey(key, request));
        assertThat(log.purgedSince(sent, request)).isTrue();
        assertThat(log.purgedSince(log.clock().currentTimeMillis(), request)).isFalse();
        log.add(Purge.tag("maybe-its-own"));
        assertThat(log.flightKey(key, request)).isNotIn(key, after);
        clock.advance(Duration.ofHours(1));
        assertThat(log.flightKey(key, request)).isSameAs(key);
    }

    @Test
    void namesThatNothingCanHaveAreRefused() {
        for (Runnable wrong : List.<Runnable>of(
                () -> Purge.target("a"),
                () -> Purge.target("/a b"),
                () -> Purge.target("/a#b"),
                () -> Purge.prefix("/a?b"),
                () -> Purge.prefix(""),
                () -> Purge.tag(""),
                () -> Purge.tag("a,b"),
                () -> Purge.tag("x".repeat(8193)),
                () -> Purge.all().at(-1),
                () -> new Purge(Purge.Scope.ALL, "x", false, 0))) {
            assertThatThrownBy(wrong::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("expected");
        }
        assertThat(Purge.target("/a?token=secret").toString()).doesNotContain("secret");
    }

    private static CacheKey key(String target) {
        return Keys.of("g", GatewayRequest.get(target), null);
    }

    private static CachedResponse left(PurgeLog log, String target, CachedResponse entry) {
        return log.left(key(target), entry);
    }

    /** One that came now and took so long. */
    private static CachedResponse entry(PurgeLog log, long elapsedMillis, String... fields) {
        long now = log.clock().currentTimeMillis();
        return new CachedResponse(
                Kind.RESPONSE, 200, Headers.of(fields), new byte[0], "b", now, 0, 3_600_000, 3_600_000, elapsedMillis);
    }

    private static CachedResponse entry(long askedMillis, String... fields) {
        return new CachedResponse(
                Kind.RESPONSE, 200, Headers.of(fields), new byte[0], "b", askedMillis, 0, 3_600_000, 3_600_000);
    }
}
