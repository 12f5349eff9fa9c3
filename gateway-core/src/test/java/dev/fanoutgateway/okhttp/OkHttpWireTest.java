package dev.fanoutgateway.okhttp;

import static dev.fanoutgateway.okhttp.Calls.assertFailed;
import static dev.fanoutgateway.okhttp.Calls.call;
import static dev.fanoutgateway.okhttp.Calls.response;
import static dev.fanoutgateway.okhttp.Calls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, byte by byte. */
class OkHttpWireTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final GatewayRequest GET = GatewayRequest.get("/x?api_key=" + Calls.SECRET);

    private final OkHttpBackendClient client = OkHttpBackendClient.create();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aGetIsSentWithItsFieldsAndNoneOfOkHttps() throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            GatewayRequest request = GatewayRequest.get("/a%2Fb/c?q=%20&r")
                    .header("X-Twice", "1")
                    .header("x-twice", "2")
                    .header("Content-Length", "7")
                    .header("Expect", "100-continue");

            GatewayResponse response = response(call(client, server.url() + "/base", request));

            assertThat(response.body().utf8()).isEqualTo("ok");
            assertThat(server.requests())
                    .containsExactly("GET /base/a%2Fb/c?q=%20&r HTTP/1.1\r\n"
                            + "X-Twice: 1\r\nx-twice: 2\r\n"
                            + "Accept-Encoding: identity\r\nUser-Agent: fanout-gateway\r\n"
                            + "Host: 127.0.0.1:" + server.port() + "\r\nConnection: Keep-Alive\r\n\r\n");
        }
    }

    /** Whoever writes on waits for it in vain: so the write is ended, and the answer read. */
    @ParameterizedTest
    @ValueSource(strings = {"401 Unauthorized", "307 Temporary Redirect", "503 Service Unavailable"})
    @Timeout(60)
    void anUploadIsNotSentToABackendThatHasRefusedItAndReadsNoMore(String status) throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.send("HTTP/1.1 " + status + "\r\nContent-Length: 2\r\n\r\nno");
            answered.await();
        })) {
            GatewayResponse response = response(call(client, server.url(), endless()));

            assertThat(response.status()).isEqualTo(Integer.parseInt(status.substring(0, 3)));
            assertThat(response.body().utf8()).isEqualTo("no");
            answered.countDown();
        }
    }

    @Test
    @Timeout(60)
    void anEarlyRefusalIsReadToItsEndHoweverLongItIsAndWhateverCameBefore() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                    + "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n\r\n");
            peer.send("n".repeat(200_000)); // its end is the connection's
            peer.endAnswer();
            read.await();
        })) {
            GatewayResponse response = response(call(client, server.url(), endless()));

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body().length()).isEqualTo(200_000);
            read.countDown();
        }
    }

    /** It may be that the rest is wanted: one that goes on, or says so far nothing that is final. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""})
    void anUploadGoesOnWhereItIsNotRefused(String before) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.send(before);
            over.await();
        })) {
            assertFailed(
                    call(client, to(server.url(), endless(), Duration.ofSeconds(3), 1 << 20)), Failure.TIMED_OUT, true);
            over.countDown();
        }
    }

    /** Content without an end, which is there whenever it is asked for. */
    private static GatewayRequest endless() {
        Flow.Publisher<ByteBuffer> publisher = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                subscriber.onNext(ByteBuffer.allocate(16 << 10));
            }

            @Override
            public void cancel() {}
        });
        return GatewayRequest.of("POST", "/x").withBody(Body.stream(publisher, -1));
    }

    @Test
    void okHttpDoesNotAnswerByItselfWhereOnlyACacheMay() throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            GatewayRequest request = GatewayRequest.get("/x")
                    .header("Cache-Control", "no-transform, only-if-cached")
                    .header("Pragma", "Only-If-Cached");

            assertThat(response(call(client, server.url(), request)).status()).isEqualTo(200);
            assertThat(server.requests().get(0))
                    .contains("Cache-Control: no-transform,")
                    .doesNotContain("Pragma");
        }
    }

    @Test
    void hopByHopFieldsStayOnTheirHop() throws IOException {
        String fields = "Connection: close, X-Named\r\nKeep-Alive: 1\r\nX-Named: 1\r\nTE: trailers\r\n"
                + "Trailer: X\r\nUpgrade: h2c\r\nProxy-Connection: x\r\nProxy-Authenticate: x\r\nX-Kept: 1\r\n";
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
            GatewayRequest request = GET.header("Connection", "keep-alive")
                    .header("Keep-Alive", "1")
                    .header("TE", "trailers, deflate")
                    .header("Trailer", "X")
                    .header("Transfer-Encoding", "chunked")
                    .header("Upgrade", "h2c")
                    .header("HTTP2-Settings", "x")
                    .header("Proxy-Connection", "x")
                    .header("Proxy-Authorization", "x")
                    .header("X-Kept", "1");

            GatewayResponse response = response(call(client, server.url(), request));

            assertThat(response.headers().toString()).isEqualTo("[X-Kept]");
            assertThat(server.requests().get(0))
                    .contains("X-Kept: 1", "Connection: Keep-Alive\r\n")
                    .doesNotContain("TE:", "Trailer", "chunked", "Upgrade", "HTTP2", "Proxy");
        }
    }

    @Test
    void trailersAreAskedForOfThisConnection() throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            response(call(client, server.url(), GET.header("TE", "trailers")));

            assertThat(server.requests().get(0)).contains("TE: trailers\r\n", "Connection: Keep-Alive, TE\r\n");
        }
    }

    @Test
    void contentIsSentWithTheFieldThatDescribesIt() throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            GatewayRequest post = GatewayRequest.of("POST", "/")
                    .header("Content-Type", "text/x-odd;charset=\"KOI8-R\"")
                    .withBody(Body.utf8("hello"));
            response(call(client, server.url(), post));
            response(call(client, server.url(), GatewayRequest.of("PUT", "/")));
            response(call(client, server.url(), GatewayRequest.of("DELETE", "/")));
            response(call(client, server.url(), GatewayRequest.of("DELETE", "/").withBody(Body.utf8("d"))));
            response(call(client, server.url(), GatewayRequest.of("BREW", "/")));
            response(call(client, server.url(), GET.withBody(Body.utf8("no meaning"))));

            List<String> requests = server.requests();
            assertThat(requests.get(0))
                    .contains("Content-Type: text/x-odd;charset=\"KOI8-R\"\r\n", "Content-Length: 5\r\n")
                    .endsWith("\r\n\r\nhello");
            assertThat(requests.get(1)).contains("Content-Length: 0\r\n");
            assertThat(requests.get(2)).startsWith("DELETE / ").doesNotContain("Content-Length");
            assertThat(requests.get(3)).contains("Content-Length: 1\r\n").endsWith("d");
            assertThat(requests.get(4)).startsWith("BREW / ");
            assertThat(requests.get(5)).doesNotContain("Content-Length", "no meaning");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "//",
                "/a//b/",
                "/a/.../b..c/.d",
                "/%2F%2f%41%zz%/x",
                "/a;p=1,2:@!$&'()*+=~_-",
                "/[x]",
                "/x?",
                "/x??a=b?c",
                "/x?a=b&a=%27&&=;+/:@!$()*,-._~%zz%[]{}|\\^`",
                "/%C3%A9?%e9"
            })
    void aTargetArrivesAsItIs(String target) throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            response(call(client, server.url() + "/base/", GatewayRequest.get(target)));

            assertThat(server.requests().get(0)).startsWith("GET /base" + target + " HTTP/1.1\r\n");
        }
    }

    /** What OkHttp alters: the percent-encoding of characters that a target should not hold, and of the apostrophe. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "/a{b}|c^d`e<f>\",/a%7Bb%7D%7Cc%5Ed%60e%3Cf%3E%22",
                "/x?'\"<>,/x?%27%22%3C%3E",
                "/é?é,/%C3%A9?%C3%A9"
            })
    void okHttpPercentEncodesWhatATargetShouldNotHold(String target, String sent) throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            response(call(client, server.url(), GatewayRequest.get(target)));

            assertThat(server.requests().get(0)).startsWith("GET " + sent + " HTTP/1.1\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/..",
                "/a/../b",
                "/a/.",
                "/a/%2e%2E/b",
                "/a/.%2e",
                "/%2e",
                "/a/./",
                "/a\\b",
                "/a b",
                "/a\tb",
                "/a?b c",
                "/a#b",
                "/a?b#c",
                "/a\r\nX: y",
                "/a?\u0000",
                "/a\u007f"
            })
    void aTargetThatOkHttpWouldRewriteIsRefused(String target) throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            assertFailed(call(client, server.url() + "/base", GatewayRequest.get(target)), Failure.BROKEN, false);
            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /evil HTTP/1.1\r\n", "G T", "GÉT"})
    void aMethodThatIsNoTokenIsRefused(String method) throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            assertFailed(call(client, server.url(), GatewayRequest.of(method, "/")), Failure.BROKEN, false);
            assertThat(server.connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200",
                "HTTP/1.1 20",
                "",
                "I am no HTTP server, s3cr3t\r\n\r\n",
                "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void anAnswerThatIsCutShortOrAmbiguousIsBroken(String answer) throws IOException {
        try (RawServer server = RawServer.closingAfter(answer)) {
            assertFailed(call(client, server.url(), GET), Failure.BROKEN, true);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void theLengthIsGivenOnceOrTwiceTheSame() throws IOException {
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")) {
            assertThat(response(call(client, server.url(), GET)).body().utf8()).isEqualTo("ok");
        }
        try (RawServer server = RawServer.closingAfter("HTTP/1.0 200 OK\r\n\r\nuntil the end")) {
            assertThat(response(call(client, server.url(), GET)).body().utf8()).isEqualTo("until the end");
        }
    }

    @Test
    void whatHasNoContentHasNone() throws IOException {
        try (RawServer server = RawServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n")) {
            GatewayResponse head = response(call(client, server.url(), GatewayRequest.of("HEAD", "/")));
            assertThat(head.body().length()).isZero();
            assertThat(head.headers().first("Content-Length")).contains("5000000");
        }
        try (RawServer server = RawServer.answering("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n")) {
            assertThat(response(call(client, server.url(), GET)).body().length())
                    .isZero();
        }
        try (RawServer server = RawServer.answering("HTTP/1.1 204 No Content\r\n\r\n")) {
            assertThat(response(call(client, server.url(), GET)).status()).isEqualTo(204);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n01234567890"
            })
    void moreThanMayBeBufferedIsTooLargeAndCutsTheConnection(String answer) throws Exception {
        var cut = new java.util.concurrent.CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(answer);
            peer.awaitClose();
            cut.countDown();
        })) {
            Reply reply = call(client, to(server.url(), GET, Calls.AMPLE, 10));

            assertFailed(reply, Failure.TOO_LARGE, true);
            assertThat(cut.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void exactlyWhatMayBeBufferedIsNotTooLarge() throws IOException {
        try (RawServer server = RawServer.answering(OK)) {
            response(call(client, to(server.url(), GET, Calls.AMPLE, 2)));
        }
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")) {
            response(call(client, to(server.url(), GET, Calls.AMPLE, 2)));
            response(call(client, to(server.url(), GET, Calls.AMPLE, Long.MAX_VALUE)));
        }
    }

    @Test
    void fieldsThatHttpDoesNotAllowAreLeftOut() throws IOException {
        try (RawServer server =
                RawServer.answering("HTTP/1.1 200 OK\r\nX-Bell: a\u0007b\r\nX-Good: 1\r\nContent-Length: 0\r\n\r\n")) {
            assertThat(response(call(client, server.url(), GET)).headers().toString())
                    .isEqualTo("[X-Good, Content-Length]");
        }
    }

    @Test
    void codedContentIsPassedOnAsItIs() throws IOException {
        try (RawServer server = RawServer.answering(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\u001f\u008bxy")) {
            GatewayResponse response = response(call(client, server.url(), GET.header("Accept-Encoding", "gzip, br")));

            assertThat(response.body().bytes()).containsExactly(0x1f, (byte) 0x8b, 'x', 'y');
            assertThat(response.headers().first("Content-Encoding")).contains("gzip");
            assertThat(server.requests().get(0)).contains("Accept-Encoding: gzip, br\r\n");
        }
    }

    @Test
    void interimAnswersAreSkipped() throws IOException {
        try (RawServer server =
                RawServer.answering("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK)) {
            assertThat(response(call(client, server.url(), GET)).status()).isEqualTo(200);
        }
    }
}
