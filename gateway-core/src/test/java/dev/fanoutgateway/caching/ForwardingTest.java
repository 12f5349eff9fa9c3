package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link CacheRules#forwarded}. */
class ForwardingTest {
    private static final CachePolicy POLICY = CachePolicy.standard().ignoreQuery("utm_source", "fbclid");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "If-None-Match",
                "If-Modified-Since",
                "If-Range",
                "X-Forwarded-Host",
                "x-forwarded-host",
                "X-FORWARDED-HOST",
                "X-Original-URL",
                "X-Rewrite-URL",
                "X-HTTP-Method-Override",
                "X-HTTP-Method",
                "X-Method-Override",
                "X-Forwarded-Scheme",
                "X-Forwarded-Proto",
                "X-Forwarded-Port",
                "X-Forwarded-Prefix",
                "X-Host",
                "Forwarded",
                "forwarded",
                "X-Forwarded-For",
                "X_Forwarded_Host",
                "x-forwarded_host",
                "X-Original-Method",
                "X-Rewrite-URL",
                "X-HTTP-Method",
                "X-Real-IP",
                "X_Real_Ip",
                "True-Client-IP",
                "X-Client-IP",
                "Fastly-Client-IP",
                "X-Scheme",
                "Proxy",
                "X-Middleware-Subrequest",
            })
    void whatCouldChangeTheAnswerUnkeyedIsNotForwarded(String name) {
        GatewayRequest request = GatewayRequest.get("/a?b=c")
                .header("Accept", "text/plain")
                .header(name, "evil.example")
                .header("X-Trace", "1");
        assertThat(CacheRules.forwarded(POLICY, request).headers())
                .isEqualTo(Headers.of("Accept", "text/plain", "X-Trace", "1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void whatIsNotSharedIsForwardedAsItIs(String method) {
        GatewayRequest request = GatewayRequest.of(method, "/a?utm_source=x")
                .header("If-None-Match", "*")
                .header("X-HTTP-Method-Override", "PATCH");
        assertThat(CacheRules.forwarded(POLICY, request)).isSameAs(request);
    }

    @Test
    void conditionsOfAPartAreForwardedWithIt() {
        GatewayRequest partial = GatewayRequest.get("/a?b")
                .header("Range", "bytes=0-9")
                .header("If-None-Match", "\"b\"")
                .header("If-Range", "\"a\"");
        assertThat(CacheRules.forwarded(POLICY, partial)).isSameAs(partial);
        assertThat(CacheRules.whole(partial)).isEqualTo(GatewayRequest.get("/a?b"));
    }

    @Test
    void requestThatGoesPastTheCacheIsForwardedAsItIs() {
        GatewayRequest origins = GatewayRequest.get("/a?utm_source=x")
                .header("If-Match", "\"b\"")
                .header("If-Range", "\"a\"");
        assertThat(CacheRules.forwarded(POLICY, origins)).isSameAs(origins);
        GatewayRequest conditional = GatewayRequest.get("/a").header("If-None-Match", "*");
        assertThat(CacheRules.forwarded(CachePolicy.off(), conditional)).isSameAs(conditional);
    }

    @Test
    void nothingToTakeAwayIsTheSameObject() {
        GatewayRequest request =
                GatewayRequest.get("/a?utm_medium=x&b").header("Accept", "*/*").header("X-Requested-With", "y");
        assertThat(CacheRules.forwarded(POLICY, request)).isSameAs(request);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", textBlock = """
                    utm_source=x             | none
                    utm_source               | none
                    utm_source=x&fbclid=y    | none
                    utm_source=x&a=b         | a=b
                    a=b&utm_source=x         | a=b
                    a=b&utm_source=x&c=d     | a=b&c=d
                    a=b&&utm_source=x&       | a=b&&
                    utm_source=x&utm_source= | none
                    a=utm_source&a=b=fbclid  | a=utm_source&a=b=fbclid
                    UTM_SOURCE=x             | UTM_SOURCE=x
                    utm%5Fsource=x           | utm%5Fsource=x
                    utm_source2=x            | utm_source2=x
                    a=1;utm_source=x         | a=1;utm_source=x
                    b=2&a=%2f+%zz&fbclid     | b=2&a=%2f+%zz
                    """)
    void ignoredParametersAreTakenFromTheQueryAndNothingElse(String query, String expected) {
        GatewayRequest forwarded = CacheRules.forwarded(POLICY, GatewayRequest.get("/a?" + query));
        assertThat(forwarded.query()).isEqualTo(expected);
        assertThat(CacheRules.keyFor("g", POLICY, forwarded, null).value())
                .isEqualTo(expected == null ? "g GET /a" : "g GET /a?" + expected);
    }

    @Test
    void emptyQueryStaysOne() {
        GatewayRequest request = GatewayRequest.get("/a?");
        assertThat(CacheRules.forwarded(POLICY, request)).isSameAs(request);
    }
}
