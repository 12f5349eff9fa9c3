package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.fanoutgateway.http.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectivesTest {
    @ParameterizedTest(name = "RFC 9111 section {0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    5.2     | max-age=60                                | maxAge=60
                    5.2     | Max-Age=60                                | maxAge=60
                    5.2     | max-age="60"                              | maxAge=60
                    5.2     | max-age="6\\0"                            | maxAge=60
                    5.2     | s-maxage=5, max-age=60                    | maxAge=60 s-maxage=5
                    5.2     | `,, max-age=60 ,,no-store,`               | maxAge=60 no-store
                    5.2.2.1 | max-age=060                               | maxAge=60
                    1.2.2   | max-age=2147483648                        | maxAge=2147483648
                    1.2.2   | max-age=99999999999999999999999999999999  | maxAge=2147483648
                    4.2.1   | max-age=60, max-age=60                    | maxAge=60
                    4.2.1   | max-age=60, max-age=90                    | maxAge=0
                    4.2.1   | max-age=90, max-age=90, max-age=60        | maxAge=0
                    4.2.1   | max-age=-1                                | maxAge=0
                    4.2.1   | max-age=1.5                               | maxAge=0
                    4.2.1   | max-age=+5                                | maxAge=0
                    4.2.1   | max-age=1e3                               | maxAge=0
                    4.2.1   | max-age=60s                               | maxAge=0
                    4.2.1   | max-age=0x10                              | maxAge=0
                    4.2.1   | max-age                                   | maxAge=0
                    4.2.1   | max-age=                                  | maxAge=0
                    4.2.1   | max-age=""                                | maxAge=0
                    4.2.1   | max-age="60                               | maxAge=0
                    4.2.1   | max-age='60'                              | maxAge=0
                    4.2.1   | max-age =60                               | maxAge=0
                    4.2.1   | max-age= 60                               | maxAge=0
                    4.2.1   | max-age=60; no-store                      | maxAge=0
                    4.2.1   | max-age=60 30                             | maxAge=0
                    4.2.1   | s-maxage=x, max-age=60                    | maxAge=60 s-maxage=0
                    5.2.3   | max-age=60, x-max-age=5, foo="max-age=1"  | maxAge=60
                    5.2.3   | foo="no-store, private"                   |
                    5.2.3   | foo="a\\", no-store", bar                 |
                    5.2     | foo="bar, no-store                        | no-store
                    5.2     | "no-store"                                | no-store
                    5.2.2.5 | no-store                                  | no-store
                    5.2.2.5 | NO-STORE                                  | no-store
                    5.2.2.5 | no-store=1                                | no-store
                    5.2.2.5 | no-store;x                                | no-store
                    5.2.2.5 | no-stores                                 |
                    5.2.2.4 | no-cache                                  | no-cache
                    5.2.2.4 | no-cache="Set-Cookie"                     | withheld=[set-cookie]
                    5.2.2.4 | no-cache="A, b", no-cache                 | no-cache withheld=[a, b]
                    5.2.2.4 | no-cache=                                 | no-cache
                    5.2.2.4 | no-cache=""                               | no-cache
                    5.2.2.4 | no-cache="a b"                            | no-cache
                    5.2.2.4 | no-cache="a                               | no-cache
                    5.2.2.7 | private                                   | private
                    5.2.2.7 | private="X-A, X-B"                        | withheld=[x-a, x-b]
                    5.2.2.7 | private=X-A                               | withheld=[x-a]
                    5.2.2.7 | private="X-A", private="x-b,,X-a"         | withheld=[x-a, x-b]
                    5.2.2.7 | private=(X-A)                             | private
                    5.2.2.3 | must-understand, no-store                 | no-store must-understand
                    5.2.2.8 | proxy-revalidate                          | proxy-revalidate
                    5.2.1.2 | max-stale                                 | max-stale=2147483648
                    5.2.1.2 | max-stale=5                               | max-stale=5
                    5.2.1.2 | max-stale=x                               | max-stale=0
                    5.2.1.3 | min-fresh=5                               | min-fresh=5
                    5.2.1.3 | min-fresh=x                               | min-fresh=2147483648
                    RFC 5861-3 | stale-while-revalidate=30              | swr=30
                    RFC 5861-4 | stale-if-error="30"                    | sie=30
                    RFC 5861-4 | stale-if-error                         | sie=0
                    5.2.2.9 | public                                    | public
                    5.2.2.9 | public;x                                  |
                    5.2.2.2 | must-revalidate, public, no-cache         | no-cache public must-revalidate
                    """)
    void readsOneLine(String section, String line, String expected) {
        assertThat(describe(Directives.of(Headers.of("cache-control", line))))
                .isEqualTo(expected == null ? "" : expected);
    }

    @Test
    void severalLinesCountAsOne() {
        Headers headers = Headers.of("Cache-Control", "max-age=60", "X", "y", "CACHE-CONTROL", "no-store, max-age=30");
        assertThat(describe(Directives.of(headers))).isEqualTo("maxAge=0 no-store");
    }

    @Test
    void presenceIsKnown() {
        assertThat(Directives.of(Headers.of("Cache-Control", "")).present()).isTrue();
        assertThat(Directives.of(Headers.empty()).present()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void nothingThrows(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Directives directives = Directives.of(Headers.of("Cache-Control", Generated.cacheControl(random)));
            assertThat(directives.maxAge()).isBetween(-1L, Directives.LARGEST_SECONDS);
            assertThat(directives.sharedMaxAge()).isBetween(-1L, Directives.LARGEST_SECONDS);
        }
    }

    /** A quadratic reading of any of these would take minutes. */
    @ParameterizedTest
    @ValueSource(
            strings = {",", "a", "a=\"", "a=\\\"", "a=\"\\", " ", "=", "\"", "a,", "a=\"b\\\",", "max-age=1,", ";"})
    void timeIsLinear(String unit) {
        String line = unit.repeat(3_000_000 / unit.length());
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> Directives.of(Headers.of("Cache-Control", line + "\"" + line)));
    }

    private static String describe(Directives directives) {
        List<String> words = new ArrayList<>();
        if (directives.maxAge() != Directives.ABSENT) {
            words.add("maxAge=" + directives.maxAge());
        }
        if (directives.sharedMaxAge() != Directives.ABSENT) {
            words.add("s-maxage=" + directives.sharedMaxAge());
        }
        add(words, directives.noStore(), "no-store");
        add(words, directives.noCache(), "no-cache");
        add(words, directives.isPrivate(), "private");
        add(words, directives.isPublic(), "public");
        add(words, directives.mustRevalidate(), "must-revalidate");
        add(words, directives.mustUnderstand(), "must-understand");
        add(words, directives.proxyRevalidate(), "proxy-revalidate");
        add(words, directives.maxStale(), "max-stale");
        add(words, directives.minFresh(), "min-fresh");
        add(words, directives.staleWhileRevalidate(), "swr");
        add(words, directives.staleIfError(), "sie");
        add(words, !directives.withheld().isEmpty(), "withheld=" + directives.withheld());
        return String.join(" ", words);
    }

    private static void add(List<String> words, long seconds, String name) {
        add(words, seconds != Directives.ABSENT, name + "=" + seconds);
    }

    private static void add(List<String> words, boolean said, String word) {
        if (said) {
            words.add(word);
        }
    }
}
