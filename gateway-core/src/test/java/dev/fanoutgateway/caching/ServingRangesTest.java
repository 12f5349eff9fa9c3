package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Serving} of parts: RFC 9110 section 14, and the order of section 13.2.2. */
class ServingRangesTest {
    private static final long RECEIVED = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private static final String MODIFIED = "Wed, 31 Dec 2025 00:00:00 GMT";
    private static final Headers STORED = Headers.of(
            "Content-Type", "text/plain",
            "Content-Length", "10",
            "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
            "ETag", "\"a\"",
            "Last-Modified", MODIFIED,
            "Cache-Control", "max-age=60",
            "Vary", "Accept");
    private static final GatewayRequest GET = GatewayRequest.get("/a");
    private static final Body DIGITS = Body.utf8("0123456789");

    /** The columns are the request's fields; {@code -} is none. */
    @ParameterizedTest(name = "RFC 9110 section {0}: {1}, If-Range {2}, If-None-Match {3}, If-Modified-Since {4}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    14.2     | bytes=2-5   | -                                 | -    | -                             | 206
                    14.2     | bytes=10-   | -                                 | -    | -                             | 416
                    14.2     | lines=2-5   | -                                 | -    | -                             | 200
                    14.2     | bytes=5-2   | -                                 | -    | -                             | 200
                    13.2.2   | bytes=2-5   | -                                 | "a"  | -                             | 304
                    13.2.2   | bytes=2-5   | -                                 | *    | -                             | 304
                    13.2.2   | bytes=10-   | -                                 | "a"  | -                             | 304
                    13.2.2   | bytes=2-5   | -                                 | "b"  | -                             | 206
                    13.2.2   | bytes=10-   | -                                 | "b"  | -                             | 416
                    13.2.2   | bytes=2-5   | -                                 | -    | Wed, 31 Dec 2025 00:00:00 GMT | 304
                    13.2.2   | bytes=2-5   | -                                 | -    | Tue, 30 Dec 2025 00:00:00 GMT | 206
                    13.2.2   | bytes=2-5   | -                                 | "b"  | Wed, 31 Dec 2025 00:00:00 GMT | 206
                    13.2.2   | bytes=2-5   | "b"                               | "a"  | -                             | 304
                    13.2.2   | bytes=2-5   | "b"                               | "b"  | -                             | 200
                    13.2.2   | bytes=2-5   | "a"                               | "b"  | -                             | 206
                    13.1.5   | bytes=2-5   | "a"                               | -    | -                             | 206
                    13.1.5   | bytes=10-   | "a"                               | -    | -                             | 416
                    13.1.5   | bytes=2-5   | "b"                               | -    | -                             | 200
                    13.1.5   | bytes=10-   | "b"                               | -    | -                             | 200
                    13.1.5   | bytes=2-5   | "A"                               | -    | -                             | 200
                    13.1.5   | bytes=2-5   | W/"a"                             | -    | -                             | 200
                    13.1.5   | bytes=2-5   | "a", "b"                          | -    | -                             | 200
                    13.1.5   | bytes=2-5   | a                                 | -    | -                             | 200
                    13.1.5   | bytes=2-5   | "a                                | -    | -                             | 200
                    13.1.5   | bytes=2-5   | *                                 | -    | -                             | 200
                    13.1.5   | bytes=2-5   | ``                                | -    | -                             | 200
                    13.1.5   | bytes=2-5   | Wed, 31 Dec 2025 00:00:00 GMT     | -    | -                             | 206
                    13.1.5   | bytes=2-5   | Wednesday, 31-Dec-25 00:00:00 GMT | -    | -                             | 206
                    13.1.5   | bytes=2-5   | Wed Dec 31 00:00:00 2025          | -    | -                             | 206
                    13.1.5   | bytes=2-5   | Wed, 31 Dec 2025 00:00:01 GMT     | -    | -                             | 200
                    13.1.5   | bytes=2-5   | Tue, 30 Dec 2025 23:59:59 GMT     | -    | -                             | 200
                    13.1.5   | bytes=2-5   | never                             | -    | -                             | 200
                    13.1.5   | -           | "b"                               | -    | -                             | 200
                    """)
    void conditionsComeBeforeTheRange(
            String section, String range, String ifRange, String ifNoneMatch, String ifModifiedSince, int status) {
        GatewayRequest request = with(
                with(with(with(GET, "Range", range), "If-Range", ifRange), "If-None-Match", ifNoneMatch),
                "If-Modified-Since",
                ifModifiedSince);
        GatewayResponse served = Serving.of(entry(200, STORED), request, 2);
        assertThat(served.status()).isEqualTo(status);
        assertThat(Serving.answer(new GatewayResponse(200, STORED, DIGITS), request, RECEIVED)
                        .status())
                .isEqualTo(status);
        String content = status == 206 ? "2345" : status == 200 ? "0123456789" : "";
        assertThat(served.body().utf8()).isEqualTo(content);
        if (status != 304) {
            assertThat(served.headers().all("Content-Length")).containsExactly(Integer.toString(content.length()));
        }
    }

    /** RFC 9110 section 8.8.2.2: a date is weak unless the response came a second later or more. */
    @ParameterizedTest(name = "Date {0}, Last-Modified {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    Wed, 31 Dec 2025 00:00:01 GMT | Wed, 31 Dec 2025 00:00:00 GMT | 206
                    Wed, 31 Dec 2025 00:00:00 GMT | Wed, 31 Dec 2025 00:00:00 GMT | 200
                    Tue, 30 Dec 2025 00:00:00 GMT | Wed, 31 Dec 2025 00:00:00 GMT | 200
                    never                         | Wed, 31 Dec 2025 00:00:00 GMT | 200
                    Thu, 01 Jan 2026 00:00:00 GMT | never                         | 200
                    """)
    void dateMustBeStrong(String date, String modified, int status) {
        Headers stored = Headers.of("Date", date, "Last-Modified", modified);
        GatewayRequest request = GET.header("Range", "bytes=0-1").header("If-Range", MODIFIED);
        assertThat(Serving.of(entry(200, stored), request, 0).status()).isEqualTo(status);
    }

