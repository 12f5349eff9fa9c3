package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link CacheRules#serve}, {@link CacheRules#answer}, and the age of entries. */
class ServingTest {
    private static final long RECEIVED = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final byte[] BODY = Body.utf8("body").bytes();
    private static final GatewayRequest GET = GatewayRequest.get("/a");
    private static final GatewayRequest HEAD = GatewayRequest.of("HEAD", "/a");

    @Test
    void entryIsServedWithItsAge() {
        CachedResponse entry = entry(200, Headers.of("Content-Length", "4", "ETag", "\"a\""));
        GatewayResponse response = CacheRules.serve(entry, GET, RECEIVED + 7_400);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).isEqualTo(Headers.of("Content-Length", "4", "ETag", "\"a\"", "Age", "9"));
        assertThat(response.body().bytes()).isSameAs(BODY);
    }

    @Test
    void headGetsTheFieldsWithoutTheContent() {
        GatewayResponse response = CacheRules.serve(entry(200, Headers.of("Content-Length", "4")), HEAD, RECEIVED);
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers()).isEqualTo(Headers.of("Content-Length", "4", "Age", "2"));
        assertThat(response.body().length()).isZero();
    }

    @ParameterizedTest(name = "{0}: entry {1}, request {2}: 304 is {3}")
    @MethodSource("conditions")
    void conditionsAreAnsweredFromTheEntry(String section, Headers stored, Headers asked, boolean notModified) {
        CachedResponse entry = entry(200, stored);
        int expected = notModified ? 304 : 200;
        assertThat(CacheRules.serve(entry, GET.withHeaders(asked), RECEIVED).status())
                .isEqualTo(expected);
        assertThat(CacheRules.serve(entry, HEAD.withHeaders(asked), RECEIVED).status())
                .isEqualTo(expected);
        GatewayResponse full = new GatewayResponse(200, stored, Body.of(BODY));
        assertThat(CacheRules.answer(full, GET.withHeaders(asked), RECEIVED).status())
                .isEqualTo(expected);
    }

    static Stream<Arguments> conditions() {
        String earlier = "Wed, 31 Dec 2025 00:00:00 GMT";
        String later = "Wed, 31 Dec 2025 12:00:00 GMT";
        String received = "Thu, 01 Jan 2026 00:00:00 GMT";
        String tag = "RFC 9110 section 13.1.2";
        String date = "RFC 9110 section 13.1.3";
        String form = "RFC 9110 section 5.6.7";
        String rfc850 = "Wednesday, 31-Dec-25 00:00:00 GMT";
        String order = "RFC 9110 section 13.2.2";
        String noDate = "RFC 9111 section 4.3.2";
        return Stream.of(
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"a\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"b\""), false),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"b\", \"a\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"b\",\"a,b\" ,W/\"a\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"b\"", "If-None-Match", "\"a\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"a,\""), false),
                row(tag, fields("ETag", "\"a,b\""), fields("If-None-Match", "\"a,b\""), true),
                row(tag, fields("ETag", "\"a,b\""), fields("If-None-Match", "\"a\", \"b\""), false),
                row(tag, fields("ETag", "\", \""), fields("If-None-Match", "\"a\", \"b\""), false),
                row(tag, fields("ETag", "\"A\""), fields("If-None-Match", "\"a\""), false),
                row(tag, fields("ETag", "\"\""), fields("If-None-Match", "\"\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "*"), true),
                row(tag, fields(), fields("If-None-Match", "*"), true),
                row(tag, fields(), fields("If-None-Match", "\"a\""), false),
                row(tag, fields("ETag", "a"), fields("If-None-Match", "a"), false),
                row(tag, fields("ETag", "\"a"), fields("If-None-Match", "\"a"), false),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", ""), false),
                row(tag, fields("ETag", "\"a\"", "ETag", "\"b\""), fields("If-None-Match", "\"a\""), false),
                row("RFC 9110 section 8.8.3.2", fields("ETag", "W/\"a\""), fields("If-None-Match", "\"a\""), true),
                row("RFC 9110 section 8.8.3.2", fields("ETag", "\"a\""), fields("If-None-Match", "W/\"a\""), true),
                row("RFC 9110 section 8.8.3.2", fields("ETag", "w/\"a\""), fields("If-None-Match", "\"a\""), false),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", earlier), true),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", later), true),
                row(date, fields("Last-Modified", later), fields("If-Modified-Since", earlier), false),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", "never"), false),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", "0"), false),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", earlier + "; length=4"), false),
                row(
                        form,
                        fields("Last-Modified", earlier),
                        fields("If-Modified-Since", "Wed Dec 31 00:00:00 2025"),
                        true),
                row(
                        form,
                        fields("Last-Modified", later),
                        fields("If-Modified-Since", "Wed Dec 31 00:00:00 2025"),
                        false),
                row(form, fields("Last-Modified", earlier), fields("If-Modified-Since", rfc850), true),
                row(form, fields("Last-Modified", later), fields("If-Modified-Since", rfc850), false),
                row(form, fields("Last-Modified", rfc850), fields("If-Modified-Since", earlier), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"b\"\t,\t\"a\"\t"), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", ",, \"a\""), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", " * "), true),
                row(tag, fields("ETag", "\"a\""), fields("If-None-Match", "\"*\""), false),
                row(tag, fields("ETag", "\"\u00e9\""), fields("If-None-Match", "\"\u00e9\""), true),
                row(date, fields("Last-Modified", earlier), fields("If-Modified-Since", ""), false),
                row(
                        date,
                        fields("Last-Modified", earlier),
                        fields("If-Modified-Since", later, "If-Modified-Since", later),
                        false),
                row(date, fields("Last-Modified", "never"), fields("If-Modified-Since", later), false),
                row(
                        order,
                        fields("ETag", "\"a\"", "Last-Modified", earlier),
                        fields("If-None-Match", "\"b\"", "If-Modified-Since", later),
                        false),
                row(
                        order,
                        fields("ETag", "\"a\"", "Last-Modified", later),
                        fields("If-None-Match", "\"a\"", "If-Modified-Since", earlier),
                        true),
                row(noDate, fields("Date", earlier), fields("If-Modified-Since", earlier), true),
                row(noDate, fields("Date", later), fields("If-Modified-Since", earlier), false),
                row(noDate, fields(), fields("If-Modified-Since", received), true),
                row(noDate, fields(), fields("If-Modified-Since", earlier), false));
    }

    @Test
    void conditionsOfOtherStatusesDoNotCount() {
        GatewayRequest conditional = GET.header("If-None-Match", "*");
        assertThat(CacheRules.serve(entry(404, Headers.of("ETag", "\"a\"")), conditional, RECEIVED)
                        .status())
                .isEqualTo(404);
        assertThat(CacheRules.serve(entry(301, Headers.empty()), conditional, RECEIVED)
                        .status())
                .isEqualTo(301);
    }

    /** RFC 9110 section 15.4.5. */
    @Test
    void notModifiedTellsWhatGuidesTheClientsCache() {
        Headers stored = Headers.of(
                "Content-Type", "text/plain",
                "Content-Length", "4",
                "Content-Encoding", "gzip",
                "Content-Language", "en",
                "Content-Digest", "sha-256=:AA==:",
                "Repr-Digest", "sha-256=:AA==:",
                "Content-Location", "/b",
                "Cache-Control", "max-age=60",
                "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                "Expires", "0",
                "Vary", "Accept",
                "ETag", "\"a\"",
                "Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        GatewayResponse response = CacheRules.serve(entry(200, stored), GET.header("If-None-Match", "\"a\""), RECEIVED);
        assertThat(response.body().length()).isZero();
        assertThat(response.headers())
                .isEqualTo(Headers.of(
                        "Content-Location", "/b",
                        "Cache-Control", "max-age=60",
                        "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                        "Expires", "0",
                        "Vary", "Accept",
                        "ETag", "\"a\"",
                        "Age", "2"));
        Headers untagged = Headers.of("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");
        GatewayRequest since = GET.header("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT");
        assertThat(CacheRules.serve(entry(200, untagged), since, RECEIVED).headers())
                .isEqualTo(untagged.toBuilder().add("Age", "2").build());
    }

    @Test
    void responseWithoutConditionsIsGivenAsItIs() {
        GatewayResponse full = new GatewayResponse(200, Headers.empty(), Body.of(BODY));
        assertThat(CacheRules.answer(full, GET, RECEIVED)).isSameAs(full);
        GatewayRequest post = GatewayRequest.of("POST", "/a").header("If-None-Match", "*");
        assertThat(CacheRules.answer(full, post, RECEIVED)).isSameAs(full);
    }

    /** RFC 9111 sections 4.2 and 4.2.3. */
    @Test
    void entryIsFreshUntilItsAgeReachesItsLifetime() {
        CachedResponse entry = entry(200, Headers.empty());
        assertThat(CacheRules.fresh(entry, RECEIVED + 57_999)).isTrue();
        assertThat(CacheRules.fresh(entry, RECEIVED + 58_000)).isFalse();
        assertThat(CacheRules.ttlSeconds(entry, RECEIVED)).isEqualTo(58);
        assertThat(CacheRules.ttlSeconds(entry, RECEIVED + 57_999)).isZero();
        assertThat(CacheRules.ttlSeconds(entry, RECEIVED + 58_001)).isEqualTo(-1);
        assertThat(CacheRules.ageSeconds(entry, RECEIVED + 57_999)).isEqualTo(59);
    }

    @Test
    void clockThatWentBackMakesNothingYounger() {
        CachedResponse entry = entry(200, Headers.empty());
        assertThat(CacheRules.ageSeconds(entry, RECEIVED - 3_600_000)).isEqualTo(2);
        assertThat(CacheRules.fresh(entry, 0)).isTrue();
    }

    @Test
    void ageIsBoundAndNonsenseIsOld() {
        CachedResponse ancient = new CachedResponse(Kind.RESPONSE, 200, Headers.empty(), BODY, "b", 0, 0, 1, 1);
        assertThat(CacheRules.ageSeconds(ancient, Long.MAX_VALUE)).isEqualTo(1L << 31);
        assertThat(CacheRules.fresh(nonsense(-1, 0), RECEIVED)).isFalse();
        assertThat(CacheRules.fresh(nonsense(Long.MIN_VALUE, 0), Long.MAX_VALUE))
                .isFalse();
        assertThat(CacheRules.fresh(nonsense(0, -1), RECEIVED)).isFalse();
        assertThat(CacheRules.fresh(nonsense(0, Long.MAX_VALUE), RECEIVED)).isFalse();
        assertThat(CacheRules.ttlSeconds(nonsense(-1, 0), RECEIVED)).isNegative();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingThrows(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            GatewayResponse generated = Generated.response(random);
            CachedResponse entry = entry(generated.status(), generated.headers());
            GatewayRequest request = Generated.request(random);
            GatewayResponse served = CacheRules.serve(entry, request, RECEIVED + random.nextInt());
            if (request.method().equals("HEAD") || served.status() == 304 && generated.status() != 304) {
                assertThat(served.body().length()).isZero();
            }
        }
    }

    private static CachedResponse nonsense(long received, long initialAge) {
        long fresh = 1L << 40;
        return new CachedResponse(Kind.RESPONSE, 200, Headers.empty(), BODY, "b", received, initialAge, fresh, fresh);
    }

    /** Two seconds old when it came, fresh for a minute. */
    private static CachedResponse entry(int status, Headers headers) {
        return new CachedResponse(Kind.RESPONSE, status, headers, BODY, "b", RECEIVED, 2_000, 60_000, 58_000);
    }

    private static Headers fields(String... fields) {
        return Headers.of(fields);
    }

    private static Arguments row(String section, Headers stored, Headers asked, boolean notModified) {
        return Arguments.of(section, stored, asked, notModified);
    }
}
