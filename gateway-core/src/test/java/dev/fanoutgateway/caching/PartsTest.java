package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 sections 3.3 and 3.4. */
class PartsTest {
    private static final String ALL = "0123456789";
    private static final GatewayRequest GET = GatewayRequest.get("/a");

    @ParameterizedTest(name = "RFC 9110 section {0}: {1} of {2} bytes")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    14.4   | bytes 2-5/10                                | 4 | kept
                    14.4   | BYTES 2-5/10                                | 4 | kept
                    14.4   | bytes 0-9/10                                | 10 | kept
                    14.4   | bytes 9-9/10                                | 1 | kept
                    14.4   | bytes 2-5/9223372036854775799               | 4 | kept
                    14.4   | bytes 2-5/9223372036854775807               | 4 | no
                    14.4   | bytes 2-5/99999999999999999999999           | 4 | no
                    14.4   | bytes 2-5/*                                 | 4 | no
                    14.4   | bytes */10                                  | 4 | no
                    14.4   | bytes 2-5/5                                 | 4 | no
                    14.4   | bytes 2-5/6                                 | 4 | kept
                    14.4   | bytes 5-2/10                                | 4 | no
                    14.4   | bytes 2-5                                   | 4 | no
                    14.4   | bytes 2/10                                  | 4 | no
                    14.4   | bytes -5/10                                 | 4 | no
                    14.4   | bytes 2-/10                                 | 4 | no
                    14.4   | bytes 2-5/                                  | 4 | no
                    14.4   | bytes=2-5/10                                | 4 | no
                    14.4   | bytes2-5/10                                 | 4 | no
                    14.4   | bytes  2-5/10                               | 4 | no
                    14.4   | bytes 2 - 5/10                              | 4 | no
                    14.4   | bytes 2-5/10x                               | 4 | no
                    14.4   | bytes +2-5/10                               | 4 | no
                    14.4   | items 2-5/10                                | 4 | no
                    14.4   | ``                                          | 4 | no
                    14.4   | -/                                          | 4 | no
                    14.4   | bytes 99999999999999999999-99999999999999999999/99999999999999999999 | 1 | no
                    15.3.7 | bytes 2-5/10                                | 3 | no
                    15.3.7 | bytes 2-5/10                                | 5 | no
                    15.3.7 | bytes 2-5/10                                | 0 | no
                    """)
    void partIsKeptIfItIsWhatItSays(String section, String range, int length, String expected) {
        CachedResponse entry = entry(Kind.RESPONSE, 206, Headers.of("Content-Range", range), "x".repeat(length));
        assertThat(Parts.of(entry).isPresent()).isEqualTo(expected.equals("kept"));
        Parts.of(entry).ifPresent(part -> {
            assertThat(part.kind()).isEqualTo(Kind.PART);
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.body()).isSameAs(entry.body());
            assertThat(part.receivedMillis()).isEqualTo(1_000);
            assertThat(part.initialAgeMillis()).isEqualTo(2_000);
            assertThat(part.freshMillis()).isEqualTo(3_000);
            assertThat(part.keepMillis()).isEqualTo(4_000);
            assertThat(part.elapsedMillis()).isEqualTo(5_000);
            assertThat(part.backend()).isEqualTo("b");
        });
    }

    /** RFC 9110 sections 15.3.7 and 15.3.7.2. */
    @Test
    void onlyASinglePartIsKept() {
        Headers twice = Headers.of("Content-Range", "bytes 0-1/4", "Content-Range", "bytes 0-1/4");
        assertThat(Parts.of(entry(Kind.RESPONSE, 206, twice, "01"))).isEmpty();
        Headers several = Headers.of("Content-Type", "Multipart/ByteRanges; boundary=x");
        assertThat(Parts.of(entry(Kind.RESPONSE, 206, several, "01"))).isEmpty();
        Headers both = several.toBuilder().add("Content-Range", "bytes 0-1/4").build();
        assertThat(Parts.of(entry(Kind.RESPONSE, 206, both, "01"))).isEmpty();
        Headers range = Headers.of("Content-Range", "bytes 0-1/4");
        assertThat(Parts.of(entry(Kind.RESPONSE, 200, range, "01"))).isEmpty();
        assertThat(Parts.of(entry(Kind.RESPONSE, 416, range, "01"))).isEmpty();
    }

    /** What is stored, the part that comes, and what is stored then: {@code first-last}, {@code all}, or the part alone. */
    @ParameterizedTest(name = "RFC 9111 section 3.4: {0} and {1}")
    @CsvSource(textBlock = """
                    0-3, 4-9, all
                    4-9, 0-3, all
                    0-5, 3-9, all
                    3-9, 0-5, all
                    0-9, 2-3, all
                    2-3, 0-9, all
                    0-1, 2-3, 0-3
                    2-3, 0-1, 0-3
                    1-5, 3-8, 1-8
                    1-8, 3-5, 1-8
                    3-5, 1-8, 1-8
                    3-5, 3-5, 3-5
                    0-1, 3-4, 3-4
                    3-4, 0-1, 0-1
                    all, 3-4, all
                    """)
    void partsBecomeOne(String stored, String part, String expected) {
        CachedResponse before = stored.equals("all") ? whole("\"a\"") : part(stored, "\"a\"");
        CachedResponse combined = Parts.combined(before, part(part, "\"a\""));
        if (expected.equals("all")) {
            assertThat(combined.kind()).isEqualTo(Kind.RESPONSE);
            assertThat(combined.status()).isEqualTo(200);
            assertThat(combined.headers().contains("Content-Range")).isFalse();
            assertThat(combined.headers().all("Content-Length")).containsExactly("10");
            assertThat(text(combined)).isEqualTo(ALL);
            return;
        }
        assertThat(combined.kind()).isEqualTo(Kind.PART);
        assertThat(combined.status()).isEqualTo(206);
        assertThat(combined.headers().all("Content-Range")).containsExactly("bytes " + expected + "/10");
        assertThat(text(combined)).isEqualTo(of(expected));
        assertThat(Parts.of(combined)).as("is a part again").isPresent();
    }

    @ParameterizedTest(name = "RFC 9111 section 3.4: {0} and {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    "a"    | "b"
                    W/"a"  | W/"a"
                    W/"a"  | "a"
                    "a"    | W/"a"
                    "a"    | "A"
                    a      | a
                    ``     | ``
                    -      | -
                    "a"    | -
                    -      | "a"
                    """)
    void newPartReplacesOneThatHasNotTheSameStrongTag(String stored, String fresh) {
        CachedResponse part = part("4-9", fresh);
        assertThat(Parts.combined(part("0-3", stored), part)).isSameAs(part);
        assertThat(Parts.combined(whole(stored), part)).isSameAs(part);
    }

    @Test
    void newPartReplacesWhatItDoesNotFit() {
        CachedResponse part = part("4-9", "\"a\"");
        CachedResponse longer =
                entry(Kind.PART, 206, Headers.of("ETag", "\"a\"", "Content-Range", "bytes 0-3/11"), "0123");
        assertThat(Parts.combined(longer, part)).as("of other length").isSameAs(part);
        CachedResponse other =
                entry(Kind.PART, 206, Headers.of("ETag", "\"a\"", "Content-Range", "bytes 0-4/10"), "0123X");
        assertThat(Parts.combined(other, part)).as("of other bytes").isSameAs(part);
        CachedResponse shorter = entry(Kind.RESPONSE, 200, Headers.of("ETag", "\"a\""), "01234567");
        assertThat(Parts.combined(shorter, part)).as("a whole of other length").isSameAs(part);
        CachedResponse changed = entry(Kind.RESPONSE, 200, Headers.of("ETag", "\"a\""), "012345678X");
        assertThat(Parts.combined(changed, part)).as("a whole of other bytes").isSameAs(part);
        for (Kind kind : new Kind[] {Kind.VARIANTS, Kind.UNCACHEABLE, Kind.ABSENT}) {
            assertThat(Parts.combined(entry(kind, 0, Headers.of("ETag", "\"a\""), ""), part))
                    .isSameAs(part);
        }
        CachedResponse notFound = entry(Kind.RESPONSE, 404, Headers.of("ETag", "\"a\""), ALL);
        assertThat(Parts.combined(notFound, part)).isSameAs(part);
        CachedResponse empty = entry(Kind.RESPONSE, 200, Headers.of("ETag", "\"a\""), "");
        assertThat(Parts.combined(empty, part)).isSameAs(part);
    }

    /** A whole of 4 GB cannot be an array. */
    @Test
    void partsOfWhatIsTooLongStayParts() {
        Headers fields = Headers.of("ETag", "\"a\"", "Content-Range", "bytes 4294967294-4294967294/4294967296");
        Headers next = Headers.of("ETag", "\"a\"", "Content-Range", "bytes 4294967295-4294967295/4294967296");
        CachedResponse combined = Parts.combined(entry(Kind.PART, 206, fields, "x"), entry(Kind.PART, 206, next, "y"));
        assertThat(combined.headers().first("Content-Range")).contains("bytes 4294967294-4294967295/4294967296");
        assertThat(text(combined)).isEqualTo("xy");
        GatewayRequest suffix = GET.header("Range", "bytes=-1");
        assertThat(Parts.answer(combined, suffix, 0).orElseThrow().body().utf8())
                .isEqualTo("y");
    }

    /** RFC 9111 section 3.2. */
    @Test
    void fieldsAndFreshnessAreThoseOfTheNewPart() {
        Headers old = Headers.of(
                "ETag", "\"a\"",
                "Cache-Control", "max-age=1",
                "X-Old", "1",
                "X-Both", "1",
                "X-Both", "2",
                "Content-Digest", "sha-256=:AA==:",
                "Content-Range", "bytes 0-3/10",
                "Content-Length", "4");
        Headers fresh = Headers.of(
                "etag", "\"a\"",
                "Content-Range", "bytes 4-7/10",
                "Content-Length", "4",
                "Cache-Control", "max-age=2",
                "x-both", "3",
                "X-New", "1");
        CachedResponse combined = Parts.combined(
                new CachedResponse(Kind.PART, 206, old, bytes("0123"), "a", 10, 20, 30, 40, 50),
                entry(Kind.PART, 206, fresh, "4567"));
        assertThat(combined.headers())
                .isEqualTo(Headers.of(
                        "X-Old", "1",
                        "etag", "\"a\"",
                        "Cache-Control", "max-age=2",
                        "x-both", "3",
                        "X-New", "1",
                        "Content-Range", "bytes 0-7/10",
                        "Content-Length", "8"));
        assertThat(combined.backend()).isEqualTo("b");
        assertThat(combined.receivedMillis()).isEqualTo(1_000);
        assertThat(combined.initialAgeMillis()).isEqualTo(2_000);
        assertThat(combined.freshMillis()).isEqualTo(3_000);
        assertThat(combined.keepMillis()).isEqualTo(4_000);
        assertThat(combined.elapsedMillis()).isEqualTo(5_000);
    }

    /** Of the bytes 2 to 7 of 10; {@code -} is no answer: the backends have to be asked. */
    @ParameterizedTest(name = "RFC 9111 section 3.3: {0}, {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    bytes=2-7     | -                 | -                             | 206 234567
                    bytes=3-4     | -                 | -                             | 206 34
                    bytes=2-2     | -                 | -                             | 206 2
                    bytes=7-7     | -                 | -                             | 206 7
                    bytes=3-4,4-5 | -                 | -                             | 206 345
                    bytes=3-4,99- | -                 | -                             | 206 34
                    bytes=1-4     | -                 | -                             | -
                    bytes=4-8     | -                 | -                             | -
                    bytes=2-      | -                 | -                             | -
                    bytes=-3      | -                 | -                             | -
                    bytes=-8      | -                 | -                             | -
                    bytes=3-4,8-8 | -                 | -                             | -
                    bytes=10-     | -                 | -                             | -
                    bytes=4-3     | -                 | -                             | -
                    lines=3-4     | -                 | -                             | -
                    -             | -                 | -                             | -
                    -             | If-None-Match     | "a"                           | -
                    bytes=3-4     | If-None-Match     | "a"                           | 304
                    bytes=3-4     | If-None-Match     | "b"                           | 206 34
                    bytes=1-4     | If-None-Match     | "a"                           | -
                    bytes=3-4     | If-Modified-Since | Thu, 01 Jan 1970 00:00:00 GMT | 304
                    bytes=3-4     | If-Range          | "a"                           | 206 34
                    bytes=3-4     | If-Range          | "b"                           | -
                    bytes=3-4     | If-Range          | W/"a"                         | -
                    """)
    void partAnswersWhatIsWhollyWithinIt(String range, String name, String value, String expected) {
        Headers fields = Headers.of(
                "ETag", "\"a\"",
                "Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT",
                "Content-Range", "bytes 2-7/10",
                "Content-Length", "6");
        CachedResponse part = entry(Kind.PART, 206, fields, "234567");
        GatewayRequest request = range.equals("-") ? GET : GET.header("Range", range);
        GatewayRequest conditional = name.equals("-") ? request : request.header(name, value);
        String answer =
                Parts.answer(part, conditional, 7).map(PartsTest::describe).orElse("-");
        assertThat(answer).isEqualTo(expected);
    }

    @Test
    void answerHasTheFieldsOfThePart() {
        GatewayResponse answer = Parts.answer(part("2-7", "\"a\""), GET.header("Range", "bytes=3-5"), 7)
                .orElseThrow();
        assertThat(answer.headers())
                .isEqualTo(Headers.of(
                        "ETag", "\"a\"", "Age", "7", "Content-Range", "bytes 3-5/10", "Content-Length", "3"));
        GatewayResponse several = Parts.answer(part("2-7", "\"a\""), GET.header("Range", "bytes=6-7,3-3"), 7)
                .orElseThrow();
        assertThat(several.headers().first("Content-Type").orElseThrow()).startsWith("multipart/byteranges; boundary=");
        assertThat(several.body().utf8())
                .contains("Content-Range: bytes 6-7/10\r\n\r\n67\r\n")
                .contains("Content-Range: bytes 3-3/10\r\n\r\n3\r\n");
    }

    @Test
    void onlyPartsAnswerAsParts() {
        GatewayRequest ranged = GET.header("Range", "bytes=3-4");
        assertThat(Parts.answer(whole("\"a\""), ranged, 0)).isEmpty();
        GatewayRequest head = GatewayRequest.of("HEAD", "/a").header("Range", "bytes=3-4");
        assertThat(Parts.answer(part("2-7", "\"a\""), head, 0)).isEmpty();
        CachedResponse broken = entry(Kind.PART, 206, Headers.of("Content-Range", "bytes 2-7/10"), "23");
        assertThat(Parts.answer(broken, ranged, 0)).isEmpty();
    }

    /** Parts in any order, until all is there: what is stored is always what the content has at that place. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void partsInAnyOrderNeverMakeAnythingElse(long seed) {
        Random random = new Random(seed);
        byte[] content = new byte[50];
        random.nextBytes(content);
        CachedResponse stored = null;
        int complete = 0;
        for (int round = 0; round < 20_000; round++) {
            int first = random.nextInt(content.length);
            int last = first + random.nextInt(content.length - first);
            Headers fields = Headers.of("ETag", "\"a\"", "Content-Range", "bytes %d-%d/50".formatted(first, last));
            CachedResponse part = entry(Kind.PART, 206, fields, Arrays.copyOfRange(content, first, last + 1));
            stored = stored == null ? part : Parts.combined(stored, part);
            if (stored.kind() == Kind.RESPONSE) {
                assertThat(stored.body()).isEqualTo(content);
                complete++;
                stored = null;
            } else {
                ContentRange range = ContentRange.of(stored.headers()).orElseThrow();
                assertThat(stored.body())
                        .isEqualTo(Arrays.copyOfRange(content, (int) range.first(), (int) range.last() + 1));
            }
        }
        assertThat(complete).isPositive();
    }

    private static String describe(GatewayResponse response) {
        return (response.status() + " " + response.body().utf8()).trim();
    }

    private static CachedResponse whole(String tag) {
        return entry(Kind.RESPONSE, 200, tagged(tag).add("Content-Length", "10").build(), ALL);
    }

    private static CachedResponse part(String range, String tag) {
        Headers fields = tagged(tag)
                .add("Content-Range", "bytes " + range + "/10")
                .add("Content-Length", Integer.toString(of(range).length()))
                .build();
        return entry(Kind.PART, 206, fields, of(range));
    }

    private static Headers.Builder tagged(String tag) {
        return tag.equals("-") ? Headers.builder() : Headers.of("ETag", tag).toBuilder();
    }

    private static String of(String range) {
        int dash = range.indexOf('-');
        return ALL.substring(
                Integer.parseInt(range.substring(0, dash)), Integer.parseInt(range.substring(dash + 1)) + 1);
    }

    private static CachedResponse entry(Kind kind, int status, Headers headers, String body) {
        return entry(kind, status, headers, bytes(body));
    }

    private static CachedResponse entry(Kind kind, int status, Headers headers, byte[] body) {
        return new CachedResponse(kind, status, headers, body, "b", 1_000, 2_000, 3_000, 4_000, 5_000);
    }

    private static String text(CachedResponse entry) {
        return new String(entry.body(), StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