    @Test
    void validatorMustBeThere() {
        GatewayRequest ranged = GET.header("Range", "bytes=0-1");
        CachedResponse bare = entry(200, Headers.empty());
        assertThat(Serving.of(bare, ranged.header("If-Range", "\"a\""), 0).status())
                .isEqualTo(200);
        assertThat(Serving.of(bare, ranged.header("If-Range", MODIFIED), 0).status())
                .isEqualTo(200);
        CachedResponse weak = entry(200, Headers.of("ETag", "W/\"a\""));
        assertThat(Serving.of(weak, ranged.header("If-Range", "W/\"a\""), 0).status())
                .isEqualTo(200);
        assertThat(Serving.of(weak, ranged.header("If-Range", "\"a\""), 0).status())
                .isEqualTo(200);
        GatewayRequest twice = ranged.header("If-Range", "\"a\"").header("If-Range", "\"a\"");
        assertThat(Serving.of(entry(200, STORED), twice, 0).status()).isEqualTo(200);
    }

    /** RFC 9110 section 15.3.7. */
    @Test
    void partHasTheFieldsOfTheWhole() {
        Headers stored = STORED.toBuilder()
                .add("Content-Digest", "sha-256=:AA==:")
                .add("Repr-Digest", "sha-256=:AA==:")
                .build();
        GatewayResponse part = Serving.of(entry(200, stored), GET.header("Range", "bytes=-3"), 7);
        assertThat(part.headers())
                .isEqualTo(Headers.of(
                        "Content-Type", "text/plain",
                        "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                        "ETag", "\"a\"",
                        "Last-Modified", MODIFIED,
                        "Cache-Control", "max-age=60",
                        "Vary", "Accept",
                        "Repr-Digest", "sha-256=:AA==:",
                        "Age", "7",
                        "Content-Range", "bytes 7-9/10",
                        "Content-Length", "3"));
        assertThat(part.body().utf8()).isEqualTo("789");
    }

    @Test
    void partIsNotCopied() throws IOException {
        byte[] content = {1, 2, 3};
        GatewayResponse full = new GatewayResponse(200, Headers.empty(), Body.of(content));
        GatewayResponse part = Serving.answer(full, GET.header("Range", "bytes=1-2"), RECEIVED);
        content[2] = 9; // nobody may do so; here it shows that there is but one array
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        part.body().writeTo(out);
        assertThat(out.toByteArray()).containsExactly(2, 9);
    }

    /** RFC 9110 sections 14.6 and 15.3.7.2. */
    @Test
    void severalPartsAreSentInTheOrderAskedFor() {
        GatewayResponse parts = Serving.of(entry(200, STORED), GET.header("Range", "bytes=6-7, 0-1, 99-"), 7);
        assertThat(parts.status()).isEqualTo(206);
        assertThat(parts.headers().contains("Content-Range")).isFalse();
        String type = parts.headers().first("Content-Type").orElseThrow();
        assertThat(parts.headers().all("Content-Type")).hasSize(1);
        assertThat(type).matches("multipart/byteranges; boundary=[0-9a-f-]{36}");
        String boundary = type.substring(type.indexOf('=') + 1);
        String expected = """
                --%1$s
                Content-Type: text/plain
                Content-Range: bytes 6-7/10

                67
                --%1$s
                Content-Type: text/plain
                Content-Range: bytes 0-1/10

                01
                --%1$s--
                """.formatted(boundary).replace("\n", "\r\n");
        assertThat(parts.body().utf8()).isEqualTo(expected);
        assertThat(parts.headers().all("Content-Length")).containsExactly(Integer.toString(expected.length()));
        assertThat(parts.headers().first("ETag")).contains("\"a\"");
        assertThat(Serving.of(entry(200, STORED), GET.header("Range", "bytes=6-7, 0-1"), 7)
                        .headers()
                        .first("Content-Type"))
                .isNotEqualTo(parts.headers().first("Content-Type"));
    }

    @Test
    void partsOfUntypedContentHaveNoType() {
        GatewayResponse parts = Serving.of(entry(200, Headers.empty()), GET.header("Range", "bytes=0-0,-1"), 7);
        assertThat(parts.body().utf8()).doesNotContain("Content-Type").contains("Content-Range: bytes 9-9/10\r\n\r\n9");
    }

