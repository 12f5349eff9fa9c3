package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Reuse}: what a stored response may be used for, at an age, by a request. */
class ReuseTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final CachePolicy STANDARD = CachePolicy.standard();
    private static final CachePolicy LENIENT = STANDARD.staleWhileRevalidate(Duration.ofSeconds(30))
            .staleIfError(Duration.ofSeconds(60))
            .staleIfNoneAcceptable(Duration.ofSeconds(90));
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    @ParameterizedTest(name = "RFC {0}: {1} after {2} s, asked with {3}: {4}")
    @CsvSource(delimiter = '|', textBlock = """
            9111 section 4.2      | max-age=60                              | 59   |                              | FRESH
            9111 section 4.2      | max-age=60                              | 60   |                              | VALIDATE_STALE
            9111 section 4.2.4    | max-age=0                               | 0    |                              | VALIDATE_STALE
            9111 section 5.2.1.1  | max-age=60                              | 30   | Cache-Control: max-age=30    | FRESH
            9111 section 5.2.1.1  | max-age=60                              | 31   | Cache-Control: max-age=30    | VALIDATE_REQUEST
            9111 section 5.2.1.1  | max-age=60                              | 0    | Cache-Control: max-age=0     | VALIDATE_REQUEST
            9111 section 5.2.1.1  | max-age=60                              | 0    | Cache-Control: max-age=x     | VALIDATE_REQUEST
            9111 section 5.2.1.1  | max-age=60                              | 70   | Cache-Control: max-age=80    | VALIDATE_STALE
            9111 section 5.2.1.1  | max-age=60                              | 70   | Cache-Control: max-age=80, max-stale=10 | STALE
            9111 section 5.2.1.1  | max-age=60                              | 81   | Cache-Control: max-age=80, max-stale    | VALIDATE_STALE
            9111 section 5.2.1.2  | max-age=60                              | 90   | Cache-Control: max-stale=30  | STALE
            9111 section 5.2.1.2  | max-age=60                              | 91   | Cache-Control: max-stale=30  | VALIDATE_STALE
            9111 section 5.2.1.2  | max-age=60                              | 9000 | Cache-Control: max-stale     | STALE
            9111 section 5.2.1.2  | max-age=60                              | 61   | Cache-Control: max-stale=x   | VALIDATE_STALE
            9111 section 5.2.1.2  | max-age=60                              | 59   | Cache-Control: max-stale=30  | FRESH
            9111 section 5.2.1.3  | max-age=60                              | 50   | Cache-Control: min-fresh=10  | FRESH
            9111 section 5.2.1.3  | max-age=60                              | 51   | Cache-Control: min-fresh=10  | VALIDATE_REQUEST
            9111 section 5.2.1.3  | max-age=60                              | 0    | Cache-Control: min-fresh=x   | VALIDATE_REQUEST
            9111 section 5.2.1.3  | max-age=60                              | 61   | Cache-Control: min-fresh=1, max-stale | VALIDATE_STALE
            9111 section 5.2.1.4  | max-age=60                              | 0    | Cache-Control: no-cache      | VALIDATE_REQUEST
            9111 section 5.2.1.4  | max-age=60                              | 61   | Cache-Control: no-cache, max-stale | VALIDATE_REQUEST
            9111 section 5.2.1.6  | max-age=60                              | 0    | Cache-Control: no-transform  | FRESH
            9111 section 5.2.1.7  | max-age=60                              | 61   | Cache-Control: only-if-cached | VALIDATE_STALE
            9111 section 5.2.2.1  | max-age=0, stale-while-revalidate=9     | 8    |                              | STALE_MEANWHILE
            9111 section 5.2.2.2  | max-age=60, must-revalidate             | 59   |                              | FRESH
            9111 section 5.2.2.2  | max-age=60, must-revalidate             | 60   | Cache-Control: max-stale     | VALIDATE_STALE
            9111 section 5.2.2.2  | max-age=60, must-revalidate, stale-while-revalidate=9 | 60 |                  | VALIDATE_STALE
            9111 section 5.2.2.4  | no-cache                                | 0    |                              | VALIDATE_STALE
            9111 section 5.2.2.4  | no-cache, stale-while-revalidate=9      | 0    | Cache-Control: max-stale     | VALIDATE_STALE
            9111 section 5.2.2.8  | max-age=60, proxy-revalidate            | 59   |                              | FRESH
            9111 section 5.2.2.8  | max-age=60, proxy-revalidate            | 60   | Cache-Control: max-stale     | VALIDATE_STALE
            9111 section 5.2.2.10 | s-maxage=60                             | 59   |                              | FRESH
            9111 section 5.2.2.10 | s-maxage=60                             | 60   | Cache-Control: max-stale     | VALIDATE_STALE
            9111 section 5.2.2.10 | s-maxage=60, stale-while-revalidate=9   | 60   |                              | STALE_MEANWHILE
            9111 section 5.4      | max-age=60                              | 0    | Pragma: no-cache             | VALIDATE_REQUEST
            9111 section 5.4      | max-age=60                              | 0    | Pragma: x, No-Cache          | VALIDATE_REQUEST
            9111 section 5.4      | max-age=60                              | 0    | Pragma: x                    | FRESH
            5861 section 3        | max-age=60, stale-while-revalidate=30   | 89   |                              | STALE_MEANWHILE
            5861 section 3        | max-age=60, stale-while-revalidate=30   | 90   |                              | VALIDATE_STALE
            5861 section 3        | max-age=60, stale-while-revalidate=x    | 60   |                              | VALIDATE_STALE
            5861 section 3        | max-age=60, stale-while-revalidate=30   | 70   | Cache-Control: max-stale=10  | STALE
            5861 section 3        | max-age=60, stale-while-revalidate=30   | 70   | Cache-Control: no-cache      | VALIDATE_REQUEST
            5861 section 3        | max-age=60, stale-while-revalidate=30   | 70   | Cache-Control: max-age=60    | VALIDATE_STALE
            9111 section 3.5      | max-age=60                              | 0    | Authorization: x             | NONE
            9111 section 3.5      | max-age=60, public                      | 0    | Authorization: x             | FRESH
            9111 section 3.5      | max-age=60, must-revalidate             | 0    | Authorization: x             | FRESH
            9111 section 3.5      | s-maxage=60                             | 60   | Authorization: x             | VALIDATE_STALE
            6265 section 7.1      | max-age=60                              | 0    | Cookie: a=b                  | FRESH
            6265 section 7.1      | x                                       | 0    | Cookie: a=b                  | NONE
            """)
    void isUsedAsBothSidesSay(String section, String stored, long age, String asked, Reuse expected) {
        assertThat(Reuse.of(STANDARD, asking(asked), entry(stored), NOW + age * 1000))
                .isEqualTo(expected);
    }

    /** RFC 9111 section 4.2.4: the origin's prohibitions hold against the policy too, its permissions only add. */
    @ParameterizedTest(name = "RFC {0}: {1} after {2} s of staleness: {3}")
    @CsvSource(delimiter = '|', textBlock = """
            5861 section 3        | max-age=60                              | 29 | STALE_MEANWHILE
            5861 section 3        | max-age=60                              | 30 | VALIDATE_STALE
            5861 section 3        | max-age=60, stale-while-revalidate=40   | 39 | STALE_MEANWHILE
            5861 section 3        | max-age=60, stale-while-revalidate=0    | 29 | STALE_MEANWHILE
            9111 section 5.2.2.2  | max-age=60, must-revalidate             | 0  | VALIDATE_STALE
            9111 section 5.2.2.4  | max-age=60, no-cache                    | 0  | VALIDATE_STALE
            9111 section 5.2.2.8  | max-age=60, proxy-revalidate            | 0  | VALIDATE_STALE
            9111 section 5.2.2.10 | s-maxage=60                             | 0  | VALIDATE_STALE
            """)
    void policyHasAWindowOfItsOwn(String section, String stored, long stale, Reuse expected) {
        CachedResponse entry = entry(stored);
        assertThat(Reuse.of(LENIENT, asking(null), entry, NOW + entry.freshMillis() + stale * 1000))
                .isEqualTo(expected);
    }

    /** Columns: after an error, and where nobody has an answer; for the standard policy and one with windows of its own. */
    @ParameterizedTest(name = "RFC {0}: {1} after {2} s of staleness, asked with {3}")
    @CsvSource(delimiter = '|', textBlock = """
            5861 section 4        | max-age=60                                     | 0  |                                   | false | false | true  | true
            5861 section 4        | max-age=60                                     | 59 |                                   | false | false | true  | true
            5861 section 4        | max-age=60                                     | 60 |                                   | false | false | false | true
            5861 section 4        | max-age=60                                     | 90 |                                   | false | false | false | false
            5861 section 4        | max-age=60, stale-if-error=99                  | 98 |                                   | true  | true  | true  | true
            5861 section 4        | max-age=60, stale-if-error=99                  | 99 |                                   | false | false | false | false
            5861 section 4        | max-age=60, stale-if-error=x                   | 1  |                                   | false | false | true  | true
            5861 section 4        | max-age=60                                     | 98 | Cache-Control: stale-if-error=99  | true  | true  | true  | true
            5861 section 4        | s-maxage=60, stale-if-error=99                 | 98 |                                   | true  | true  | true  | true
            9111 section 5.2.2.10 | s-maxage=60                                    | 0  | Cache-Control: stale-if-error=99  | false | false | false | false
            9111 section 5.2.2.8  | max-age=60, proxy-revalidate                   | 0  |                                   | false | false | false | false
            9111 section 5.2.2.2  | max-age=60, must-revalidate, stale-if-error=99 | 0  | Cache-Control: stale-if-error=99  | false | false | false | false
            9111 section 5.2.2.4  | no-cache, stale-if-error=99                    | 0  |                                   | false | false | false | false
            9111 section 5.2.1.4  | max-age=60, stale-if-error=99                  | 0  | Cache-Control: no-cache           | false | false | false | false
            9111 section 5.4      | max-age=60, stale-if-error=99                  | 0  | Pragma: no-cache                  | false | false | false | false
            9111 section 3.5      | max-age=60, stale-if-error=99                  | 0  | Authorization: x                  | false | false | false | false
            9111 section 3.5      | public, max-age=60, stale-if-error=99          | 0  | Authorization: x                  | true  | true  | true  | true
            """)
    void covers(
            String section,
            String stored,
            long stale,
            String asked,
            boolean error,
            boolean none,
            boolean errorIfLenient,
            boolean noneIfLenient) {
        CachedResponse entry = entry(stored);
        long now = NOW + entry.freshMillis() + stale * 1000;
        assertThat(Reuse.covers(STANDARD, asking(asked), entry, false, now)).isEqualTo(error);
        assertThat(Reuse.covers(STANDARD, asking(asked), entry, true, now)).isEqualTo(none);
        assertThat(Reuse.covers(LENIENT, asking(asked), entry, false, now)).isEqualTo(errorIfLenient);
        assertThat(Reuse.covers(LENIENT, asking(asked), entry, true, now)).isEqualTo(noneIfLenient);
    }

    /** Where the origin's word does not count, neither its prohibitions nor its permissions do. */
    @Test
    void fixedLifetimeKnowsThePolicyOnly() {
        CachePolicy fixed = STANDARD.respectOrigin(false).ttl(Duration.ofSeconds(60));
        CachedResponse entry = CacheRules.storable(
                        fixed, GET, response("max-age=5, must-revalidate, stale-while-revalidate=99"), "b", NOW, NOW)
                .orElseThrow();
        assertThat(Reuse.of(fixed, asking(null), entry, NOW + 59_999)).isEqualTo(Reuse.FRESH);
        assertThat(Reuse.of(fixed, asking(null), entry, NOW + 60_000)).isEqualTo(Reuse.VALIDATE_STALE);
        CachePolicy window = fixed.staleWhileRevalidate(Duration.ofSeconds(9));
        assertThat(Reuse.of(window, asking(null), entry, NOW + 68_999)).isEqualTo(Reuse.STALE_MEANWHILE);
        assertThat(Reuse.of(window, asking(null), entry, NOW + 69_000)).isEqualTo(Reuse.VALIDATE_STALE);
    }

    @Test
    void notesCoverNothing() {
        CachedResponse note = new CachedResponse(
                CachedResponse.Kind.ABSENT, 0, Headers.empty(), new byte[0], "", NOW, 0, 60_000, 60_000);
        assertThat(Reuse.covers(LENIENT, asking(null), note, true, NOW)).isFalse();
    }

    private static RequestFields asking(@org.jspecify.annotations.Nullable String field) {
        if (field == null) {
            return RequestFields.of(GET);
        }
        int colon = field.indexOf(':');
        return RequestFields.of(GET.header(field.substring(0, colon), Ascii.trim(field.substring(colon + 1))));
    }

    private static CachedResponse entry(String cacheControl) {
        return CacheRules.storable(STANDARD, GET, response(cacheControl), "b", NOW, NOW)
                .orElseThrow();
    }

    private static GatewayResponse response(String cacheControl) {
        return new GatewayResponse(200, Headers.of("Cache-Control", cacheControl, "ETag", "\"a\""), Body.utf8("body"));
    }
}
