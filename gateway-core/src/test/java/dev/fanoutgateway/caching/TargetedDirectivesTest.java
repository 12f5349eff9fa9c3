package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetedDirectivesTest {
    private static final String OURS = "Fanout-Gateway-Cache-Control";
    private static final String CDN = "CDN-Cache-Control";

    @ParameterizedTest(name = "RFC 9213 section {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    2.1   | max-age=60                               | max-age=60
                    2.1   | max-age=0                                | max-age=0
                    2.1   | max-age=-1                               | max-age=0
                    2.1   | max-age=999999999999999                  | max-age=2147483648
                    2.1   | max-age=9999999999999999                 | none
                    2.1   | max-age="60"                             | nothing
                    2.1   | max-age=60.0                             | nothing
                    2.1   | max-age=x                                | nothing
                    2.1   | max-age                                  | nothing
                    2.1   | max-age=(60)                             | nothing
                    2.1   | max-age=@60                              | nothing
                    2.1   | max-age=60;x=1;y                         | max-age=60
                    2.1   | max-age =60                              | none
                    2.1   | max-age= 60                              | none
                    2.1   | MAX-AGE=60                               | none
                    2.1   | max-age=60,                              | none
                    2.1   | `,max-age=60`                            | none
                    2.1   | max-age=60; no-store                     | max-age=60
                    2.1   | max-age=60, &&&&&                        | none
                    2.1   | max-age=60, max-age=5                    | max-age=5
                    2.1   | max-age=60, max-age="5"                  | nothing
                    2.1   | max-age=60, s-maxage=5                   | max-age=60 s-maxage=5
                    2.1   | s-maxage="5"                             | nothing
                    2.1   | stale-while-revalidate=5                 | swr=5
                    2.1   | stale-if-error=5                         | sie=5
                    2.1   | stale-if-error                           | nothing
                    2.1   | no-store                                 | no-store
                    2.1   | no-store=?1                              | no-store
                    2.1   | no-store=?0                              | nothing
                    2.1   | no-store=1                               | nothing
                    2.1   | no-store="x"                             | nothing
                    2.1   | no-store;x                               | no-store
                    2.1   | no-store, no-store=?0                    | nothing
                    2.1   | no-cache                                 | no-cache
                    2.1   | no-cache="Set-Cookie, X-A"               | no-cache
                    2.1   | no-cache=Set-Cookie                      | no-cache
                    2.1   | no-cache=?0                              | nothing
                    2.1   | no-cache=1                               | nothing
                    2.1   | no-cache=(a)                             | nothing
                    2.1   | private                                  | private
                    2.1   | private="X-A"                            | private
                    2.1   | private=?0                               | nothing
                    2.1   | public, must-revalidate                  | public must-revalidate
                    2.1   | public=1, must-revalidate="a"            | nothing
                    2.1   | proxy-revalidate, must-understand        | proxy-revalidate must-understand
                    2.2   | ``                                       | none
                    2.2   | ` `                                      | none
                    2.2   | foo                                      | nothing
                    2.2   | foo="no-store", bar=(private)            | nothing
                    3.1   | none                                     | nothing
                    """)
    void readsOneLine(String section, String line, String expected) {
        assertThat(describe(TargetedDirectives.of(Headers.of(CDN, line)))).isEqualTo(expected);
        assertThat(describe(TargetedDirectives.of(Headers.of("X", "y", OURS.toLowerCase(java.util.Locale.ROOT), line))))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "RFC 9213 section 2.2: ours {0}, CDN {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    max-age=1        | max-age=2    | max-age=1
                    ``               | max-age=2    | max-age=2
                    &                | max-age=2    | max-age=2
                    foo              | max-age=2    | nothing
                    max-age="1"      | max-age=2    | nothing
                    max-age=1        | &            | max-age=1
                    &                | &            | none
                    ``               | ``           | none
                    """)
    void firstValidFieldCounts(String ours, String cdn, String expected) {
        assertThat(describe(TargetedDirectives.of(Headers.of(CDN, cdn, OURS, ours))))
                .isEqualTo(expected);
    }

    @Test
    void linesOfOneFieldAreJoined() {
        assertThat(describe(TargetedDirectives.of(Headers.of(CDN, "max-age=1", "X", "y", CDN, "no-store, max-age=2"))))
                .isEqualTo("no-store max-age=2");
        assertThat(describe(TargetedDirectives.of(Headers.of(CDN, "max-age=1", CDN, "&"))))
                .isEqualTo("none");
    }

    @Test
    void otherFieldsDoNotCount() {
        assertThat(TargetedDirectives.of(Headers.of("Cache-Control", "no-store", "Expires", "0")))
                .isEmpty();
        assertThat(TargetedDirectives.of(
                        Headers.of("Surrogate-Capability", "max-age=1", "XDN-Cache-Control", "max-age=1")))
                .isEmpty();
    }

    private static String describe(Optional<TargetedDirectives> found) {
        if (found.isEmpty()) {
            return "none";
        }
        TargetedDirectives directives = found.get();
        List<String> words = new ArrayList<>();
        add(words, directives.noStore(), "no-store");
        add(words, directives.noCache(), "no-cache");
        add(words, directives.isPrivate(), "private");
        add(words, directives.isPublic(), "public");
        add(words, directives.mustRevalidate(), "must-revalidate");
        add(words, directives.proxyRevalidate(), "proxy-revalidate");
        add(words, directives.mustUnderstand(), "must-understand");
        add(words, directives.maxAge() >= 0, "max-age=" + directives.maxAge());
        add(words, directives.sharedMaxAge() >= 0, "s-maxage=" + directives.sharedMaxAge());
        add(words, directives.staleWhileRevalidate() >= 0, "swr=" + directives.staleWhileRevalidate());
        add(words, directives.staleIfError() >= 0, "sie=" + directives.staleIfError());
        return words.isEmpty() ? "nothing" : String.join(" ", words);
    }

    private static void add(List<String> words, boolean said, String word) {
        if (said) {
            words.add(word);
        }
    }
}
