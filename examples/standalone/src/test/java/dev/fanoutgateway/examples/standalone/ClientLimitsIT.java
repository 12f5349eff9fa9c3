package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients may hold of the jar, and for how long, over plain sockets. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClientLimitsIT {
    private static final String GET = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int NEVER_MILLIS = 60_000;

    @TempDir
    Path directory;

    private final CountDownLatch released = new CountDownLatch(1);
    private RawBackend backend;

    @BeforeEach
    void start() throws Exception {
        backend = new RawBackend(request -> {
            String target = request.split(" ")[1];
            if (target.equals("/waits")) {
                released.await();
            }
            return target.equals("/endless")
                    ? "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + "0123456789abcdef".repeat(4 << 20)
                    : RawBackend.json(200, "{\"target\": \"" + target + "\"}");
        });
    }

    @AfterEach
    void stop() {
        released.countDown();
        backend.close();
    }

    private Jar serving(String server) throws Exception {
        return Jar.serving(directory, "-Xmx256m", server, """
                backends: {one: {urls: [%s]}}
                routes: [{path: /**, methods: [GET, POST], backends: one, cache: off, auth: none}]
                """.formatted(backend.url()));
    }

    @Test
    void aHeadThatIsNotWholeInTimeIsCutHoweverOftenAByteComes() throws Exception {
        try (Jar jar = serving("head-timeout: 300ms");
                Socket client = connect(jar)) {
            send(client, "GET /a HTTP/1.1\r\nHost: a\r\nX-Long: ");
            await().until(() -> isCutAfter(client, "x"));

            assertServes(jar);
            endsQuietly(jar);
        }
    }

    @Test
    void soAreEmptyLinesBeforeAHeadAndTheSecondHeadOfAConnection() throws Exception {
        try (Jar jar = serving("head-timeout: 300ms");
                Socket empty = connect(jar);
                Socket second = connect(jar)) {
            send(second, GET);
            assertThat(answer(second)).startsWith("HTTP/1.1 200");
            send(second, "GET /a HTTP/1.1\r\n");

            await().until(() -> isCutAfter(empty, "\r\n"));
            await().until(() -> isCutAfter(second, "X-Name: value\r\n"));
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void soAreHandshakesAndHeadsWithinTls() throws Exception {
        Certificates certificates = new Certificates(directory);
        certificates.write("own", certificates.issue("own", "127.0.0.1"));
        try (Jar jar = serving("head-timeout: 1s, tls: {certificate: own.pem, key: own.key}");
                Socket handshake = connect(jar);
                Socket plain = connect(jar);
                Socket within =
                        certificates.context().getSocketFactory().createSocket(plain, "127.0.0.1", jar.port(), true)) {
            ((SSLSocket) within).startHandshake();
            send(within, GET);
            assertThat(answer(within)).startsWith("HTTP/1.1 200");
            send(within, "GET /a HTTP/1.1\r\nX-Long: ");
            send(handshake, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003");

            await().until(() -> isCutAfter(handshake, "x"));
            await().until(() -> isCutAfter(within, "x"));
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void aHeadThatTakesLessAndConnectionsThatWaitBetweenRequestsAreServed() throws Exception {
        try (Jar jar = serving("head-timeout: 20s");
                Socket client = connect(jar)) {
            for (int i = 0; i < 3; i++) {
                for (String piece : GET.split("(?<=\r)")) {
                    send(client, piece);
                }
                assertThat(answer(client)).startsWith("HTTP/1.1 200");
            }
        }
        try (Jar jar = serving("head-timeout: 1s");
                Socket idle = connect(jar);
                Socket waiting = connect(jar)) {
            send(waiting, "GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
            send(idle, GET);
            assertThat(answer(idle)).startsWith("HTTP/1.1 200");
            servesFor(jar, Duration.ofSeconds(3)); // longer than any head may take
            send(idle, GET);
            assertThat(answer(idle)).startsWith("HTTP/1.1 200");
            released.countDown();
            assertThat(answer(waiting)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void contentThatComesTooSlowlyIsRefusedWhetherItIsGatheredOrPassed() throws Exception {
        try (Jar jar = serving("min-data-rate: 64KiB, min-data-rate-over: 500ms, max-request-body: 1GiB");
                Socket small = connect(jar);
                Socket large = connect(jar);
                Socket get = connect(jar)) {
            send(small, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
            send(large, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 600000000\r\n\r\n");
            send(get, "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
            for (Socket slow : List.of(small, large, get)) {
                await().until(() -> isCutAfter(slow, "x"));
            }
            assertServes(jar);
            assertThat(backend.received()).doesNotContain("GET /a HTTP/1.1\r\nContent-Length");
            assertThat(jar.terminate().exitStatus()).isZero();
        }
    }

    @Test
    void aSlowBackendIsNotTheClientsFault() throws Exception {
        try (Jar jar = serving("min-data-rate: 1GiB, min-data-rate-over: 50ms, idle-timeout: 1s");
                Socket client = connect(jar)) {
            send(client, "POST /waits HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nsome");
            await().until(() -> !backend.requests().isEmpty());
            servesFor(jar, Duration.ofSeconds(3));
            released.countDown();
            assertThat(answer(client)).startsWith("HTTP/1.1 200").contains("/waits");
        }
    }

    @Test
    void whoTakesAnAnswerTooSlowlyIsCutAndItsBackendIsFree() throws Exception {
        try (Jar jar = serving("min-data-rate: 64KiB, min-data-rate-over: 500ms");
                Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), jar.port()));
            send(slow, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");

            await().atMost(40, TimeUnit.SECONDS)
                    .until(() -> jar.err().contains("outcome=ABANDONED")
                            || jar.err().contains("the client is gone before it had its answer"));
            assertServes(jar);
        }
    }

    @Test
    void aSilentConnectionIsClosed() throws Exception {
        try (Jar jar = serving("idle-timeout: 200ms");
                Socket fresh = connect(jar);
                Socket used = connect(jar);
                Socket half = connect(jar)) {
            send(used, GET);
            assertThat(answer(used)).startsWith("HTTP/1.1 200");
            send(half, "GET /a HT");

            for (Socket silent : List.of(fresh, used, half)) {
                assertThat(silent.getInputStream().readAllBytes().length).isLessThan(1000); // and it ends
            }
        }
    }

    @Test
    void moreConnectionsThanMayBeWaitAndTheIdleMakeRoom() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (Jar jar = serving("max-connections: 20, idle-timeout: 1h")) {
            for (int i = 0; i < 60; i++) {
                Socket client = connect(jar);
                sockets.add(client);
                send(client, GET);
            }
            List<CompletableFuture<String>> answers = sockets.stream()
                    .map(client -> CompletableFuture.supplyAsync(() -> answerOrEnd(client)))
                    .toList();
            for (CompletableFuture<String> answer : answers) {
                assertThat(answer.get(90, TimeUnit.SECONDS)).startsWith("HTTP/1.1 200");
            }
            assertThat(backend.requests()).hasSize(60);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Who finds that queue full tries again after a second, in which it looks as if there was nobody. */
    @Test
    void clientsThatComeAtOnceWaitToBeAcceptedThoughNobodyAcceptsYet() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (Jar jar = serving("idle-timeout: 1h")) {
            signal("-STOP", jar);
            try {
                for (int i = 0; i < 100; i++) { // twice as many as Java lets wait, and fewer than any system does
                    Socket client = new Socket();
                    sockets.add(client);
                    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), jar.port()), NEVER_MILLIS);
                    send(client, GET);
                }
            } finally {
                signal("-CONT", jar);
            }
            for (Socket client : sockets) {
                assertThat(answerOrEnd(client)).startsWith("HTTP/1.1 200");
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    private static void signal(String signal, Jar jar) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(jar.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** An eighth of the memory is for content that is gathered, 32 MiB here; it is free again when its clients are gone. */
    @Test
    void contentThatIsNeverWholeTakesNoMoreMemoryThanItMay() throws Exception {
        String head = "GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
        List<Socket> sockets = new ArrayList<>();
        try (Jar jar = serving("min-data-rate: 0B, idle-timeout: 1h")) {
            for (int i = 0; i < 600; i++) {
                Socket client = connect(jar);
                sockets.add(client);
                send(client, head);
            }
            assertServes(jar);
            for (Socket client : sockets.subList(0, 60)) {
                try {
                    send(client, "a".repeat(900_000));
                } catch (IOException refused) {
                    continue;
                }
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> jar.err().contains("outcome=OVERLOADED"));
            assertServes(jar);
            for (Socket client : sockets) {
                client.close();
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                try (Socket client = connect(jar)) {
                    send(client, head + "a".repeat(1_000_000));
                    return answerOrEnd(client).startsWith("HTTP/1.1 200");
                } catch (IOException refused) {
                    return false;
                }
            });
            assertThat(jar.err()).doesNotContain("OutOfMemory");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void headsAndTargetsThatAreTooLongAreRefused() throws Exception {
        try (Jar jar = serving("max-head: 2KiB, max-url: 1KiB")) {
            assertThat(jar.get("/" + "a".repeat(1023)).statusCode()).isEqualTo(200);
            assertThat(jar.get("/" + "a".repeat(1024)).statusCode()).isEqualTo(414);
            assertThat(jar.get("/a?" + "a".repeat(1024)).statusCode()).isEqualTo(414);
            assertThat(jar.get("/" + "a".repeat(4096)).statusCode()).isEqualTo(414);
            HttpResponse<String> refused = jar.get("/a", "X-Long", "a".repeat(4096));
            assertThat(refused.statusCode()).isEqualTo(431);
            assertThat(refused.body()).startsWith("{\"status\": false, \"message\": ");
            assertThat(jar.get("/a", "X-Long", "a".repeat(1024)).statusCode()).isEqualTo(200);
            assertThat(backend.requests()).hasSize(2);
            endsQuietly(jar);
        }
    }

    private static void assertServes(Jar jar) throws Exception {
        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
    }

    private static void servesFor(Jar jar, Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            assertServes(jar);
        }
    }

    private static void endsQuietly(Jar jar) {
        assertThat(jar.terminate().exitStatus()).isZero();
        assertThat(jar.err()).doesNotContain("\tat ").doesNotContain("ERROR");
    }

    private static Socket connect(Jar jar) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), jar.port());
        client.setSoTimeout(NEVER_MILLIS);
        client.setTcpNoDelay(true);
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Sends it, and looks whether the connection has ended by now; an answer before that end is an error of the client. */
    private static boolean isCutAfter(Socket client, String text) throws IOException {
        try {
            send(client, text);
            client.setSoTimeout(20);
            int first = client.getInputStream().read();
            assertThat(first < 0 || "HTTP/1.1 4".charAt(0) == first).isTrue();
            if (first >= 0) {
                client.setSoTimeout(NEVER_MILLIS);
                String rest = answer(client);
                assertThat(rest).matches("(?s)TTP/1.1 4\\d\\d .*");
                assertThat(client.getInputStream().read()).isNegative();
            }
            return true;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    private static String answerOrEnd(Socket client) {
        try {
            return answer(client);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** One answer, whose content ends with its first brace. */
    private static String answer(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            text.append((char) next);
            if (next == '}') {
                break;
            }
        }
        return text.toString();
    }
}
