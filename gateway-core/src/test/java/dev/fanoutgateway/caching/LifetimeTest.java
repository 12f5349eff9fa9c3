package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How long what {@link CacheRules#storable} keeps stays fresh. Received at 2026-01-01T00:00Z. */
class LifetimeTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final CachePolicy STANDARD = CachePolicy.standard();
    private static final CachePolicy ONLY_STATED = STANDARD.ttl(Duration.ZERO);
    private static final CachePolicy FIXED = STANDARD.respectOrigin(false).ttl(Duration.ofSeconds(90));
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    /** Seconds of freshness left at receipt; 0 where it must not be stored. Columns: standard, only stated, fixed 90 s. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("rows")
    void lifetime(String section, Headers fields, long standard, long onlyStated, long fixed) {
        assertThat(secondsLeft(STANDARD, fields)).as("%s, standard", section).isEqualTo(standard);
        assertThat(secondsLeft(ONLY_STATED, fields))
                .as("%s, only stated", section)
                .isEqualTo(onlyStated);
        assertThat(secondsLeft(FIXED, fields)).as("%s, fixed", section).isEqualTo(fixed);
    }

    static Stream<Arguments> rows() {
        String now = "Thu, 01 Jan 2026 00:00:00 GMT";
        String inAMinute = "Thu, 01 Jan 2026 00:01:00 GMT";
        String aMinuteAgo = "Wed, 31 Dec 2025 23:59:00 GMT";
        return Stream.of(
                row("RFC 9111 section 4.2.1: nothing stated", 3600, 0, 90),
                row("RFC 9111 section 4.2.1: s-maxage first", 5, 5, 90, "Cache-Control", "max-age=60, s-maxage=5"),
                row("RFC 9111 section 4.2.1: then max-age", 60, 60, 90, "Cache-Control", "max-age=60", "Expires", now),
                row("RFC 9111 section 4.2.1: then Expires", 60, 60, 90, "Expires", inAMinute, "Date", now),
                row("RFC 9111 section 4.2.1: Expires less Date", 60, 60, 90, "Expires", inAMinute),
                row(
                        "RFC 9111 section 4.2.1: Expires less Date, its age counts",
                        60,
                        60,
                        90,
                        "Expires",
                        inAMinute,
                        "Date",
                        aMinuteAgo),
                row(
                        "RFC 9111 section 4.2.1: invalid s-maxage hides max-age",
                        0,
                        0,
                        90,
                        "Cache-Control",
                        "s-maxage=x, max-age=60"),
                row("RFC 9111 section 4.2.1: invalid max-age", 0, 0, 90, "Cache-Control", "max-age=-60"),
                row(
                        "RFC 9111 section 4.2.1: two max-ages",
                        0,
                        0,
                        90,
                        "Cache-Control",
                        "max-age=60",
                        "Cache-Control",
                        "max-age=70"),
                row("RFC 9111 section 4.2.1: two Expires", 0, 0, 90, "Expires", inAMinute, "Expires", now),
                row(
                        "RFC 9111 section 4.2.1: the same Expires twice",
                        60,
                        60,
                        90,
                        "Expires",
                        inAMinute,
                        "Expires",
                        inAMinute),
                row("RFC 9111 section 5.3: Expires 0", 0, 0, 90, "Expires", "0"),
                row("RFC 9111 section 5.3: Expires -1", 0, 0, 90, "Expires", "-1"),
                row("RFC 9111 section 5.3: Expires empty", 0, 0, 90, "Expires", ""),
                row("RFC 9111 section 5.3: Expires in the past", 0, 0, 90, "Expires", aMinuteAgo),
                row("RFC 9111 section 5.3: Expires now", 0, 0, 90, "Expires", now),
                row("RFC 9110 section 6.6.1: Date unreadable", 60, 60, 90, "Expires", inAMinute, "Date", "yesterday"),
                row(
                        "RFC 9110 section 6.6.1: Dates differ",
                        60,
                        60,
                        90,
                        "Expires",
                        inAMinute,
                        "Date",
                        now,
                        "Date",
                        aMinuteAgo),
                row(
                        "RFC 9111 section 1.2.2: too large",
                        2147483648L,
                        2147483648L,
                        90,
                        "Cache-Control",
                        "max-age=9999999999999999999999"),
                row(
                        "RFC 9111 section 1.2.2: the end of time",
                        251_635_075_199L,
                        251_635_075_199L,
                        90,
                        "Expires",
                        "Fri, 31 Dec 9999 23:59:59 GMT"),
                row("RFC 9111 section 4.2.3: Age counts", 50, 50, 90, "Cache-Control", "max-age=60", "Age", "10"),
                row("RFC 9111 section 4.2.3: stale on arrival", 0, 0, 90, "Cache-Control", "max-age=60", "Age", "60"),
                row("RFC 9111 section 4.2.3: Age of what has no lifetime", 3590, 0, 90, "Age", "10"),
                row(
                        "RFC 9111 section 4.2.3: apparent age",
                        1,
                        1,
                        90,
                        "Cache-Control",
                        "max-age=61",
                        "Date",
                        aMinuteAgo),
                row(
                        "RFC 9111 section 4.2.3: the larger age",
                        1,
                        1,
                        90,
                        "Cache-Control",
                        "max-age=61",
                        "Date",
                        aMinuteAgo,
                        "Age",
                        "10"),
                row(
                        "RFC 9111 section 4.2.3: a Date ahead",
                        60,
                        60,
                        90,
                        "Cache-Control",
                        "max-age=60",
                        "Date",
                        inAMinute),
                row("RFC 9111 section 5.1: invalid Age", 60, 60, 90, "Cache-Control", "max-age=60", "Age", "-5"),
                row("RFC 9111 section 5.1: no number", 60, 60, 90, "Cache-Control", "max-age=60", "Age", "5.5"),
                row(
                        "RFC 9111 section 5.1: the first of a list",
                        50,
                        50,
                        90,
                        "Cache-Control",
                        "max-age=60",
                        "Age",
                        "10 , 55"),
                row(
                        "RFC 9111 section 5.1: the first line",
                        50,
                        50,
                        90,
                        "Cache-Control",
                        "max-age=60",
                        "Age",
                        "10",
                        "Age",
                        "55"),
                row(
                        "RFC 9111 section 5.1: too large",
                        0,
                        0,
                        90,
                        "Cache-Control",
                        "max-age=60",
                        "Age",
                        "99999999999999999999"),
                row("RFC 9111 section 5.2.2.4: no-cache", 0, 0, 90, "Cache-Control", "no-cache, max-age=60"),
                row(
                        "RFC 9111 section 5.2.2.4: no-cache of a field",
                        60,
                        60,
                        90,
                        "Cache-Control",
                        "max-age=60, no-cache=\"X\""),
                row("RFC 9111 section 5.2.2.5: no-store", 0, 0, 0, "Cache-Control", "max-age=60, no-store"),
                row(
                        "RFC 9111 section 5.2.2.5: on a second line",
                        0,
                        0,
                        0,
                        "Cache-Control",
                        "max-age=60",
                        "cache-control",
                        "NO-STORE"),
                row("RFC 9111 section 5.2.2.7: private", 0, 0, 0, "Cache-Control", "private, max-age=60"),
                row(
                        "RFC 9111 section 5.2.2.7: private field",
                        60,
                        60,
                        90,
                        "Cache-Control",
                        "private=\"X\", max-age=60"),
                row("RFC 9111 section 5.2.2.9: public says nothing of time", 3600, 0, 90, "Cache-Control", "public"),
                row("RFC 9111 section 5.2.3: unknown", 3600, 0, 90, "Cache-Control", "x=1, y"),
                row("RFC 9111 section 5.4: Pragma alone", 0, 0, 90, "Pragma", "no-cache"),
                row(
                        "RFC 9111 section 5.4: Pragma with Cache-Control",
                        60,
                        60,
                        90,
                        "Pragma",
                        "no-cache",
                        "Cache-Control",
                        "max-age=60"),
                row("RFC 9111 section 7.3: Set-Cookie", 0, 0, 0, "Set-Cookie", "a=b", "Cache-Control", "max-age=60"),
                row("RFC 9111 section 4.1: Vary *", 0, 0, 0, "Vary", "*", "Cache-Control", "max-age=60"),
                row("RFC 9111 section 4.1: Vary * in a list", 0, 0, 0, "Vary", "Accept", "Vary", "X , *"),
                row("RFC 9111 section 4.1: Vary", 60, 60, 90, "Vary", "Accept", "Cache-Control", "max-age=60"),
                row("RFC 9111 section 4.1: Vary by everything there is", 0, 0, 0, "Vary", manyNames()),
                row("RFC 9111 section 3.3: shorter than it says", 0, 0, 0, "Content-Length", "5"),
                row("RFC 9111 section 3.3: as long as it says", 3600, 0, 90, "Content-Length", "4"),
                row("RFC 9111 section 3.3: two lengths", 0, 0, 0, "Content-Length", "4", "Content-Length", "5"));
    }

    /** RFC 9111 section 4.2.3: the time on the way counts, a clock that went back does not. */
    @Test
    void delayCountsAsAge() {
        GatewayResponse response = ok(Headers.of("Cache-Control", "max-age=60", "Age", "5"));
        CachedResponse slow = CacheRules.storable(STANDARD, GET, response, "b", NOW - 7_500, NOW)
                .orElseThrow();
        assertThat(slow.initialAgeMillis()).isEqualTo(12_500);
        assertThat(slow.freshMillis()).isEqualTo(60_000);
        assertThat(slow.keepMillis()).isEqualTo(47_500 + 600_000);
        CachedResponse back = CacheRules.storable(STANDARD, GET, response, "b", NOW + 7_500, NOW)
                .orElseThrow();
        assertThat(back.initialAgeMillis()).isEqualTo(5_000);
    }

    private static String manyNames() {
        StringBuilder names = new StringBuilder("X-0");
        for (int i = 1; i < 40; i++) {
            names.append(", X-").append(i);
        }
        return names.toString();
    }

    private static long secondsLeft(CachePolicy policy, Headers fields) {
        return CacheRules.storable(policy, GET, ok(fields), "b", NOW, NOW)
                .map(entry -> (entry.freshMillis() - entry.initialAgeMillis()) / 1000)
                .orElse(0L);
    }

    private static GatewayResponse ok(Headers headers) {
        return new GatewayResponse(200, headers, Body.utf8("body"));
    }

    private static Arguments row(String section, long standard, long onlyStated, long fixed, String... fields) {
        return Arguments.of(section, Headers.of(fields), standard, onlyStated, fixed);
    }
}
