package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lifetimes that nobody has stated, and what directives make of statuses. Received at 2026-01-01T00:00Z. */
class GuessedLifetimeTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final CachePolicy STANDARD = CachePolicy.standard();
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    /** In seconds before the receipt, as what is expected is in seconds; -1 where it is not stored. */
    @ParameterizedTest(name = "RFC {0}: {1} modified {2} s ago, dated {3} s ago, {4}: {5} s")
    @CsvSource(delimiter = '|', textBlock = """
            9111 section 4.2.2    | 200 | 100    |      |                     | 10
            9111 section 4.2.2    | 200 | 109    |      |                     | 10
            9111 section 4.2.2    | 200 | 1060   | 60   |                     | 100
            9111 section 4.2.2    | 200 | 100    | -100 |                     | 20
            9111 section 4.2.2    | 200 | 36000  |      |                     | 3600
            9111 section 4.2.2    | 200 | 999999 |      |                     | 3600
            9111 section 4.2.2    | 200 | 0      |      |                     | -1
            9111 section 4.2.2    | 200 | -60    |      |                     | -1
            9111 section 4.2.2    | 200 |        |      |                     | 3600
            9111 section 4.2.2    | 200 | 100    |      | max-age=5           | 5
            9111 section 4.2.2    | 200 | 100    |      | no-transform        | 10
            9110 section 15.1     | 203 | 100    |      |                     | 10
            9110 section 15.1     | 301 | 100    |      |                     | 10
            9110 section 15.1     | 308 | 100    |      |                     | 10
            9110 section 15.1     | 404 | 100    |      |                     | 10
            9110 section 15.1     | 404 |        |      |                     | -1
            9110 section 15.1     | 410 | 100    |      |                     | 10
            9110 section 15.1     | 414 | 100    |      |                     | 10
            9110 section 15.1     | 501 | 100    |      |                     | 10
            9110 section 15.1     | 201 | 100    |      |                     | -1
            9110 section 15.1     | 302 | 100    |      |                     | -1
            9110 section 15.1     | 403 | 100    |      |                     | -1
            9110 section 15.1     | 500 | 100    |      |                     | -1
            9110 section 15.1     | 599 | 100    |      |                     | -1
            9111 section 5.2.2.9  | 302 | 100    |      | public              | 10
            9111 section 5.2.2.9  | 403 | 100    |      | public              | 10
            9111 section 5.2.2.9  | 599 |        |      | public              | 3600
            9111 section 5.2.2.1  | 403 |        |      | max-age=5           | 5
            9111 section 5.2.2.10 | 403 |        |      | s-maxage=5          | 5
            9111 section 5.2.2.10 | 200 |        |      | s-maxage=5, max-age=60 | 5
            9111 section 5.2.2.10 | 200 |        |      | max-age=60, s-maxage=0 | -1
            9111 section 5.2.2.2  | 302 |        |      | must-revalidate     | -1
            9111 section 5.2.2.3  | 200 |        |      | must-understand, no-store, max-age=5 | 5
            9111 section 5.2.2.3  | 302 |        |      | must-understand, no-store, max-age=5 | 5
            9111 section 5.2.2.3  | 299 |        |      | must-understand, no-store, max-age=5 | -1
            9111 section 5.2.2.3  | 299 |        |      | must-understand, max-age=5 | -1
            9111 section 5.2.2.3  | 299 |        |      | max-age=5           | 5
            9111 section 5.2.2.3  | 200 |        |      | must-understand, private, max-age=5 | -1
            9111 section 5.2.2.6  | 200 |        |      | no-transform, max-age=5 | 5
            8246 section 2        | 200 |        |      | immutable, max-age=5 | 5
            """)
    void followFromStatusAndDates(
            String section,
            int status,
            @Nullable Long modified,
            @Nullable Long dated,
            @Nullable String said,
            long expected) {
        Headers.Builder headers = Headers.builder();
        if (modified != null) {
            headers.add("Last-Modified", HttpDates.format(NOW - modified * 1000));
        }
        if (dated != null) {
            headers.add("Date", HttpDates.format(NOW - dated * 1000));
        }
        if (said != null) {
            headers.add("Cache-Control", said);
        }
        assertThat(lifetimeSeconds(STANDARD, status, headers.build())).isEqualTo(expected);
    }

    /** A date that is none, or two of them, is nothing to guess from: stale, or the route's time. */
    @ParameterizedTest(name = "RFC 9111 section 4.2.2: {0}: {1} s")
    @CsvSource(delimiter = '|', textBlock = """
            x                                                             | -1
            Mon, 01 Dec 2025 00:00:00                                     | -1
            2025-12-01T00:00:00Z                                          | -1
            Mon, 01 Dec 2025 00:00:00 GMT; Tue, 02 Dec 2025 00:00:00 GMT  | 3600
            Monday, 01-Dec-25 00:00:00 GMT                                | 3600
            Mon Dec  1 00:00:00 2025                                      | 3600
            """)
    void readOnlyWhatIsOneDate(String lines, long expected) {
        Headers.Builder headers = Headers.builder();
        Arrays.stream(lines.split("; ", -1)).forEach(line -> headers.add("Last-Modified", line));
        assertThat(lifetimeSeconds(STANDARD, 200, headers.build())).isEqualTo(expected);
    }

    @Test
    void policyBoundsTheGuess() {
        Headers headers = Headers.of(
                "Last-Modified", HttpDates.format(NOW - Duration.ofDays(100).toMillis()));
        assertThat(lifetimeSeconds(STANDARD.ttl(Duration.ofDays(30)), 200, headers))
                .isEqualTo(864_000);
        assertThat(lifetimeSeconds(STANDARD.ttl(Duration.ofDays(1)), 200, headers))
                .isEqualTo(86_400);
        Headers tagged = headers.toBuilder().add("ETag", "\"a\"").build();
        assertThat(lifetimeSeconds(STANDARD.ttl(Duration.ZERO), 200, tagged)).isZero();
    }

    private static long lifetimeSeconds(CachePolicy policy, int status, Headers headers) {
        GatewayResponse response = new GatewayResponse(status, headers, Body.empty());
        return CacheRules.storable(policy, GET, response, "b", NOW, NOW)
                .filter(entry -> !CacheRules.neverFresh(entry) || headers.contains("ETag"))
                .map(entry -> entry.freshMillis() / 1000)
                .orElse(-1L);
    }
}
