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
                    3986 section 2.1 | /b c                          | /b%20c
                    3986 section 2.1 | 'c d/../e f?g h'              | /shop/e%20f?g%20h
                    3986 section 2.1 | /straße?ö=%C3%B6              | /stra%C3%9Fe?%C3%B6=%C3%B6
                    3986 section 2.1 | %                             | /shop/%
                    3986 section 5.2.4 | /a/./b/../../c              | /c
                    3986 section 5.2.4 | /../../c/.                  | /c/
                    3986 section 5.2.4 | http://shop.example/a/..    | /
                    3986 section 4.2 | http:b                        |
                    3986 section 3.1 | ftp://shop.example/b          |
                    9111 section 4.4 | http://shop.example\\@evil/b   |
                    9111 section 4.4 | http://shop.example /b        |
                    9111 section 4.4 | http://evil?shop.example/b    |
                    9111 section 4.4 | \\\\shop.example/b              | /shop/%5C%5Cshop.example/b
                    9111 section 4.4 | /shop/a?q=1                   | /shop/a?q=1
                    3986 section 5.2.2 | #top                        |
                    """)
    void namedOnTheSameOrigin(String section, String reference, String target) {
        List<String> expected = target == null || target.equals("/shop/a?q=1")
                ? List.of("/shop/a?q=1")
                : List.of("/shop/a?q=1", target);
        assertThat(targets("POST", 200, "Location", reference)).startsWith(expected.toArray(String[]::new));
        assertThat(targets("POST", 200, "Location", reference).size() > 1).isEqualTo(expected.size() > 1);
        assertThat(targets("POST", 200, "Content-Location", reference))
                .isEqualTo(targets("POST", 200, "Location", reference));
    }

    /** Clients differ in what they escape: each of the targets that they may ask for is invalidated. */
    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
            /a[1]?b={2} ~ /a%5B1%5D?b=%7B2%7D ~ /a[1]?b={2}
            /a|b        ~ /a%7Cb              ~ /a|b
            /a^é        ~ /a%5E%C3%A9         ~ /a^%C3%A9
            """)
    void allSpellings(String reference, String escaped, String lenient) {
        assertThat(targets("POST", 200, "Location", reference)).containsExactly("/shop/a?q=1", escaped, lenient);
    }

    @Test
    void nonsenseIsReadInLinearTime() {
        for (String nonsense :
                List.of("/..".repeat(300_000), "a/./".repeat(200_000), "é".repeat(500_000), ":".repeat(500_000))) {
            assertThat(targets("POST", 200, "Location", nonsense)).isNotEmpty();
        }
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
