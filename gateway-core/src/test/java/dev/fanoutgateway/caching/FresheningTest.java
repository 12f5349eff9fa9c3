package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Freshening}: what a 304 or a response to HEAD changes in what is stored. */
class FresheningTest {
    @ParameterizedTest(name = "{0}: {1} and {2} is {3}")
    @MethodSource("rows")
    void replacesFields(String section, Headers stored, Headers update, Headers expected) {
        byte[] content = {1, 2, 3};
        CachedResponse entry =
                new CachedResponse(CachedResponse.Kind.RESPONSE, 203, stored, content, "b", 0, 0, 60_000, 60_000);
        GatewayResponse updated = Freshening.updated(entry, update);
        assertThat(updated.headers()).isEqualTo(expected);
        assertThat(updated.status()).isEqualTo(203);
        assertThat(updated.body().bytes()).isEqualTo(content);
    }

    static Stream<Arguments> rows() {
        String section = "RFC 9111 section 3.2";
        return Stream.of(
                Arguments.of(section + ": replaced", of("X", "1", "Y", "2"), of("x", "3"), of("Y", "2", "x", "3")),
                Arguments.of(section + ": added", of("Y", "2"), of("X", "3"), of("Y", "2", "X", "3")),
                Arguments.of(section + ": all lines", of("X", "1", "X", "2"), of("X", "3"), of("X", "3")),
                Arguments.of(section + ": by several", of("X", "1"), of("X", "3", "X", "4"), of("X", "3", "X", "4")),
                Arguments.of(section + ": nothing said", of("X", "1", "X", "2"), of(), of("X", "1", "X", "2")),
                Arguments.of(section + ": its lifetime", of("Expires", "0"), of("Expires", "1"), of("Expires", "1")),
                Arguments.of(
                        section + ": Content-Length stays",
                        of("Content-Length", "3"),
                        of("content-length", "0"),
                        of("Content-Length", "3")),
                Arguments.of(
                        section + ": Content-Encoding stays",
                        of("Content-Encoding", "br"),
                        of("Content-Encoding", "gzip"),
                        of("Content-Encoding", "br")),
                Arguments.of(section + ": Content-Range is not added", of(), of("Content-Range", "bytes 0-1/3"), of()),
                Arguments.of(
                        section + ": Content-Type is replaced",
                        of("Content-Type", "a/b"),
                        of("Content-Type", "c/d"),
                        of("Content-Type", "c/d")),
                Arguments.of(
                        "RFC 9111 section 4.3.4: its tag stays",
                        of("ETag", "W/\"a\""),
                        of("ETag", "\"a\""),
                        of("ETag", "W/\"a\"")),
                Arguments.of("RFC 9111 section 4.2.3: it was made anew", of("Date", "old", "Age", "5"), of(), of()),
                Arguments.of(
                        "RFC 9111 section 4.2.3: when it says",
                        of("Date", "old"),
                        of("Date", "new", "Age", "1"),
                        of("Date", "new", "Age", "1")),
                Arguments.of(
                        "RFC 9111 section 3.1: of one hop",
                        of("X", "1"),
                        of("Connection", "X, close", "X", "2", "Keep-Alive", "a"),
                        of("X", "1")));
    }

    private static Headers of(String... fields) {
        return Headers.of(fields);
    }
}
