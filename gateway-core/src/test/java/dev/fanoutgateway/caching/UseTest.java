package dev.fanoutgateway.caching;

import static dev.fanoutgateway.caching.CacheRules.Use.BYPASS;
import static dev.fanoutgateway.caching.CacheRules.Use.LOOKUP;
import static dev.fanoutgateway.caching.CacheRules.Use.METHOD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CacheRules.Use;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link CacheRules#useFor}. */
class UseTest {
    @ParameterizedTest(name = "{0}: {1} {2} is {3}")
    @MethodSource("rows")
    void usesTheCacheAsTheRequestAllows(String section, String method, Headers fields, Use expected) {
        GatewayRequest request = GatewayRequest.of(method, "/a").withHeaders(fields);
        assertThat(CacheRules.useFor(CachePolicy.standard(), request)).isEqualTo(expected);
        assertThat(CacheRules.useFor(CachePolicy.off(), request)).isEqualTo(expected == METHOD ? METHOD : BYPASS);
    }

    static Stream<Arguments> rows() {
        return Stream.of(
                row("RFC 9111 section 4", "GET", LOOKUP),
                row("RFC 9111 section 4", "HEAD", LOOKUP),
                row("RFC 9111 section 4", "POST", METHOD),
                row("RFC 9111 section 4", "PUT", METHOD),
                row("RFC 9111 section 4", "OPTIONS", METHOD),
                row("RFC 9110 section 9.1", "get", METHOD),
                row("RFC 9110 section 14.2", "GET", LOOKUP, "Range", "bytes=0-1"),
                row("RFC 9110 section 14.2", "GET", LOOKUP, "RANGE", ""),
                row("RFC 9111 section 5.2.1.5", "GET", BYPASS, "Cache-Control", "no-store"),
                row(
                        "RFC 9111 section 5.2.1.5",
                        "GET",
                        BYPASS,
                        "Cache-Control",
                        "no-cache",
                        "cache-control",
                        "No-Store"),
                row("RFC 9111 section 5.2.1.4", "GET", LOOKUP, "Cache-Control", "no-cache"),
                row("RFC 9111 section 5.2.1.1", "GET", LOOKUP, "Cache-Control", "max-age=0"),
                row("RFC 9111 section 5.2.1.1", "HEAD", LOOKUP, "Cache-Control", "max-age=0"),
                row("RFC 9111 section 5.2.1.1", "GET", LOOKUP, "Cache-Control", "max-age=60"),
                row("RFC 9111 section 5.4", "GET", LOOKUP, "Pragma", "No-Cache"),
                row("RFC 9111 section 5.4", "GET", LOOKUP, "Pragma", "x"),
                row("RFC 9111 section 5.4", "GET", LOOKUP, "Pragma", "no-cache", "Cache-Control", "max-stale"),
                row("RFC 9111 section 3.5", "GET", LOOKUP, "Authorization", "Basic eA=="),
                row("RFC 9111 section 3.5", "GET", LOOKUP, "authorization", ""),
                row("RFC 9110 section 11.7.2", "GET", LOOKUP, "Proxy-Authorization", "x"),
                row("RFC 6265 section 7.1", "GET", LOOKUP, "Cookie", "a=b"),
                row("RFC 9111 section 4.3.2", "GET", BYPASS, "If-Match", "\"a\""),
                row("RFC 9111 section 4.3.2", "GET", BYPASS, "If-Unmodified-Since", "x"),
                row("RFC 9111 section 4.3.2", "GET", LOOKUP, "If-None-Match", "\"a\""),
                row("RFC 9111 section 4.3.2", "GET", LOOKUP, "If-Modified-Since", "x"),
                row("RFC 9110 section 12.5.1", "GET", LOOKUP, "Accept", "text/html", "X-Cookie", "a"));
    }

    @Test
    void contentGoesPastTheCache() {
        GatewayRequest request = GatewayRequest.get("/a").withBody(Body.utf8("x"));
        assertThat(CacheRules.useFor(CachePolicy.standard(), request)).isEqualTo(BYPASS);
        GatewayRequest streamed = request.withBody(Body.stream(subscriber -> {}, -1));
        assertThat(CacheRules.useFor(CachePolicy.standard(), streamed)).isEqualTo(BYPASS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingThrowsAndForwardingChangesNoUse(long seed) {
        Random random = new Random(seed);
        CachePolicy policy = CachePolicy.standard().ignoreQuery("a", "b");
        for (int i = 0; i < 20_000; i++) {
            GatewayRequest request = Generated.request(random);
            GatewayRequest forwarded = CacheRules.forwarded(policy, request);
            assertThat(CacheRules.useFor(policy, forwarded)).isEqualTo(CacheRules.useFor(policy, request));
            assertThat(CacheRules.forwarded(policy, forwarded)).isSameAs(forwarded);
        }
    }

    private static Arguments row(String section, String method, Use expected, String... fields) {
        return Arguments.of(section, method, Headers.of(fields), expected);
    }
}
