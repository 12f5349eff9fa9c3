package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** However many clients send or read slowly: a backend has places for others. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SlowTransfersIT {
    private static final int PLACES = 8;
    private static final String CHUNKED = "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String LENGTH = "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";

    @TempDir
    Path directory;

    private final List<Socket> clients = new ArrayList<>();
    private Uploads backend;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        backend = new Uploads();
        jar = Jar.serving(
                directory, "-Xmx256m", "min-data-rate: 0B, max-request-body: 10MiB, idle-timeout: 2m", """
                backends: {one: {urls: [%s], max-concurrent: %d}}
                routes: [{path: /**, methods: [GET, POST], backends: one, cache: off, auth: none, on-failure: by-cause}]
                """.formatted(
                                backend.url(), PLACES));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        jar.close();
        backend.close();
    }

    @Test
    void whoTricklesTheBeginningOfAnUploadIsNotEvenSeenByABackend() throws Exception {
        for (int i = 0; i < 10 * PLACES; i++) {
            send(i % 2 == 0 ? CHUNKED + "1\r\nx\r\n" : LENGTH + "x");
        }
        assertOthersAreServed();
        for (Socket client : clients) {
            client.getOutputStream().write("1\r\ny\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertOthersAreServed();
        assertThat(backend.uploads()).isZero();
    }

    @Test
    void uploadsThatStopOnTheirWayHoldHalfOfThePlacesAtMost() throws Exception {
        String beginning = "x".repeat(70_000);
        for (int i = 0; i < 2 * PLACES; i++) {
            send(i % 2 == 0 ? CHUNKED + "11170\r\n" + beginning + "\r\n" : LENGTH + beginning);
        }
        await().until(() -> backend.uploads() == PLACES / 2);
        assertOthersAreServed();
        assertThat(backend.uploads()).isEqualTo(PLACES / 2);

        for (Socket client : clients) {
            client.close();
        }
        await().until(() -> backend.uploads() == 0);
        assertThat(post(beginning.repeat(2)).statusCode()).isEqualTo(200);
    }

    @Test
    void slowReadersHoldHalfOfThePlacesAtMost() throws Exception {
        int streaming = 0;
        for (int i = 0; i < 2 * PLACES; i++) {
            String status = statusLine(send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"));
            streaming += status.contains(" 200 ") ? 1 : 0;
            assertThat(status).matches("HTTP/1.1 (200|503) .*");
        }
        assertThat(streaming).isEqualTo(PLACES / 2);
        assertOthersAreServed();

        for (Socket client : clients) {
            client.close();
        }
        await().until(() ->
                statusLine(send("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")).contains(" 200 "));
    }

    private void assertOthersAreServed() throws Exception {
        for (int i = 0; i < 3 * PLACES; i++) {
            assertThat(jar.get("/short").statusCode()).isEqualTo(200);
            assertThat(post("short").statusCode()).isEqualTo(200);
        }
    }

    private HttpResponse<String> post(String content) throws Exception {
        HttpRequest.Builder request = jar.request("/up").POST(BodyPublishers.ofString(content));
        return jar.send(request);
    }

    private Socket send(String text) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), jar.port()));
        client.setSoTimeout(60_000);
        clients.add(client);
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return client;
    }

    private static String statusLine(Socket client) throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = client.getInputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }

    /** Reads what it is sent to the end, and counts those that send much meanwhile. */
    private static final class Uploads implements AutoCloseable {
        private static final int MUCH = 65_536;

        private final HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 500);
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final AtomicInteger underWay = new AtomicInteger();

        Uploads() throws IOException {
            server.setExecutor(threads);
            server.createContext("/", exchange -> answer(exchange, "ok"));
            server.createContext("/up", this::read);
            server.createContext("/endless", Uploads::stream);
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        int uploads() {
            return underWay.get();
        }

        private void read(HttpExchange exchange) throws IOException {
            String length = exchange.getRequestHeaders().getFirst("Content-Length");
            int much = length == null || Integer.parseInt(length) > MUCH ? 1 : 0;
            underWay.addAndGet(much);
            try {
                exchange.getRequestBody().readAllBytes();
            } finally {
                underWay.addAndGet(-much);
            }
            answer(exchange, "read");
        }

        private static void stream(HttpExchange exchange) throws IOException {
            exchange.sendResponseHeaders(200, 0);
            byte[] block = new byte[MUCH];
            while (true) { // until the gateway leaves
                exchange.getResponseBody().write(block);
            }
        }

        private static void answer(HttpExchange exchange, String text) throws IOException {
            exchange.sendResponseHeaders(200, text.length());
            exchange.getResponseBody().write(text.getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        }

        @Override
        public void close() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
