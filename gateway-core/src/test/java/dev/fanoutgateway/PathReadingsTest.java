package dev.fanoutgateway;

import static dev.fanoutgateway.testing.ScriptedBackends.Script;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathReadingsTest {
    private static final Set<PathForm> ALL = EnumSet.allOf(PathForm.class);

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb, /a/b",
        "/a%2fb, /a/b",
        "/a%5Cb, /a/b",
        "/a%2Eb, /a.b",
        "/a%25b, /a~b",
        "/100%25, /100~",
        "/a%2541, /a%41",
        "/a%252Fb, /a/b",
        "/a//b, /a/b",
        "//a, /a",
        "/a///, /a/",
        "/a;x=1/b;y, /a/b",
        "/a%3Bx/b, /a/b",
        "/a;x%2Fb//c, /a/c"
    })
    void isReadInEveryWay(String path, String last) {
        assertThat(PathReadings.of(path, ALL)).contains(path, last);

        assertThat(PathReadings.of(path, Set.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../b",
                "/./a",
                "/a/..;/b",
                "/a/..;x=1",
                "/a/.;x",
                "/%2e",
                "/%2e%2e/a",
                "/a/%2E./b",
                "/a/..%2Fb",
                "/a%2F..%2Fb",
                "/a/..%5Cb",
                "/a%5C..%5Cb",
                "/%252e%252e/a",
                "/%252e",
                "/a/%252e%252e%252fb",
                "/a%252500",
                "/a%2500",
                "/%00;x",
                "/a//%00",
                "/a;x\\b",
                "/a;\u00e9",
                "/a%25c0%25ae",
                "/%c0%ae//a",
                "/a;?",
                "/a//#",
                "/a;x y",
                "/a%2f%",
                "/a%2f%zz",
                "/a/;x/../b",
                "/a/.;/.;/b",
                "/a/..%3bx",
                "/a/%2e%3B",
                "/a/..//b",
                "/..;a",
                "/;x/b",
                "/..%2f",
                "/a/..;%2f..;%2f"
            })
    void isRefusedWhateverIsAllowed(String path) {
        assertThat(PathReadings.of(path, ALL)).isEmpty();
    }

    @Test
    void noReadingHasADotSegmentWhateverItIsMadeOf() {
        String[] parts = {
            "/", "a", ".", "..", ";", "%2e", "%2F", "%5c", "%25", "2e", "%3b", "//", "b", "%41", "%00", "\\"
        };
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(8); n > 0; n--) {
                path.append(parts[random.nextInt(parts.length)]);
            }
            assertThat(PathReadings.of(path.toString(), ALL))
                    .as(path.toString())
                    .noneMatch(reading -> reading.matches("(.*/)?\\.{1,2}([/;].*)?")
                            || reading.contains("\\")
                            || reading.contains("%00"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/public/a, 200",
        "/public;x/a, 200",
        "/public//a, 200",
        "/admin/a, 401",
        "/admin;x/a, 400",
        "//admin/a, 400",
        "/;x/admin/a, 400",
        "/public%2Fa, 400",
        "/;/;/admin;x/a, 400",
        "/public/a%2541, 400"
    })
    void noReadingLeadsToAnotherRoute(String path, int status) {
        Stand stand = new Stand()
                .route(Route.path("/admin/**"))
                .route(Route.path("/**")
                        .auth(Auth.NONE)
                        .cache(CachePolicy.off())
                        .allowPath(PathForm.PARAMETERS, PathForm.DOUBLE_SLASH))
                .all(Script.ok("yes"));
        stand.builder.key("demo", "demo-key", "any");

        assertThat(stand.answer(path).status()).isEqualTo(status);
        assertThat(stand.backends.requests())
                .allMatch(sent -> sent.request().path().equals(path));
    }

    @ParameterizedTest
    @CsvSource({"/api/a, 200", "/api/a;x, 200", "/api/gold/a, 403", "/api/;x/gold/a, 400", "/api//gold, 403"})
    void aPlanCoversEveryReading(String path, int status) {
        Stand stand = new Stand()
                .route(Route.path("/**").allowPath(PathForm.PARAMETERS, PathForm.DOUBLE_SLASH))
                .all(Script.ok("yes"));
        stand.builder.plan(Plan.of("basic").routes("/api/*", "/api/*/*/a")).key("demo", "demo-key", "basic");

        assertThat(stand.answer(GatewayRequest.get(path).header("X-API-Key", "demo-key"))
                        .status())
                .isEqualTo(status);
    }
}
