package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fuzzing.Parser;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How paths are read: by us, and as backends may read them. */
public enum PathParser implements Parser {
    PATH(
            "/a/b-c_d.~e",
            "/%61/%c3%a9",
            "/..",
            "%2e",
            "%2f",
            "%5c",
            ";a=b",
            "//",
            "/.",
            "\\",
            "%252e",
            "%c0%ae",
            "%00",
            "#") {
        @Override
        public void read(String text) {
            String path = '/' + text;
            if (PathRules.unambiguous(path)) {
                assertThat(path).doesNotContain("//", ";", "\\", "#", "?", " ");
                assertThat(URI.create("http://h" + path).normalize().getRawPath())
                        .isEqualTo(path);
                assertThat(Escapes.decoded(path)).doesNotContainPattern("[\\x00-\\x1f\\x7f\\\\]|/\\.{1,2}(/|$)");
                assertThat(PathPattern.of("/**").matches(path)).isTrue();
            }
        }
    },
    ALLOWED_FORMS("/a/b", "/%61", "/..", "/a%2e", "%2f", "%5c", ";a=b", "%3b", "//", "/.", "%252e", "%25", "%") {
        @Override
        public void read(String text) {
            Set<PathForm> all = EnumSet.allOf(PathForm.class);
            String path = '/' + text;
            List<String> readings = PathReadings.of(path, all);
            assertThat(readings.size()).isLessThanOrEqualTo(64);
            if (!readings.isEmpty()) {
                assertThat(readings).contains(path);
                assertThat(readings.get(readings.size() - 1)).doesNotContainPattern("/\\.{1,2}(/|$)");
                assertThat(PathReadings.of(path, Set.of())).isEmpty();
            }
        }
    },
    PATTERN("/api/**", "/a/*/b", "/", "**", "*", "//", "%2f", "?") {
        @Override
        public void read(String text) {
            try {
                PathPattern pattern = PathPattern.of(text);
                assertThat(pattern.matches(text.replace("**", "x").replace("*", "x")))
                        .isTrue();
            } catch (IllegalArgumentException refused) {
                assertThat(refused).hasMessageContaining(text);
            }
        }
    };

    private final List<String> words;

    PathParser(String... words) {
        this.words = List.of(words);
    }

    @Override
    public List<String> examples() {
        return words;
    }

    @Override
    public String allowed(String text) {
        return text;
    }
}
