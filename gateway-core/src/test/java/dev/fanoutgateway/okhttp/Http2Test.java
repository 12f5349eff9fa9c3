package dev.fanoutgateway.okhttp;

import static dev.fanoutgateway.okhttp.Calls.assertFailed;
import static dev.fanoutgateway.okhttp.Calls.call;
import static dev.fanoutgateway.okhttp.Calls.response;
import static dev.fanoutgateway.okhttp.Calls.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    private String url() {
        return "http://127.0.0.1:" + server.getPort();
    }
}
