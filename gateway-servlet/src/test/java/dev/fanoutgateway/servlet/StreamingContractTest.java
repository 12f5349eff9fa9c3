package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that pass through while they come, from a backend that says exactly when. */
class StreamingContractTest extends FilterContract {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
    private static final byte[] BLOCK = "0123456789abcdef".repeat(4096).getBytes(StandardCharsets.ISO_8859_1);
    private static final int BLOCKS = 512; // 32 MiB in all

    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);
    private ServerSocket origin;

    @AfterEach
    void closeOrigin() throws IOException {
        origin.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEventArrivesBeforeTheNextIsSent(boolean blocking) throws Exception {
        serve(blocking, peer -> {
            peer.send(CHUNKED + "Content-Type: text/event-stream\r\n\r\n");
            go.await();
            peer.send("9\r\ndata: 1\n\n\r\n");
            left.await();
            peer.send("9\r\ndata: 2\n\n\r\n0\r\n\r\n");
        });
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /api/events HTTP/1.1", "Host: a");
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200").contains("text/event-stream");
            go.countDown();
            assertThat(raw.readUntil("data: 1\n\n")).contains("data: 1");
            left.countDown();
            assertThat(raw.readUntil("0\r\n\r\n")).contains("data: 2\n\n");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLongAnswerArrivesWhole(boolean blocking) throws Exception {
        serve(blocking, peer -> {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + (long) BLOCK.length * BLOCKS + "\r\n\r\n");
            for (int i = 0; i < BLOCKS; i++) {
                peer.socket.getOutputStream().write(BLOCK);
            }
        });
        HttpResponse<InputStream> answer = client.send(request("/api/long").build(), BodyHandlers.ofInputStream());
        assertThat(answer.headers().firstValue("Content-Length")).contains(Long.toString((long) BLOCK.length * BLOCKS));
        try (InputStream in = answer.body()) {
            byte[] block = new byte[BLOCK.length];
            for (int i = 0; i < BLOCKS; i++) {
                assertThat(in.readNBytes(block, 0, block.length)).isEqualTo(block.length);
                assertThat(Arrays.equals(block, BLOCK)).isTrue();
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatReadsNothingStopsTheBackend(boolean blocking) throws Exception {
        long[] sent = new long[1];
        serve(blocking, peer -> {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            try {
                while (true) {
                    peer.socket.getOutputStream().write(BLOCK);
                    sent[0] += BLOCK.length;
                }
            } finally {
                left.countDown();
            }
        });
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /api/endless HTTP/1.1", "Host: a");
            raw.readUntil("\r\n\r\n");
        }
        assertThat(left.await(30, TimeUnit.SECONDS))
                .as("the client is gone, and so is the call")
                .isTrue();
        assertThat(sent[0]).as("what the sockets' buffers hold").isLessThan(100L << 20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anAnswerThatBreaksOffIsCutOff(boolean blocking) throws Exception {
        serve(blocking, peer -> {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\npart");
            go.await();
            peer.socket.close();
        });
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /api/part HTTP/1.1", "Host: a", "Connection: close");
            go.countDown();
            // Before its beginning was sent there may be an error in its place; a part is never taken for the whole.
            String answer = raw.readToEnd();
            assertThat(answer)
                    .satisfiesAnyOf(
                            cut -> assertThat(cut).contains("Content-Length: 100000"),
                            error -> assertThat(error).startsWith("HTTP/1.1 502"),
                            reset -> assertThat(reset).endsWith("[reset]"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theFieldsAfterItArrive(boolean blocking) throws Exception {
        serve(blocking, peer -> peer.send(CHUNKED + "\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /api/sum HTTP/1.1", "Host: a", "TE: trailers", "Connection: TE");
            assertThat(raw.readUntil("\r\n0\r\n").toLowerCase(java.util.Locale.ROOT))
                    .contains("ok");
            assertThat(raw.readUntil("\r\n\r\n").toLowerCase(java.util.Locale.ROOT))
                    .contains("x-sum: 42");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theConnectionServesTheNextRequest(boolean blocking) throws Exception {
        serve(blocking, peer -> peer.send(CHUNKED + "\r\n2\r\nok\r\n0\r\n\r\n"));
        for (int i = 0; i < 3; i++) {
            assertThat(send(request("/api/short")).body()).isEqualTo("ok");
        }
    }

    private void serve(boolean blocking, Conversation conversation) throws Exception {
        origin = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(() -> accept(conversation));
        accepting.start();
        gateway = Gateway.builder()
                .backends("http://127.0.0.1:" + origin.getLocalPort())
                .route(Route.path("/api/**").cache(CachePolicy.off()).build())
                .build();
        start(new GatewayFilter(gateway).blocking(blocking));
    }

    private void accept(Conversation conversation) {
        while (!origin.isClosed()) {
            try (Socket socket = origin.accept()) {
                Peer peer = new Peer(socket);
                while (peer.request()) {
                    conversation.hold(peer);
                }
            } catch (Exception e) {
                continue; // the client has gone, or the test is over
            }
        }
    }

    private interface Conversation {
        void hold(Peer peer) throws Exception;
    }

    private record Peer(Socket socket) {
        /** Whether there is a request, without content. */
        boolean request() throws IOException {
            InputStream in = socket.getInputStream();
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int c = in.read();
                if (c < 0) {
                    return false;
                }
                head.append((char) c);
            }
            return true;
        }

        void send(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
