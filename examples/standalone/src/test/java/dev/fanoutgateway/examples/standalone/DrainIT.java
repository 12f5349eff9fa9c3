package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How the jar ends while clients keep their connections. It may take five minutes, and needs far less. */
class DrainIT {
    private static final int TRIES = 10;

    @TempDir
    Path directory;

    private Jar serving(RawBackend backend) throws IOException {
        return serving(backend.url());
    }

    private Jar serving(String backend) throws IOException {
        return Jar.serving(
                directory,
                "-Xmx256m",
                "drain: 5m, http2: true",
                "backends: {a: {urls: [%s]}}\nroutes: [{path: /**, methods: [GET, PUT], cache: off, accept: any}]\n"
                        .formatted(backend));
    }

    private static RawBackend slowAt(CountDownLatch release) throws IOException {
        return new RawBackend(request -> {
            if (request.startsWith("GET /slow ")) {
                release.await();
            }
            return RawBackend.json(200, "{\"from\": \"a\"}");
        });
    }

    /** Java's own client gives up all it has asked for when an HTTP/2 server says that it will end. */
    private static OkHttpClient client(Protocol protocol) {
        return new OkHttpClient.Builder()
                .protocols(List.of(protocol))
                .readTimeout(Duration.ofMinutes(1))
                .build();
    }

    private static int status(OkHttpClient client, Jar jar, String target) {
        Request request = new Request.Builder().url(jar.url() + target).build();
        try (Response answer = client.newCall(request).execute()) {
            assertThat(answer.protocol()).isEqualTo(client.protocols().get(0));
            return answer.code();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "H2_PRIOR_KNOWLEDGE"})
    void whatIsInFlightMayBeSilentForAsLongAsItTakes(Protocol protocol) throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        OkHttpClient client = client(protocol);
        try (RawBackend backend = slowAt(release);
                Jar jar = serving(backend)) {
            assertThat(status(client, jar, "/quick")).isEqualTo(200);
            CompletableFuture<Integer> inFlight =
                    CompletableFuture.supplyAsync(() -> status(client, jar, "/slow"), thread());
            await().until(() -> backend.requests().size() == 2);

            jar.terminate();
            await().atMost(Duration.ofSeconds(30)).until(() -> !accepts(jar));
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(30)).until(() -> !inFlight.isDone());
            release.countDown();

            assertThat(inFlight.get()).isEqualTo(200);
            assertThat(jar.exitStatus()).isZero();
        }
    }

    /** Its head has gone out long ago. */
    @Test
    void soMayAnAnswerBeInItsMiddle() throws Exception {
        String event = "data: 0\n\n";
        try (ServerSocket backend = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Jar jar = serving("http://127.0.0.1:" + backend.getLocalPort());
                RawClient client = new RawClient(jar).send(RawClient.get("/events"))) {
            try (Socket connection = backend.accept()) {
                OutputStream out = connection.getOutputStream();
                out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 18\r\n\r\n" + event)
                        .getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(client.receive(event)).startsWith("HTTP/1.1 200 ");

                jar.terminate();
                await().atMost(Duration.ofSeconds(30)).until(() -> !accepts(jar));
                client.staysOpenFor(Duration.ofSeconds(3));
                out.write(event.getBytes(StandardCharsets.US_ASCII));
                out.flush();
                assertThat(client.receive(event)).isEqualTo(event);
            }
            assertThat(jar.exitStatus()).isZero();
        }
    }

    @Test
    void aConnectionThatHasContinuedHoldsNothingUp() throws Exception {
        try (RawBackend backend = RawBackend.healthy("a");
                Jar jar = serving(backend.url());
                RawClient client = new RawClient(jar)) {
            client.send("PUT /quick HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.receive()).startsWith("HTTP/1.1 100 ");
            assertThat(client.send("abc").receive()).startsWith("HTTP/1.1 200 ");
            assertThat(jar.terminate().exitStatus()).isZero();
        }
    }

    private static Executor thread() {
        return task -> {
            Thread thread = new Thread(task, "client");
            thread.setDaemon(true);
            thread.start();
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP_1_1", "H2_PRIOR_KNOWLEDGE"})
    void connectionsWithoutARequestHoldNothingUp(Protocol protocol) throws Exception {
        OkHttpClient client = client(protocol);
        try (RawBackend backend = RawBackend.healthy("a");
                Jar jar = serving(backend)) {
            assertThat(status(client, jar, "/quick")).isEqualTo(200);
            assertThat(jar.terminate().exitStatus()).isZero();
        }
    }

    /** A second is left to clients that send just now: on a machine that takes longer over it the connection is closed. */
    @Test
    void whatComesOnAnOldConnectionIsServedAsItsLast() throws Exception {
        String answer = "";
        for (int i = 0; i < TRIES && answer.isEmpty(); i++) {
            answer = onAnOldConnectionWhileDraining();
        }
        assertThat(answer).startsWith("HTTP/1.1 200 ").containsIgnoringCase("\r\nconnection: close\r\n");
    }

    private String onAnOldConnectionWhileDraining() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawBackend backend = slowAt(release);
                Jar jar = serving(backend);
                RawClient busy = new RawClient(jar);
                RawClient kept = new RawClient(jar)) {
            assertThat(kept.send(RawClient.get("/quick")).receive()).startsWith("HTTP/1.1 200 ");
            busy.send(RawClient.get("/slow"));
            await().until(() -> backend.requests().size() == 2);
            jar.terminate();
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> jar.err().contains("draining"));
            String answer;
            try {
                answer = kept.send(RawClient.get("/quick")).receive();
            } catch (IOException closed) {
                answer = "";
            }
            release.countDown();
            assertThat(busy.receive()).startsWith("HTTP/1.1 200 ");
            assertThat(jar.exitStatus()).isZero();
            return answer;
        }
    }

    private static boolean accepts(Jar jar) {
        try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), jar.port())) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
