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
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How calls begin and end. */
class OkHttpBackendClientTest {
    private static final GatewayRequest GET = GatewayRequest.get("/x?api_key=" + Calls.SECRET);
    private static final GatewayRequest POST = GatewayRequest.of("POST", "/x").withBody(Body.utf8("x"));
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @StartStop
    public final MockWebServer server = new MockWebServer();

    private final OkHttpBackendClient client = OkHttpBackendClient.create();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        client.close();
        threads.shutdownNow();
    }

    @Test
    void aRedirectIsPassedOn() {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .addHeader("Location", "/elsewhere")
                .build());

        GatewayResponse response = response(call(client, url(), GET));

        assertThat(response.status()).isEqualTo(302);
        assertThat(response.headers().first("Location")).contains("/elsewhere");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 407, 408, 421, 503})
    void okHttpRepeatsNothingByItself(int status) {
        for (int i = 0; i < 2; i++) {
            server.enqueue(new MockResponse.Builder()
                    .code(status)
                    .addHeader("Retry-After", "0")
                    .addHeader("WWW-Authenticate", "Basic")
                    .addHeader("Proxy-Authenticate", "Basic")
                    .build());
        }

        int before = server.getRequestCount();
        GatewayResponse response = response(call(client, url(), GET));
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.headers().all("Retry-After")).containsExactly("0");
        assertThat(server.getRequestCount() - before).isEqualTo(1);
    }

    @Test
    void aRetryAfterThatIsNoIntIsPassedOn() {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "99999999999")
                .build());

        assertThat(response(call(client, url(), GET)).headers().all("Retry-After"))
                .containsExactly("99999999999");
    }

    @Test
    void aHostMayHaveSixtyFourCallsAtOnce() throws Exception {
        CyclicBarrier together = new CyclicBarrier(64);
        try (RawServer raw = new RawServer(peer -> {
            peer.request();
            together.await(20, TimeUnit.SECONDS);
            peer.send(OK);
        })) {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Call call = client.newCall(to(raw.url(), GET));
                calls.add(call);
                call.start(threads);
            }
            for (Call call : calls) {
                response(call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS));
            }
        }
    }

    @Test
    void aDeadPooledConnectionDoesNotFailASafeRequest() throws Exception {
        CountDownLatch closed = new CountDownLatch(3);
        CyclicBarrier together = new CyclicBarrier(3);
        AtomicInteger connections = new AtomicInteger();
        try (RawServer raw = new RawServer(peer -> {
            boolean dies = connections.incrementAndGet() <= 3;
            peer.request();
            if (dies) {
                together.await(20, TimeUnit.SECONDS);
            }
            peer.send(OK);
            if (dies) {
                peer.close();
                closed.countDown();
            } else {
                peer.request();
                peer.send(OK);
            }
        })) {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Call call = client.newCall(to(raw.url(), GET));
                calls.add(call);
                call.start(threads);
            }
            for (Call call : calls) {
                response(call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS));
            }
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();

            response(call(client, raw.url(), GET));
            response(call(client, raw.url(), GET));

            assertThat(connections).hasValue(4);
        }
    }

    @Test
    void aPooledConnectionThatDiesOfAnotherRequestFailsItAndSaysThatItMayHaveBeenSent() throws Exception {
        try (RawServer raw = new RawServer(peer -> {
            peer.request();
            peer.send(OK);
            peer.request(); // and closes, when it has read it
        })) {
            response(call(client, raw.url(), GET));

            assertFailed(call(client, raw.url(), POST), Failure.BROKEN, true);
            assertThat(raw.connections()).isEqualTo(1);
        }
    }

    @Test
    void aFreshConnectionThatIsClosedWithoutAnAnswerIsNotTriedAgain() throws Exception {
        try (RawServer raw = RawServer.closingAfter("")) {
            assertFailed(call(client, raw.url(), GET), Failure.BROKEN, true);
            assertThat(raw.connections()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeReachedIsUnreachableAndNothingWasSent() throws Exception {
        int port;
        try (ServerSocket unused = new ServerSocket(0)) {
            port = unused.getLocalPort();
        }
        assertFailed(call(client, "http://127.0.0.1:" + port, POST), Failure.UNREACHABLE, false);

        try (RawServer plain = new RawServer(peer -> peer.send("HTTP/1.1 400 No TLS\r\n\r\n"))) {
            assertFailed(call(client, "https://127.0.0.1:" + plain.port(), POST), Failure.UNREACHABLE, false);
        }

        OkHttpClient nameless = new OkHttpClient.Builder()
                .dns(name -> {
                    throw new UnknownHostException(name);
                })
                .build();
        try (OkHttpBackendClient lost =
                OkHttpBackendClient.builder().from(nameless).build()) {
            assertFailed(call(lost, "http://nowhere.example", GET), Failure.UNREACHABLE, false);
        }
    }

    @Test
    void aBackendThatNeverAnswersTimesOut() throws Exception {
        try (RawServer raw = new RawServer(RawServer.Peer::awaitClose)) {
            Reply reply = call(client, to(raw.url(), GET, Duration.ofMillis(100), 100));

            assertFailed(reply, Failure.TIMED_OUT, true);
            assertThat(reply.detail()).isEqualTo("no complete answer within 100 ms");
        }
    }

    @Test
    void aBackendThatTricklesItsContentTimesOut() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawServer raw = new RawServer(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            while (!over.await(5, TimeUnit.MILLISECONDS)) {
                peer.send("x");
            }
        })) {
            Reply reply = call(client, to(raw.url(), GET, Duration.ofMillis(150), 1 << 20));
            over.countDown();

            assertFailed(reply, Failure.TIMED_OUT, true);
        }
    }

    @Test
    void timeSpentWaitingForAThreadCounts() throws Exception {
        List<Runnable> queue = new ArrayList<>();
        try (RawServer raw = RawServer.answering(OK)) {
            Call call = client.newCall(to(raw.url(), GET, Duration.ofNanos(1), 100));
            call.start(queue::add);
            queue.get(0).run();

            assertFailed(call.reply().toCompletableFuture().join(), Failure.TIMED_OUT, false);
            assertThat(raw.connections()).isZero();
        }
    }

    @Test
    void cancellingCutsTheCallOnTheWire() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        try (RawServer raw = new RawServer(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome");
            received.countDown();
            peer.awaitClose();
            cut.countDown();
        })) {
            Call call = client.newCall(to(raw.url(), GET));
            call.start(threads);
            assertThat(received.await(20, TimeUnit.SECONDS)).isTrue();

            call.cancel();
            call.cancel();

            assertFailed(call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS), Failure.CANCELLED, true);
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void cancellingIsSafeBeforeTheStartAndAfterTheEnd() throws Exception {
        try (RawServer raw = RawServer.answering(OK)) {
            Call early = client.newCall(to(raw.url(), GET));
            early.cancel();
            early.start(Runnable::run);
            assertFailed(early.reply().toCompletableFuture().getNow(null), Failure.CANCELLED, false);
            assertThat(raw.connections()).isZero();

            Call late = client.newCall(to(raw.url(), GET));
            late.start(Runnable::run);
            late.cancel();
            response(late.reply().toCompletableFuture().getNow(null));
            response(call(client, raw.url(), GET));
            assertThat(raw.connections()).as("the connection is still good").isEqualTo(1);
        }
    }

    @Test
    void cancellingAtAnyMomentEndsTheCall() throws Exception {
        try (RawServer raw = RawServer.answering(OK)) {
            for (int i = 0; i < 500; i++) {
                Call call = client.newCall(to(raw.url(), GET));
                CountDownLatch go = new CountDownLatch(1);
                threads.execute(() -> {
                    awaitQuietly(go);
                    call.cancel();
                });
                go.countDown();
                call.start(threads);
                Reply reply = call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS);
                assertThat(reply.response() != null || reply.failure() == Failure.CANCELLED)
                        .as(reply.detail())
                        .isTrue();
            }
        }
    }

    @Test
    void anExecutorThatRefusesIsAReplyNoException() {
        Call call = client.newCall(to(url(), GET));

        call.start(task -> {
            throw new RejectedExecutionException("full");
        });

        assertFailed(call.reply().toCompletableFuture().getNow(null), Failure.BROKEN, false);
    }

    @Test
    void closingFailsCallsUnderWayAndFurtherOnes() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        try (RawServer raw = new RawServer(peer -> {
            peer.request();
            received.countDown();
            peer.awaitClose();
        })) {
            Call call = client.newCall(to(raw.url(), GET));
            call.start(threads);
            assertThat(received.await(20, TimeUnit.SECONDS)).isTrue();

            client.close();

            assertFailed(call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS), Failure.BROKEN, true);
            assertFailed(call(client, raw.url(), GET), Failure.BROKEN, false);
        }
    }

    @Test
    void aClientOfTheHostsLendsItsPartsButNotItsHabits() throws IOException {
        AtomicInteger heard = new AtomicInteger();
        OkHttpClient host = new OkHttpClient.Builder()
                .eventListener(new EventListener() {
                    @Override
                    public void callStart(okhttp3.Call call) {
                        heard.incrementAndGet();
                    }
                })
                .authenticator((route, response) -> response.request())
                .readTimeout(Duration.ofMillis(1))
                .build();
        server.enqueue(new MockResponse.Builder()
                .code(401)
                .addHeader("Set-Cookie", "a=b")
                .headersDelay(50, TimeUnit.MILLISECONDS)
                .build());
        try (OkHttpBackendClient derived =
                OkHttpBackendClient.builder().from(host).build()) {
            assertThat(response(call(derived, url(), GET)).status()).isEqualTo(401);
        }
        assertThat(heard).hasValue(1);
        assertThat(host.dispatcher().executorService().isShutdown()).isFalse();
    }

    @Test
    void settingsAreCheckedAtTheirSetter() {
        OkHttpBackendClient.Builder builder = OkHttpBackendClient.builder();

        assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO)).hasMessageContaining("got PT0S");
        assertThatThrownBy(() -> builder.idleTimeout(Duration.ofDays(1))).hasMessageContaining("got PT24H");
        assertThatThrownBy(() -> builder.maxIdleConnections(-1)).hasMessageContaining("got -1");
    }

    @Test
    void anOlderOkHttpIsRefused() {
        OkHttpVersion.requireFive();
        OkHttpVersion.check("5.0.0-alpha.14");
        OkHttpVersion.check("10.0");
        assertThatThrownBy(() -> OkHttpVersion.check("4.12.0"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("4.12.0");
        assertThatThrownBy(() -> OkHttpVersion.check("odd")).isInstanceOf(IllegalStateException.class);
    }

    private String url() {
        return "http://127.0.0.1:" + server.getPort();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
