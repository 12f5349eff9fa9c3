package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that nobody waits for any more, over real connections. */
class DrainTest {
    private static final int BOUND = 1_000;
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final OkHttpBackendClient client = OkHttpBackendClient.create();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    @AfterEach
    void close() {
        client.close();
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 None\r\n\r\n",
                "HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n",
                CHUNKED + "2\r\nok\r\n0\r\n\r\n"
            })
    void anAnswerThatComesSoonLeavesItsConnection(String answer) throws Exception {
        try (RawServer server = server(answer)) {
            Reply reply = drained(server);

            assertThat(reply.failure()).isEqualTo(Failure.CANCELLED);
            assertThat(reply.response()).isNull();
            Calls.response(Calls.call(client, server.url(), GatewayRequest.get("/again")));
            assertThat(server.requests()).hasSize(2);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerThatIsTooLongCostsItsConnection() throws Exception {
        String ample = "x".repeat(BOUND + 1);
        for (String answer : new String[] {
            "HTTP/1.1 200 OK\r\nContent-Length: " + ample.length() + "\r\n\r\n" + ample,
            CHUNKED + Integer.toHexString(ample.length()) + "\r\n" + ample + "\r\n0\r\n\r\n",
            "HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n"
        }) {
            DrainTest one = new DrainTest();
            try (RawServer server = one.server(answer)) {
                one.drained(server);
                Calls.call(one.client, server.url(), GatewayRequest.get("/again"));
                assertThat(server.connections()).as(answer).isEqualTo(2);
            } finally {
                one.close();
            }
        }
    }

    @Test
    void anAnswerOfKnownLengthThatHasBegunIsRefusedIfItIsTooLong() throws Exception {
        assertThat(drainsInTheMiddleOf("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\nhalf"))
                .isFalse();
    }

    @Test
    void anAnswerThatHasBegunMayEnd() throws Exception {
        assertThat(drainsInTheMiddleOf("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf"))
                .isTrue();
    }

    @Test
    void anEndlessAnswerIsNotBufferedToItsEnd() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cut = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(CHUNKED + "1\r\nx\r\n");
            begun.countDown();
            left.await();
            try {
                while (true) {
                    peer.send("1000\r\n" + "x".repeat(0x1000) + "\r\n");
                }
            } catch (IOException broken) {
                cut.countDown();
            }
        })) {
            BackendClient.Call call =
                    client.newCall(Calls.to(server.url(), GatewayRequest.get("/x"), Calls.AMPLE, Integer.MAX_VALUE));
            call.start(threads);
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(call.tryDrain(BOUND)).isTrue();
            left.countDown();

            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(call.reply()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .response())
                    .isNull();
        }
    }

    @Test
    void aDrainingCallCanStillBeCut() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            asked.countDown();
            peer.awaitClose();
            cut.countDown();
        })) {
            BackendClient.Call call = begun(server);
            assertThat(call.tryDrain(BOUND)).isTrue();
            call.cancel();

            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(call.reply()
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .failure())
                    .isEqualTo(Failure.CANCELLED);
        }
    }

    @Test
    void whatHasNotBegunOrIsOverIsRefused() throws Exception {
        try (RawServer server = RawServer.answering("HTTP/1.1 204 None\r\n\r\n")) {
            BackendClient.Call call = client.newCall(Calls.to(server.url(), GatewayRequest.get("/x")));
            assertThat(call.tryDrain(BOUND)).isFalse();
            call.start(Runnable::run);
            assertThat(call.tryDrain(BOUND)).isFalse();
        }
    }

    /** Answers the first request when it is left, and those after it at once. */
    private RawServer server(String answer) throws IOException {
        return new RawServer(peer -> {
            for (String request = peer.request(); request != null; request = peer.request()) {
                asked.countDown();
                left.await();
                peer.send(answer);
            }
        });
    }

    private BackendClient.Call begun(RawServer server) throws Exception {
        BackendClient.Call call = client.newCall(Calls.to(server.url(), GatewayRequest.get("/x")));
        call.start(threads);
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        return call;
    }

    private Reply drained(RawServer server) throws Exception {
        BackendClient.Call call = begun(server);
        assertThat(call.tryDrain(BOUND)).isTrue();
        left.countDown();
        return call.reply().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private boolean drainsInTheMiddleOf(String part) throws Exception {
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(part);
            peer.awaitClose();
        })) {
            OkHttpCall call = (OkHttpCall) client.newCall(Calls.to(server.url(), GatewayRequest.get("/x")));
            call.start(threads);
            Awaitility.await().until(() -> call.contentLength() >= 0);
            boolean drains = call.tryDrain(BOUND);
            call.cancel();
            return drains;
        }
    }
}
