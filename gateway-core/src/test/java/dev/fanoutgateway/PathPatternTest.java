package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternTest {
    @ParameterizedTest
    @CsvSource({
        "/**, /",
        "/**, /a",
        "/**, /a/b/",
        "/, /",
        "/a, /a",
        "/a/, /a/",
        "/a/**, /a",
        "/a/**, /a/",
        "/a/**, /a/b/c",
        "/api/v1/**, /api/v1",
        "/api/v1/**, /api/v1/prices/IBM",
        "/*, /a",
        "/*/b, /a/b",
        "/a/*/c, /a/b/c",
        "/a/*, /a/b",
        "/a/*/**, /a/b",
        "/a/*/**, /a/b/c/d",
        "/a/*/**, /a/b/",
        "/admin, /%61dmin",
        "/admin, /%61%64%6d%69%6e",
        "/%61dmin, /admin",
        "/admin/**, /%61dmin/x",
        "/a,/%61",
        "/a:b, /a%3Ab",
        "/a%3ab, /a:b",
        "/caf%c3%a9, /caf%C3%A9",
        "/café, /caf%C3%A9",
        "/%2A, /*",
        "/%2a, /%2a"
    })
    void matches(String pattern, String path) {
        assertThat(PathPattern.of(pattern).matches(path)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/, /a",
        "/a, /",
        "/a, /a/",
        "/a/, /a",
        "/a, /A",
        "/a, /b",
        "/a, /ab",
        "/ab, /a",
        "/a, /a/b",
        "/a/b, /a",
        "/api/v1/**, /api/v10",
        "/api/v1/**, /api",
        "/api/v1/**, /api/v",
        "/*, /",
        "/*, /a/b",
        "/*, /a/",
        "/*/b, //b",
        "/a/*, /a",
        "/a/*, /a/",
        "/a/*/c, /a//c",
        "/a/*/**, /a",
        "/a/*/**, /a/",
        "/a/b, /a%2fb",
        "/a/b, /a%2Fb",
        "/a/**, /a%2fb",
        "/%2a, /a",
        "/a.b, /a%2eb",
        "/admin, /%2561dmin",
        "/caf%c3%a9, /caf%e9",
        "/a, /%4",
        "/a, /%zz"
    })
    void doesNotMatch(String pattern, String path) {
        assertThat(PathPattern.of(pattern).matches(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a", "**", "a/b", "/a?b", "/a#b", "/a**", "/a*", "/*a", "/**/a", "/a/**/b", "/***", "/a//b", "//",
                "/a/../b", "/./a", "/a/..", "/a;b", "/a\\b", "/%2f", "/%2e", "/%", "/%zz", "/a b", "/%c0%af", "/a//**"
            })
    void textThatIsNoPatternOrMatchesNothingIsRefusedByName(String text) {
        assertThatThrownBy(() -> PathPattern.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected")
                .hasMessageContaining("'" + text + "'");
    }

    @Test
    void patternsOfOneTextAreEqual() {
        assertThat(PathPattern.of("/a/**"))
                .isEqualTo(PathPattern.of("/a/**"))
                .hasSameHashCodeAs(PathPattern.of("/a/**"))
                .hasToString("/a/**")
                .isNotEqualTo(PathPattern.of("/a"));
    }

    /** By what it says of paths: what both match, their common pattern matches, and nothing else. */
    @Test
    void commonPatternsAndContainmentGoByThePathsMatched() {
        List<PathPattern> patterns = Stream.of(
                        "/**",
                        "/",
                        "/*",
                        "/a",
                        "/a/",
                        "/a/**",
                        "/*/**",
                        "/a/*",
                        "/*/b",
                        "/a/b",
                        "/a/*/**",
                        "/*/b/**",
                        "/b/**",
                        "/a/b/c",
                        "/a/*/c/**")
                .map(PathPattern::of)
                .toList();
        List<String> paths = new ArrayList<>(List.of("/"));
        for (int depth = 0, from = 0; depth < 4; depth++) {
            for (int to = paths.size(); from < to; from++) {
                String path = paths.get(from).equals("/") ? "" : paths.get(from);
                paths.addAll(List.of(path + "/a", path + "/b", path + "/c"));
            }
        }
        paths.addAll(paths.stream()
                .filter(path -> path.length() > 1)
                .map(path -> path + '/')
                .toList());

        for (PathPattern one : patterns) {
            for (PathPattern other : patterns) {
                PathPattern both = one.and(other);
                for (String path : paths) {
                    assertThat(both != null && both.matches(path))
                            .as("%s and %s: %s", one, other, path)
                            .isEqualTo(one.matches(path) && other.matches(path));
                }
                assertThat(one.contains(other))
                        .as("%s contains %s", one, other)
                        .isEqualTo(paths.stream().noneMatch(path -> other.matches(path) && !one.matches(path)));
            }
        }
    }
}
