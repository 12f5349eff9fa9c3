package dev.fanoutgateway.okhttp;

import static dev.fanoutgateway.okhttp.Calls.assertFailed;
import static dev.fanoutgateway.okhttp.Calls.call;
import static dev.fanoutgateway.okhttp.Calls.response;
import static dev.fanoutgateway.okhttp.Calls.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same over HTTP/2, where calls share a connection. */
class Http2Test {
    private static final GatewayRequest GET = GatewayRequest.get("/x?y");

    private final MockWebServer server = new MockWebServer();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final OkHttpBackendClient client = OkHttpBackendClient.builder()
            .from(new OkHttpClient.Builder()
                    .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                    .build())
            .build();

    @BeforeEach
    void start() throws Exception {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        server.start();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        threads.shutdownNow();
    }

    @Test
    void aLoserNeedNotDrainSinceCuttingItLeavesTheConnection() throws Exception {
        server.enqueue(
                new MockResponse.Builder().headersDelay(20, TimeUnit.SECONDS).build());
        Call call = client.newCall(to(url(), GET));
        call.start(threads);
        server.takeRequest();

        assertThat(call.tryDrain(1_000)).isFalse();

        call.cancel();
    }

    @Test
    void aCallIsTheSame() throws Exception {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "0")
                .addHeader("X-Kept", "1")
                .body("ok")
                .build());

        GatewayResponse response = response(
                call(client, url(), GET.header("Connection", "keep-alive").header("Keep-Alive", "1")));

        assertThat(response.body().utf8()).isEqualTo("ok");
        assertThat(response.headers().first("x-kept")).contains("1");
        assertThat(response.headers().all("retry-after")).containsExactly("0");
        RecordedRequest received = server.takeRequest();
        assertThat(received.getTarget()).isEqualTo("/x?y");
        assertThat(received.getHeaders().get("keep-alive")).isNull();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void cancellingOneCallLeavesTheOthersOnTheConnectionAlone() throws Exception {
        server.enqueue(new MockResponse.Builder().body("warm").build());
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        server.enqueue(new MockResponse.Builder().body("ok").build());
        response(call(client, url(), GET));
        server.takeRequest();

        Call stalled = client.newCall(to(url(), GET));
        stalled.start(threads);
        server.takeRequest(20, TimeUnit.SECONDS);
        stalled.cancel();

        assertFailed(stalled.reply().toCompletableFuture().get(20, TimeUnit.SECONDS), Failure.CANCELLED, true);
        assertThat(response(call(client, url(), GET)).body().utf8()).isEqualTo("ok");
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
    }

    /** RFC 9113 section 8.7: that stream is as good as never sent; of any other nobody knows. */
    @ParameterizedTest
    @CsvSource({"7, UNREACHABLE, false", "2, BROKEN, true"})
    void whatTheBackendRefusesWasNotSent(int code, Failure failure, boolean sent) {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseStream(code))
                .build());

        assertFailed(call(client, url(), post("content")), failure, sent);
    }

    @Test
    void whatTheBackendRefusesWhenItHasBegunToAnswerWasSent() {
        server.enqueue(new MockResponse.Builder()
                .body("content that is cut in the middle")
                .onResponseBody(new SocketEffect.CloseStream(7))
                .build());

        assertFailed(call(client, url(), post("content")), Failure.BROKEN, true);
    }

    @Test
    void andGoesOnceMoreOverANewConnectionIfThatWasAnOldOne() throws Exception {
        server.enqueue(new MockResponse.Builder().body("warm").build());
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseStream(7))
                .build());
        server.enqueue(new MockResponse.Builder().body("ok").build());
        response(call(client, url(), GET));

        assertThat(response(call(client, url(), post("content"))).body().utf8()).isEqualTo("ok");
        server.takeRequest();
        assertThat(server.takeRequest().getConnectionIndex()).isZero();
        assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(1);
    }

    private static GatewayRequest post(String content) {
        return GET.withMethod("POST").withBody(Body.utf8(content));
    }

    @Test
    void aStreamThatNeverAnswersTimesOut() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());

        assertFailed(call(client, to(url(), GET, Duration.ofMillis(100), 100)), Failure.TIMED_OUT, true);
    }

    @Test
    void moreThanMayBeBufferedIsTooLarge() {
        server.enqueue(new MockResponse.Builder().body("12345").build());
        server.enqueue(new MockResponse.Builder().chunkedBody("12345", 2).build());

        assertFailed(call(client, to(url(), GET, Calls.AMPLE, 4)), Failure.TOO_LARGE, true);
        assertFailed(call(client, to(url(), GET, Calls.AMPLE, 4)), Failure.TOO_LARGE, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nSet-Cookie: b=c", "a\nb", "a\rb", "a\0b"})
    void aFieldThatWouldBeSeveralInHttp1IsNoAnswer(String value) {
        server.enqueue(new MockResponse.Builder()
                .addHeaderLenient("x-split", value)
                .body("ok")
                .build());
        server.enqueue(new MockResponse.Builder().body("ok").build());

        assertFailed(call(client, url(), GET), Failure.BROKEN, true);
        assertThat(response(call(client, url(), GET)).body().utf8()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x split", "x\r\nset-cookie", "x\0", "x:y", "x/y"})
    void soIsOneWithSuchAName(String name) {
        server.enqueue(new MockResponse.Builder()
                .addHeaderLenient(name, "value")
                .body("ok")
                .build());

        assertFailed(call(client, url(), GET), Failure.BROKEN, true);
    }

    @Test
    void soAreMoreFieldsThanAnyAnswerHas() {
        MockResponse.Builder many = new MockResponse.Builder();
        for (int i = 0; i < 300; i++) {
            many.addHeader("x-many", "1");
        }
        server.enqueue(many.build());

        assertFailed(call(client, url(), GET), Failure.BROKEN, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "6", "0"})
    void contentOfAnotherLengthThanStatedIsNoAnswer(String length) {
        server.enqueue(ofLength(length));

        assertFailed(call(client, url(), GET), Failure.BROKEN, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "6"})
    void soIsItInAStream(String length) {
        server.enqueue(ofLength(length));

        assertThatThrownBy(() -> taken(streamed().body())).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void aStreamOfTheStatedLengthIsWhole() throws Exception {
        server.enqueue(ofLength("5"));

        assertThat(taken(streamed().body())).isEqualTo("12345");
    }

    @Test
    void aTrailerThatWouldBeSeveralBreaksTheAnswerOff() {
        server.enqueue(new MockResponse.Builder()
                .chunkedBody("12345", 2)
                .trailers(new Headers.Builder()
                        .addUnsafeNonAscii("x-trailer", "a\r\nb: c")
                        .build())
                .build());

        assertThatThrownBy(() -> taken(streamed().body())).hasRootCauseInstanceOf(IOException.class);
    }

    private GatewayResponse streamed() {
        BackendRequest request =
                new BackendRequest(Backend.of("group", url()), GET, Calls.AMPLE.toNanos(), 1 << 20, head -> true);
        GatewayResponse response = response(call(client, request));
        assertThat(response.body().isBuffered()).isFalse();
        return response;
    }

    private static String taken(Body body) throws Exception {
        CompletableFuture<String> whole = new CompletableFuture<>();
        body.publisher().subscribe(new Flow.Subscriber<>() {
            private final StringBuffer text = new StringBuffer();

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(ByteBuffer some) {
                text.append(StandardCharsets.US_ASCII.decode(some));
            }

            @Override
            public void onError(Throwable failure) {
                whole.completeExceptionally(failure);
            }

            @Override
            public void onComplete() {
                whole.complete(text.toString());
            }
        });
        return whole.get(20, TimeUnit.SECONDS);
    }

    private static MockResponse ofLength(String length) {
        return new MockResponse.Builder()
                .body("12345")
                .setHeader("Content-Length", length)
                .build();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getPort();
    }
}
