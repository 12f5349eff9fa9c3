package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link CacheRules#invalidated}: RFC 9111 section 4.4. */
class InvalidatedTargetsTest {
    private static final List<String> ORIGINS = List.of("shop.example", "backend:8080");

    @ParameterizedTest(name = "RFC {0}: {1} {2}")
    @CsvSource(textBlock = """
                    9111 section 4.4,   POST,    200, true
                    9111 section 4.4,   PUT,     201, true
                    9111 section 4.4,   DELETE,  204, true
                    9111 section 4.4,   PATCH,   302, true
                    9111 section 4.4,   UNKNOWN, 200, true
                    9111 section 4.4,   post,    200, true
                    9111 section 4.4,   POST,    399, true
                    9111 section 4.4,   POST,    400, false
                    9111 section 4.4,   POST,    500, false
                    9110 section 15.2,  POST,    100, false
                    9110 section 9.2.1, GET,     200, false
                    9110 section 9.2.1, HEAD,    200, false
                    9110 section 9.2.1, OPTIONS, 200, false
                    9110 section 9.2.1, TRACE,   200, false
                    """)
    void unsafeMethodsThatSucceed(String section, String method, int status, boolean invalidated) {
        assertThat(targets(method, status)).isEqualTo(invalidated ? List.of("/shop/a?q=1") : List.of());
    }

    @ParameterizedTest(name = "RFC {0}: Location and Content-Location ''{1}'' name {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    9111 section 4.4 | /b                            | /b
                    9111 section 4.4 | /b?x=%2F                      | /b?x=%2F
                    9111 section 4.4 | b                             | /shop/b
                    9111 section 4.4 | ../b                          | /b
                    3986 section 5.2.2 | ?x                          | /shop/a?x
                    9111 section 4.4 | http://shop.example/b         | /b
                    9111 section 4.4 | https://SHOP.example/b        | /b
                    9111 section 4.4 | //backend:8080/b              | /b
                    9110 section 4.2.3 | http://shop.example         | /
                    9110 section 4.2.3 | http://shop.example?x       | /?x
                    3986 section 5.2.2 | ''                          |
                    9111 section 4.4 | http://other.example/b        |
                    9111 section 4.4 | http://shop.example:81/b      |
                    9111 section 4.4 | http://x@shop.example/b       |
                    9111 section 4.4 | //shop.example.evil/b         |
                    3986 section 3   | mailto:a@b                    |
                    3986 section 3   | http://[/b                    |
                    3986 section 3   | /b c                          |
                    3986 section 3   | %                             |
                    9111 section 4.4 | /shop/a?q=1                   |
                    3986 section 5.2.2 | #top                        |
                    """)
    void namedOnTheSameOrigin(String section, String reference, String target) {
        List<String> expected = target == null ? List.of("/shop/a?q=1") : List.of("/shop/a?q=1", target);
        assertThat(targets("POST", 200, "Location", reference)).isEqualTo(expected);
        assertThat(targets("POST", 200, "Content-Location", reference)).isEqualTo(expected);
    }

    @Test
    void bothFieldsCountAndEachOnce() {
        assertThat(targets("POST", 200, "Location", "/b", "Content-Location", "/c"))
                .containsExactly("/shop/a?q=1", "/b", "/c");
        assertThat(targets("POST", 200, "Location", "/b", "Content-Location", "/b"))
                .containsExactly("/shop/a?q=1", "/b");
        assertThat(targets("POST", 200, "Location", "/b", "Location", "/c")).containsExactly("/shop/a?q=1");
        assertThat(targets("POST", 400, "Location", "/b")).isEmpty();
    }

    private static List<String> targets(String method, int status, String... fields) {
        GatewayRequest request = GatewayRequest.of(method, "/shop/a").withQuery("q=1");
        return CacheRules.invalidated(request, new GatewayResponse(status, Headers.of(fields), Body.empty()), ORIGINS);
    }
}
