package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Staleness}: what a response may be used for once it is stale, and for how long that is worth its place. */
class StalenessTest {
    private static final CachePolicy STANDARD = CachePolicy.standard();
    private static final CachePolicy LENIENT = STANDARD.staleWhileRevalidate(Duration.ofSeconds(10))
            .staleIfError(Duration.ofSeconds(20))
            .staleIfNoneAcceptable(Duration.ofSeconds(30));

    /** In seconds: while it is asked for, after an error, where there is no answer; and whether a client may ask for it. */
    @ParameterizedTest(name = "RFC {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            9111 section 4.2.4    | x                                                | 10 | 20 | 30 | true
            5861 section 3        | stale-while-revalidate=15                        | 15 | 20 | 30 | true
            5861 section 3        | stale-while-revalidate=5                         | 10 | 20 | 30 | true
            5861 section 4        | stale-if-error=25                                | 10 | 25 | 30 | true
            5861 section 4        | stale-if-error=45                                | 10 | 45 | 45 | true
            5861 section 4        | stale-if-error=x                                 | 10 | 20 | 30 | true
            9111 section 5.2.2.2  | must-revalidate, stale-while-revalidate=15       | 0  | 0  | 0  | false
            9111 section 5.2.2.2  | must-revalidate, stale-if-error=25               | 0  | 0  | 0  | false
            9111 section 5.2.2.4  | no-cache, stale-while-revalidate=15              | 0  | 0  | 0  | false
            9111 section 5.2.2.4  | no-cache="x-a"                                   | 10 | 20 | 30 | true
            9111 section 5.2.2.8  | proxy-revalidate                                 | 0  | 0  | 0  | false
            9111 section 5.2.2.8  | proxy-revalidate, stale-while-revalidate=5       | 5  | 0  | 0  | false
            9111 section 5.2.2.10 | s-maxage=60                                      | 0  | 0  | 0  | false
            9111 section 5.2.2.10 | s-maxage=0                                       | 0  | 0  | 0  | false
            9111 section 5.2.2.10 | s-maxage=60, stale-if-error=5                    | 0  | 5  | 5  | false
            """)
    void originForbidsAndPermits(
            String section, String cacheControl, long whileRevalidate, long ifError, long ifNone, boolean asked) {
        Staleness found = staleness(LENIENT, cacheControl);
        assertThat(found.whileRevalidate()).isEqualTo(whileRevalidate * 1000);
        assertThat(found.ifError()).isEqualTo(ifError * 1000);
        assertThat(found.ifNone()).isEqualTo(ifNone * 1000);
        assertThat(found.asked()).isEqualTo(asked);
        Staleness fixed = staleness(LENIENT.respectOrigin(false), cacheControl);
        assertThat(fixed.whileRevalidate()).isEqualTo(10_000);
        assertThat(fixed.ifNone()).isEqualTo(30_000);
    }

    /** In seconds, for a response that was fresh, and for one that never was. */
    @ParameterizedTest(name = "{0}: {2} s, {3} s if it never was fresh")
    @CsvSource(delimiter = '|', textBlock = """
            x                           | X    | 600  | 0
            x                           | ETag | 3600 | 3600
            stale-if-error=900          | X    | 900  | 900
            stale-if-error=9000         | ETag | 9000 | 9000
            must-revalidate             | X    | 0    | 0
            must-revalidate             | ETag | 3600 | 3600
            s-maxage=60                 | X    | 0    | 0
            """)
    void isKeptForAsLongAsItIsOfUse(String cacheControl, String field, long kept, long neverFresh) {
        Headers headers = Headers.of("Cache-Control", cacheControl, field, "\"a\"");
        Staleness found = Staleness.of(STANDARD, headers, Directives.of(headers));
        assertThat(found.keptMillis(true)).isEqualTo(kept * 1000);
        assertThat(found.keptMillis(false)).isEqualTo(neverFresh * 1000);
    }

    @Test
    void noNumberMakesItOverflow() {
        String most = "stale-while-revalidate=99999999999999999999, stale-if-error=99999999999999999999";
        Staleness found = staleness(STANDARD, most);
        assertThat(found.keptMillis(true)).isEqualTo(Directives.LARGEST_SECONDS * 1000);
    }

    private static Staleness staleness(CachePolicy policy, String cacheControl) {
        Headers headers = Headers.of("Cache-Control", cacheControl);
        return Staleness.of(policy, headers, Directives.of(headers));
    }
}
