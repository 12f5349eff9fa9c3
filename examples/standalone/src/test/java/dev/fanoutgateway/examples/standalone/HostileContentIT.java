package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica whose content is made to hurt, before one that is well; all in a heap much smaller than that content. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HostileContentIT {
    private static final byte[] START = "{\"a\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\",\"status\":true}".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BLOCK = block();
    private static final int MEBIBYTE_OF_BLOCKS = (1 << 20) / BLOCK.length;
    private static final byte[] BOMB = bomb();
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger streaming = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer hostile;
    private RawBackend well;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        hostile = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        hostile.setExecutor(threads);
        hostile.createContext("/bomb", exchange -> answer(exchange, "gzip", BOMB));
        hostile.createContext("/field", exchange -> stream(exchange, 100));
        hostile.createContext("/endless", exchange -> stream(exchange, Integer.MAX_VALUE));
        hostile.createContext("/html", exchange -> answer(exchange, "", bytes("<html>it works</html>")));
        hostile.createContext("/unknown-coding", exchange -> answer(exchange, "xz", bytes("{\"status\":true}")));
        hostile.createContext("/cut-json", exchange -> answer(exchange, "", bytes("{\"status\":tru")));
        hostile.createContext("/moved", this::redirect);
        hostile.createContext("/trickle", this::trickle);
        hostile.start();
        well = RawBackend.healthy("well");
        jar = Jar.serving(directory, "-Xmx64m", "max-request-body: 64KiB", """
                backends: {two: {urls: ["http://127.0.0.1:%d", "%s"], eject: null}}
                routes:
                  - {path: /any/**, methods: [GET], backends: two, auth: none, strategy: failover, accept: any}
                  - path: /**
                    backends: two
                    auth: none
                    strategy: failover
                    extra-load: 100%%
                    accept: json:status
                    attempt-timeout: 3s
                    cache: {ttl: 1h}
                """.formatted(
                        hostile.getAddress().getPort(), well.url()));
    }

    @AfterEach
    void stop() {
        jar.close();
        well.close();
        hostile.stop(0);
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/bomb", "/field", "/endless", "/html", "/unknown-coding", "/cut-json", "/moved", "/trickle"})
    void itIsRejectedAndTheOtherReplicaAnswers(String path) throws Exception {
        HttpResponse<String> answer = jar.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"from\": \"well\"");
        assertThat(asked).hasValue(1);

        assertThat(jar.get(path).body()).as("stored is what was answered").contains("\"from\": \"well\"");
        assertThat(asked).hasValue(1);
        assertThat(jar.get("/other").body()).contains("\"from\": \"well\"");
        await("cut off").atMost(SOON).until(() -> streaming.get() == 0);
        assertThat(jar.isAlive()).isTrue();
    }

    @Test
    void aRedirectIsPassedOnAndNotFollowed() throws Exception {
        hostile.createContext("/any", this::redirect);
        HttpResponse<String> answer = jar.get("/any/thing");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).contains(well.url() + "/stolen");
        assertThat(well.requests()).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] block() {
        byte[] block = new byte[64 << 10];
        Arrays.fill(block, (byte) 'x');
        return block;
    }

    /** Some hundred mebibytes in a thousandth of that. */
    private static byte[] bomb() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes, BLOCK.length)) {
            out.write(START);
            for (int i = 0; i < 256 * MEBIBYTE_OF_BLOCKS; i++) {
                out.write(BLOCK);
            }
            out.write(END);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange, String coding, byte[] content) throws IOException {
        asked.incrementAndGet();
        if (!coding.isEmpty()) {
            exchange.getResponseHeaders().set("Content-Encoding", coding);
        }
        exchange.getResponseHeaders().set("Cache-Control", "max-age=3600");
        exchange.sendResponseHeaders(200, content.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(content);
        }
    }

    /** One member of so many mebibytes. */
    private void stream(HttpExchange exchange, int mebibytes) throws IOException {
        asked.incrementAndGet();
        streaming.incrementAndGet();
        try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write(START);
            for (long i = 0; i < (long) mebibytes * MEBIBYTE_OF_BLOCKS; i++) {
                out.write(BLOCK);
            }
            out.write(END);
        } finally {
            streaming.decrementAndGet();
        }
    }

    private void redirect(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        exchange.getResponseHeaders().set("Location", well.url() + "/stolen");
        exchange.sendResponseHeaders(302, -1);
        exchange.close();
    }

    /** A byte at a time, for as long as somebody listens: each comes in time, the whole never does. */
    private void trickle(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        streaming.incrementAndGet();
        try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            while (true) {
                out.write(' ');
                out.flush();
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } finally {
            streaming.decrementAndGet();
        }
    }
}