    /** RFC 9110 section 15.3.7.2: what is one range in the end is not sent as several. */
    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,2-3", "bytes=0-3,99-", "bytes=2-3,0-2", "bytes=0-3,1-1,0-0"})
    void partsThatAreOneAreSentAsOne(String range) {
        GatewayResponse part = Serving.of(entry(200, STORED), GET.header("Range", range), 7);
        assertThat(part.headers().all("Content-Range")).containsExactly("bytes 0-3/10");
        assertThat(part.body().utf8()).isEqualTo("0123");
    }

    /** RFC 9110 section 15.5.17. Nobody may keep the answer, nor take it for one with the content's validators. */
    @Test
    void answerOutsideTheContentTellsItsLength() {
        Headers stored = STORED.toBuilder()
                .add("CDN-Cache-Control", "max-age=60")
                .add("Access-Control-Allow-Origin", "*")
                .build();
        GatewayResponse outside = Serving.of(entry(200, stored), GET.header("Range", "bytes=10-"), 7);
        assertThat(outside.status()).isEqualTo(416);
        assertThat(outside.headers())
                .isEqualTo(Headers.of(
                        "Date", "Thu, 01 Jan 2026 00:00:00 GMT",
                        "Vary", "Accept",
                        "Access-Control-Allow-Origin", "*",
                        "Content-Range", "bytes */10",
                        "Cache-Control", "no-store",
                        "Content-Length", "0"));
    }

    /** RFC 9110 sections 14.1.2 and 14.2. */
    @Test
    void emptyContentHasNoParts() {
        CachedResponse empty =
                new CachedResponse(Kind.RESPONSE, 200, Headers.empty(), new byte[0], "b", RECEIVED, 0, 60_000, 60_000);
        assertThat(Serving.of(empty, GET.header("Range", "bytes=0-"), 0)
                        .headers()
                        .first("Content-Range"))
                .contains("bytes */0");
        assertThat(Serving.of(empty, GET.header("Range", "bytes=-5"), 0).status())
                .isEqualTo(200);
    }

    /** RFC 9110 section 14.2: of GET and of 200 only. */
    @Test
    void otherMethodsAndStatusesHaveNoParts() {
        GatewayRequest head = GatewayRequest.of("HEAD", "/a").header("Range", "bytes=0-1");
        GatewayResponse served = Serving.of(entry(200, STORED), head, 0);
        assertThat(served.status()).isEqualTo(200);
        assertThat(served.headers().first("Content-Length")).contains("10");
        GatewayRequest get = GET.header("Range", "bytes=0-1");
        for (int status : new int[] {203, 206, 301, 404, 500}) {
            GatewayResponse whole = Serving.of(entry(status, STORED), get, 0);
            assertThat(whole.status()).isEqualTo(status);
            assertThat(whole.body().utf8()).isEqualTo("0123456789");
        }
        GatewayResponse full = new GatewayResponse(200, STORED, DIGITS);
        assertThat(Serving.answer(full, GatewayRequest.of("POST", "/a").header("Range", "bytes=0-1"), RECEIVED))
                .isSameAs(full);
    }

    @Test
    void streamIsNotTakenApart() {
        try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
            GatewayResponse stream = new GatewayResponse(200, Headers.empty(), Body.stream(publisher, 10));
            assertThat(Serving.answer(stream, GET.header("Range", "bytes=0-1"), RECEIVED))
                    .isSameAs(stream);
        }
    }

    /** RFC 9110 section 14.3: whether it takes ranges is the origin's to say. */
    @Test
    void acceptRangesIsTheOrigins() {
        assertThat(Serving.of(entry(200, STORED), GET, 0).headers().contains("Accept-Ranges"))
                .isFalse();
    }

    @Test
    void everyPartIsWhatItSays() {
        byte[] content = new byte[300];
        new Random(1).nextBytes(content);
        GatewayResponse full = new GatewayResponse(200, Headers.empty(), Body.of(content));
        for (int first = 0; first < content.length; first += 7) {
            for (int last = first; last < content.length; last += 11) {
                GatewayResponse part =
                        Serving.answer(full, GET.header("Range", "bytes=" + first + '-' + last), RECEIVED);
                assertThat(part.headers().first("Content-Range")).contains("bytes " + first + '-' + last + "/300");
                assertThat(part.body().bytes()).isEqualTo(Arrays.copyOfRange(content, first, last + 1));
            }
        }
    }

    private static GatewayRequest with(GatewayRequest request, String name, String value) {
        return "-".equals(value) ? request : request.header(name, value);
    }

    private static CachedResponse entry(int status, Headers headers) {
        byte[] content = "0123456789".getBytes(StandardCharsets.US_ASCII);
        Headers stored = headers.contains("Content-Length")
                ? headers
                : headers.toBuilder().add("Content-Length", "10").build();
        return new CachedResponse(Kind.RESPONSE, status, stored, content, "b", RECEIVED, 2_000, 60_000, 58_000);
    }
}
