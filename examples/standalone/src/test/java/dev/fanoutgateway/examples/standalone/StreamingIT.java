package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Long content in both directions through the jar, in a heap that is much smaller than it. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StreamingIT {
    private static final long GIBIBYTE = 1L << 30;
    private static final int BLOCK = 64 << 10;

    /** A cut takes milliseconds; a machine that has much else to do may take longer. */
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Origin origin;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        origin = new Origin();
        jar = Jar.serving(
                directory, "-Xmx128m", "max-request-body: 2GiB, min-data-rate: 0B, idle-timeout: 5m", """
                backends: {one: {urls: [%s], max-concurrent: 2000}}
                routes:
                  - {path: /cached/**, backends: one, auth: none, cache: {ttl: 1h}}
                  - {path: /**, methods: [GET, POST], backends: one, auth: none, cache: off}
                """.formatted(
                                origin.url()));
    }

    @AfterEach
    void stop() throws IOException {
        jar.close();
        origin.close();
    }

    @Test
    void aGibibyteComesDown() throws Exception {
        try (Socket client = connect()) {
            request(client, "GET /bytes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            InputStream in = client.getInputStream();
            assertThat(head(in)).startsWith("HTTP/1.1 200").contains("Content-Length: " + GIBIBYTE);
            assertThat(checksum(in)).isEqualTo(checksumOfAll());
        }
    }

    @Test
    void soItDoesWhereWhatIsShorterWouldBeStored() throws Exception {
        try (Socket client = connect()) {
            request(client, "GET /cached/bytes HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            InputStream in = client.getInputStream();
            assertThat(head(in)).startsWith("HTTP/1.1 200").doesNotContain("stored");
            assertThat(checksum(in)).isEqualTo(checksumOfAll());
        }
    }

    @Test
    void aGibibyteGoesUp() throws Exception {
        try (Socket client = connect()) {
            request(
                    client,
                    "POST /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: " + GIBIBYTE + "\r\n\r\n");
            write(client.getOutputStream());
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n" + checksumOfAll());
        }
    }

    @Test
    void aThousandSlowReadersKeepNobodyElseWaitingAndLeaveNothing() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                Socket client = connect();
                slow.add(client);
                request(client, "GET /bytes HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            for (Socket client : slow) {
                assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 200");
            }
            assertThat(origin.streaming).hasSize(1000);
            assertThat(jar.get("/short").body()).isEqualTo("ok");
        } finally {
            for (Socket client : slow) {
                client.close();
            }
        }
        await().atMost(SOON).until(origin.streaming::isEmpty);
        assertThat(jar.get("/short").body()).isEqualTo("ok");
    }

    @Test
    void anEventComesBeforeTheNextAndWhoLeavesIsNoticed() throws Exception {
        try (Socket client = connect()) {
            request(client, "GET /cached/events HTTP/1.1\r\nHost: a\r\n\r\n");
            InputStream in = client.getInputStream();
            assertThat(head(in)).contains("text/event-stream");
            assertThat(until(in, "data: 1\n\n")).endsWith("data: 1\n\n");
            assertThat(origin.streaming).hasSize(1);
        }
        await().atMost(SOON).until(origin.streaming::isEmpty); // though there is nothing to write to the client
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), jar.port());
        client.setSoTimeout(60_000);
        return client;
    }

    private static void request(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String head(InputStream in) throws IOException {
        return until(in, "\r\n\r\n");
    }

    private static String until(InputStream in, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            text.append((char) next);
        }
        return text.toString();
    }

    /** Block {@code index} of the content: no two that follow each other are the same. */
    private static byte[] block(byte[] block, long index) {
        for (int i = 0; i < BLOCK; i += 1024) {
            block[i] = (byte) index;
            block[i + 1] = (byte) (index >> 8);
        }
        return block;
    }

    private static void write(OutputStream out) throws IOException {
        byte[] block = new byte[BLOCK];
        for (long i = 0; i < GIBIBYTE / BLOCK; i++) {
            out.write(block(block, i));
        }
        out.flush();
    }

    private static String checksum(InputStream in) throws IOException {
        return checksum(in, Long.MAX_VALUE);
    }

    private static String checksum(InputStream in, long most) throws IOException {
        CRC32 sum = new CRC32();
        byte[] some = new byte[BLOCK];
        long left = most;
        for (int n = in.read(some); n >= 0; n = in.read(some, 0, (int) Math.min(some.length, left))) {
            sum.update(some, 0, n);
            left -= n;
            if (left == 0) {
                break;
            }
        }
        return Long.toHexString(sum.getValue());
    }

    private static String checksumOfAll() {
        CRC32 sum = new CRC32();
        byte[] block = new byte[BLOCK];
        for (long i = 0; i < GIBIBYTE / BLOCK; i++) {
            sum.update(block(block, i));
        }
        return Long.toHexString(sum.getValue());
    }

    /** A replica that has a gibibyte, takes one, and tells events. */
    private static final class Origin implements AutoCloseable {
        final Set<Socket> streaming = ConcurrentHashMap.newKeySet();
        private final ServerSocket server = new ServerSocket(0, 2000, InetAddress.getLoopbackAddress());

        Origin() throws IOException {
            Thread acceptor = new Thread(this::accept, "origin");
            acceptor.setDaemon(true);
            acceptor.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket connection = server.accept();
                    Thread thread = new Thread(() -> serve(connection), "origin connection");
                    thread.setDaemon(true);
                    thread.start();
                }
            } catch (IOException closed) {
                return;
            }
        }

        private void serve(Socket connection) {
            try (connection) {
                InputStream in = connection.getInputStream();
                OutputStream out = connection.getOutputStream();
                for (String request = head(in); request.endsWith("\r\n\r\n"); request = head(in)) {
                    answer(request, connection, in, out);
                }
            } catch (IOException gone) {
                // the gateway cut the attempt off
            } finally {
                streaming.remove(connection);
            }
        }

        private void answer(String request, Socket connection, InputStream in, OutputStream out) throws IOException {
            String path = request.split(" ")[1];
            if (path.endsWith("/bytes")) {
                streaming.add(connection);
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + GIBIBYTE + "\r\n\r\n");
                write(out);
                streaming.remove(connection);
            } else if (path.endsWith("/events")) {
                streaming.add(connection);
                send(out, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
                send(out, "9\r\ndata: 1\n\n\r\n");
                in.read(); // until the gateway leaves
                throw new IOException("left");
            } else if (path.endsWith("/up")) {
                String sum = checksum(in, GIBIBYTE);
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + sum.length() + "\r\n\r\n" + sum);
            } else {
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        }

        private static void send(OutputStream out, String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        @Override
        public void close() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
