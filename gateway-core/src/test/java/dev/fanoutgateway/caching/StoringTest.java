package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link CacheRules#storable}. Received at 2026-01-01T00:00Z, unless said otherwise without delay. */
class StoringTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final CachePolicy STANDARD = CachePolicy.standard();
    private static final CachePolicy ONLY_STATED = STANDARD.ttl(Duration.ZERO);
    private static final CachePolicy FIXED = STANDARD.respectOrigin(false).ttl(Duration.ofSeconds(90));
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    @ParameterizedTest(name = "RFC 9110 section 15, RFC 9111 section 3: {0}")
    @CsvSource(textBlock = """
                    100, false, false
                    200, true,  true
                    201, true,  false
                    203, true,  true
                    204, true,  true
                    206, false, false
                    300, true,  true
                    301, true,  true
                    302, true,  false
                    303, true,  false
                    304, false, false
                    307, true,  false
                    308, true,  true
                    400, true,  false
                    401, true,  false
                    403, true,  false
                    404, true,  false
                    405, true,  false
                    410, true,  false
                    414, true,  false
                    429, true,  false
                    500, true,  false
                    501, true,  false
                    503, true,  false
                    504, true,  false
                    599, true,  false
                    """)
    void statuses(int status, boolean whenStated, boolean byDefault) {
        GatewayResponse bare = new GatewayResponse(status, Headers.empty(), Body.empty());
        GatewayResponse stated = bare.withHeaders(Headers.of("Cache-Control", "max-age=60"));
        assertThat(storable(STANDARD, GET, stated)).as("stated").matches(e -> e.isPresent() == whenStated);
        assertThat(storable(STANDARD, GET, bare)).as("by default").matches(e -> e.isPresent() == byDefault);
        assertThat(storable(FIXED, GET, stated)).as("fixed").matches(e -> e.isPresent() == byDefault);
    }

    @ParameterizedTest(name = "RFC 9111 section 3.5: {0}: {1} is {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    Authorization | max-age=60                  | false
                    Authorization | max-age=60, public          | true
                    Authorization | max-age=60, must-revalidate | true
                    Authorization | s-maxage=60                 | true
                    Authorization | s-maxage=x, max-age=60      | false
                    Authorization | public, private, max-age=60 | false
                    Cookie        | max-age=60                  | false
                    Cookie        | max-age=60, public          | true
                    """)
    void credentialed(String field, String cacheControl, boolean stored) {
        GatewayResponse response = ok(Headers.of("Cache-Control", cacheControl));
        assertThat(storable(STANDARD, GET.header(field, "x"), response).isPresent())
                .isEqualTo(stored);
    }

    /** What can be validated, but is not fresh: kept only if the status or the origin permits it. */
    @ParameterizedTest(name = "RFC 9111 section 3: {0} with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    200 | Cache-Control | no-cache                | true
                    200 | Pragma        | no-cache                | true
                    404 | Cache-Control | no-cache                | true
                    302 | Cache-Control | no-cache                | false
                    302 | Pragma        | no-cache                | false
                    302 | Cache-Control | must-revalidate         | false
                    302 | Cache-Control | no-cache, public        | true
                    302 | Cache-Control | no-cache, max-age=0     | true
                    302 | Cache-Control | no-cache, s-maxage=60   | true
                    302 | Expires       | 0                       | true
                    500 | Cache-Control | no-cache                | false
                    500 | Cache-Control | no-cache, max-age=60    | true
                    599 | Cache-Control | no-cache                | false
                    """)
    void keptToBeValidated(int status, String field, String value, boolean stored) {
        GatewayResponse response =
                new GatewayResponse(status, Headers.of(field, value, "ETag", "\"a\""), Body.utf8("body"));
        assertThat(storable(STANDARD, GET, response).isPresent()).isEqualTo(stored);
    }

    @Test
    void requestsWhoseResponsesAreNotKept() {
        GatewayResponse response = ok(Headers.of("Cache-Control", "public, max-age=60"));
        assertThat(storable(STANDARD, GET, response)).isPresent();
        assertThat(storable(CachePolicy.off(), GET, response)).isEmpty();
        assertThat(storable(STANDARD, GatewayRequest.of("HEAD", "/a"), response))
                .isEmpty();
        assertThat(storable(STANDARD, GatewayRequest.of("POST", "/a"), response))
                .isEmpty();
        assertThat(storable(STANDARD, GET.withBody(Body.utf8("x")), response)).isEmpty();
        assertThat(storable(STANDARD, GET.header("If-Match", "\"a\""), response))
                .isEmpty();
        assertThat(storable(STANDARD, GET.header("Cache-Control", "no-store"), response))
                .isEmpty();
        assertThat(storable(STANDARD, GET.header("Cache-Control", "no-cache"), response))
                .isPresent();
    }

    @Test
    void streamIsNotKept() {
        GatewayResponse stream = new GatewayResponse(200, Headers.empty(), Body.stream(subscriber -> {}, 4));
        assertThat(storable(STANDARD, GET, stream)).isEmpty();
    }

    /** RFC 9111 section 3.1, RFC 9110 section 7.6.1. */
    @Test
    void fieldsOfOneHopAndOneAnswerAreNotKept() {
        Headers headers = Headers.of(
                "Content-Type", "text/plain",
                "Connection", "close, X-Hop ,",
                "Keep-Alive", "timeout=5",
                "Proxy-Connection", "close",
                "Proxy-Authenticate", "Basic",
                "TE", "trailers",
                "Trailer", "X-Sum",
                "Transfer-Encoding", "chunked",
                "Upgrade", "h2c",
                "x-hop", "1",
                "Age", "3",
                "cache-status", "origin; hit",
                "RateLimit", "\"a\";r=1;t=2",
                "RateLimit-Policy", "\"a\";q=1;w=2",
                "ratelimit-remaining", "1",
                "X-RateLimit-Limit", "1",
                "Retry-After", "5",
                "Content-Length", "4",
                "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                "Link", "</a>",
                "link", "</b>",
                "ETag", "\"a\"");
        assertThat(storable(STANDARD, GET, ok(headers)).orElseThrow().headers())
                .isEqualTo(Headers.of(
                        "Content-Type", "text/plain",
                        "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                        "Link", "</a>",
                        "link", "</b>",
                        "ETag", "\"a\"",
                        "Content-Length", "4"));
    }

    /** RFC 9110 sections 6.6.1 and 8.6. */
    @Test
    void dateAndLengthAreAdded() {
        assertThat(storable(STANDARD, GET, ok(Headers.empty())).orElseThrow().headers())
                .isEqualTo(Headers.of("Date", "Thu, 01 Jan 2026 00:00:00 GMT", "Content-Length", "4"));
        GatewayResponse empty = new GatewayResponse(204, Headers.empty(), Body.empty());
        assertThat(storable(STANDARD, GET, empty).orElseThrow().headers().contains("Content-Length"))
                .isFalse();
    }

    @Test
    void entrySaysWhatItIs() {
        CachedResponse entry = CacheRules.storable(STANDARD, GET, ok(Headers.empty()), "http://b", NOW - 1, NOW)
                .orElseThrow();
        assertThat(entry.kind()).isEqualTo(CachedResponse.Kind.RESPONSE);
        assertThat(entry.status()).isEqualTo(200);
        assertThat(entry.body()).isEqualTo(Body.utf8("body").bytes());
        assertThat(entry.backend()).isEqualTo("http://b");
        assertThat(entry.receivedMillis()).isEqualTo(NOW);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void nothingThrowsAndWhatIsStoredIsFreshAndForAll(long seed) {
        Random random = new Random(seed);
        int stored = 0;
        for (int i = 0; i < 30_000; i++) {
            GatewayRequest request = Generated.request(random);
            GatewayResponse response = Generated.response(random);
            CachePolicy policy = random.nextBoolean() ? STANDARD : random.nextBoolean() ? FIXED : ONLY_STATED;
            long sent = random.nextInt(5) == 0 ? random.nextLong() : NOW - random.nextInt(10_000);
            Optional<CachedResponse> entry = CacheRules.storable(policy, request, response, "b", sent, NOW);
            if (entry.isPresent()) {
                stored++;
                CachedResponse found = entry.get();
                assertThat(CacheRules.fresh(found, NOW)).isEqualTo(!CacheRules.neverFresh(found));
                assertThat(CacheRules.fresh(found, NOW + found.keepMillis())).isFalse();
                assertThat(CacheRules.fresh(found, NOW) || Validators.in(found.headers()))
                        .isTrue();
                assertThat(found.keepMillis()).isPositive();
                assertThat(found.headers().contains("Set-Cookie")).isFalse();
                assertThat(found.headers().all("Vary")).noneMatch(vary -> vary.contains("*"));
                assertThat(request.method()).isEqualTo("GET");
                assertThat(CacheRules.serve(found, request, NOW).status()).isIn(found.status(), 304, 206, 416);
            }
        }
        assertThat(stored).isGreaterThan(200);
    }

    private static Optional<CachedResponse> storable(
            CachePolicy policy, GatewayRequest request, GatewayResponse response) {
        return CacheRules.storable(policy, request, response, "b", NOW, NOW);
    }

    private static GatewayResponse ok(Headers headers) {
        return new GatewayResponse(200, headers, Body.utf8("body"));
    }
}
