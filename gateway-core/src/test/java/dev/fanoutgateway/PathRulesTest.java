package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathRulesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a",
                "/a/",
                "/a/b/c",
                "/...",
                "/a/...",
                "/.a",
                "/..a",
                "/a..",
                "/a.",
                "/a..b",
                "/a.b/c.d",
                "/.well-known/x",
                "/a-b_c~d",
                "/a:b@c",
                "/a!$&'()*+,=b",
                "/a%20b",
                "/%41",
                "/%61dmin",
                "/a%3Fb",
                "/a%23b",
                "/a%3a",
                "/%c3%a9",
                "/%C3%A9",
                "/%e2%82%ac",
                "/%f0%9f%98%80",
                "/%ed%9f%bf",
                "/%ee%80%80",
                "/%f4%8f%bf%bf",
                "/%c2%a0",
                "/%e0%a0%80",
                "/%f0%90%80%80",
                "/a%22b",
                "/a%7Cb",
                "/a%5Eb",
                "/a%5B0%5D"
            })
    void forwardsWhatEveryBackendReadsAlike(String path) {
        assertThat(PathRules.unambiguous(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.",
                "/..",
                "/a/.",
                "/a/..",
                "/a/./b",
                "/a/../b",
                "/../a",
                "/./",
                "/../",
                "//",
                "//a",
                "/a//b",
                "/a//",
                "/a;x",
                "/a;x=1/b",
                "/;",
                "/a\\b",
                "/\\",
                "/..\\a",
                "/a?b",
                "/a#b",
                "/a|b",
                "/a^b",
                "/a\"b",
                "/a<b",
                "/a>b",
                "/a`b",
                "/{a}",
                "/a[0]",
                "/a b",
                "/a\tb",
                "/a\nb",
                "/a\rb",
                "/a\u0000b",
                "/a\u007fb",
                "/a\u0080b",
                "/\u00e9",
                "/\u2044",
                "/\uff0e\uff0e/a",
                "/%2e",
                "/%2E",
                "/%2e%2e",
                "/.%2e",
                "/%2e.",
                "/a/%2e%2e/b",
                "/a%2eb",
                "/%2f",
                "/a%2Fb",
                "/%5c",
                "/%5C",
                "/a%5cb",
                "/%3b",
                "/a%3Bx",
                "/%25",
                "/%252e",
                "/%252e%252e",
                "/%252f",
                "/%00",
                "/a%00b",
                "/%0a",
                "/%0d%0a",
                "/%09",
                "/%1f",
                "/%7f",
                "/%",
                "/%2",
                "/a%",
                "/a%4",
                "/%zz",
                "/%4g",
                "/%g4",
                "/%-1",
                "/%+1",
                "/% 1",
                "/%\uff11\uff11",
                "/%u002e",
                "/%c0%ae",
                "/%c0%af",
                "/%c1%9c",
                "/%e0%80%af",
                "/%e0%80%ae",
                "/%e0%9f%bf",
                "/%f0%80%80%af",
                "/%f0%8f%bf%bf",
                "/%f8%80%80%80%af",
                "/%fc%80%80%80%80%af",
                "/%fe",
                "/%ff",
                "/%80",
                "/%bf",
                "/a%afb",
                "/%c3",
                "/%c3/",
                "/%c3a",
                "/%c3%",
                "/%c3%2f",
                "/%c3%28",
                "/%e2%82",
                "/%e2%82/a",
                "/%e2%28%a1",
                "/%f0%9f%98",
                "/%ed%a0%80",
                "/%ed%bf%bf",
                "/%f4%90%80%80",
                "/%f5%80%80%80",
                "/%c2%80",
                "/%c2%85",
                "/%c2%9f",
                "/%c3%a9%c3",
                "/caf%e9"
            })
    void refusesWhatABackendMayReadOtherwise(String path) {
        assertThat(PathRules.unambiguous(path)).isFalse();
    }

    @Test
    void aRefusedPathIs400AndReachesNoBackend() {
        Stand stand = new Stand().all(Script.ok("secret"));
        for (String path : new String[] {"/a/../b", "/a//b", "/%2e%2e/b", "/a;x", "/%e0%80%af"}) {
            assertThat(stand.answer(path).status()).isEqualTo(400);
        }
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(stand.outcomes()).hasSize(5).containsOnly(Outcome.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "CONNECT"})
    void methodsThatShowOrTunnelAreNotForwarded(String method) {
        Stand stand = new Stand().all(Script.ok("echo"));
        assertThat(stand.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(405);
        assertThat(stand.backends.requests()).isEmpty();
    }

    /** 405 to TRACE, and OPTIONS that is to go no further: both name what the route forwards, and nothing else. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, M-SEARCH",
                "OPTIONS GET TRACE PROPFIND | OPTIONS, GET, PROPFIND"
            })
    void theAnswersOfOurOwnAllowWhatTheRouteForwards(String methods, String allowed) {
        Stand stand = new Stand().all(Script.ok("yes"));
        if (!methods.isEmpty()) {
            stand.route(Stand.everything().methods(methods.split(" ")));
        }

        GatewayResponse refused = stand.answer(GatewayRequest.of("TRACE", "/a"));
        GatewayResponse options =
                stand.answer(GatewayRequest.of("OPTIONS", "/a").withHeaders(Headers.of("Max-Forwards", "0")));

        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.headers().all("Allow")).containsExactly(allowed);
        assertThat(options.status()).isEqualTo(204);
        assertThat(options.headers().all("Allow")).containsExactly(allowed);
        assertThat(stand.backends.requests()).isEmpty();
        for (String method : allowed.split(", ")) {
            assertThat(stand.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "M-SEARCH"})
    void theUsualMethodsAre(String method) {
        Stand stand = new Stand().all(Script.ok("yes"));
        assertThat(stand.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROPFIND", "QUERY", "PRI", "get", "Post", "GETX", "G", "*", "X-1"})
    void othersAreIfTheRouteNamesThem(String method) {
        Stand stand = new Stand().all(Script.ok("yes"));
        assertThat(stand.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(501);
        assertThat(stand.backends.requests()).isEmpty();

        if (method.matches("[A-Z]+")) {
            Stand naming =
                    new Stand().route(Stand.everything().methods("GET", method)).all(Script.ok("yes"));
            assertThat(naming.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "GET ", "GE T", "GET\r", "GET\u0000", "G\u00c9T", "G(T", "G/T", "{}"})
    void whatIsNoTokenIsNoMethod(String method) {
        Stand stand = new Stand().all(Script.ok("yes"));
        assertThat(stand.answer(GatewayRequest.of(method, "/a")).status()).isEqualTo(400);
        assertThat(stand.backends.requests()).isEmpty();
    }
}
