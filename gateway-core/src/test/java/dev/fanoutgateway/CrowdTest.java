package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.testing.FakeClock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Five hundred who want the same at once, on real sockets: the origin answers when all of them have asked. */
class CrowdTest {
    private static final int CROWD = 500;

    /** As many as one backend may have at once. */
    private static final int AT_ONCE = 200;

    private final FakeClock clock = new FakeClock();
    private final AtomicInteger asked = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile CountDownLatch release = new CountDownLatch(0);
    private volatile String cacheControl = "max-age=60";
    private HttpServer origin;
    private FanoutGateway gateway;

    @BeforeEach
    void start() throws Exception {
        origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), CROWD);
        origin.setExecutor(threads);
        origin.createContext("/", exchange -> {
            asked.incrementAndGet();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseHeaders().set("Cache-Control", cacheControl);
            exchange.getResponseHeaders().set("ETag", "\"1\"");
            boolean known = "\"1\"".equals(exchange.getRequestHeaders().getFirst("If-None-Match"));
            byte[] body = "prices".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 304 : 200, known ? -1 : body.length);
            if (!known) {
                exchange.getResponseBody().write(body);
            }
            exchange.close();
        });
        origin.start();
        gateway = Gateway.builder()
                .backends("http://127.0.0.1:" + origin.getAddress().getPort())
                .route(Route.path("/**").strategy(FanoutStrategy.single()).build())
                .clock(clock)
                .build();
    }

    @AfterEach
    void stop() {
        gateway.close();
        origin.stop(0);
        threads.shutdownNow();
    }

    @Test
    void aColdKeyCostsOneCall() throws Exception {
        crowd();
        assertThat(asked).hasValue(1);
    }

    @Test
    void anExpiredKeyCostsOneCall() throws Exception {
        gateway.handle(GatewayRequest.get("/a")).get(30, TimeUnit.SECONDS);
        clock.advance(Duration.ofSeconds(61));
        crowd();
        assertThat(asked).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPurgedKeyCostsOneCall(boolean soft) throws Exception {
        gateway.handle(GatewayRequest.get("/a")).get(30, TimeUnit.SECONDS);
        clock.advance(Duration.ofSeconds(1));
        Purge purge = Purge.target("/a");
        gateway.purge(soft ? purge.softly() : purge).toCompletableFuture().get(30, TimeUnit.SECONDS);
        clock.advance(Duration.ofSeconds(1));
        crowd();
        assertThat(asked).hasValue(2);
    }

    /** The first crowd learns that nobody may share it; the next does not even wait for that. */
    @Test
    void anUncacheableKeyIsAskedForByAllAtOnce() throws Exception {
        cacheControl = "private";
        gateway.handle(GatewayRequest.get("/a")).get(30, TimeUnit.SECONDS);
        release = new CountDownLatch(1);
        List<CompletableFuture<GatewayResponse>> answers = ask(AT_ONCE);
        await().until(() -> asked.get() == AT_ONCE + 1); // while none has been answered
        release.countDown();
        for (CompletableFuture<GatewayResponse> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).body().utf8()).isEqualTo("prices");
        }
    }

    private void crowd() throws Exception {
        release = new CountDownLatch(1);
        List<CompletableFuture<GatewayResponse>> answers = ask(CROWD);
        release.countDown();
        for (CompletableFuture<GatewayResponse> answer : answers) {
            assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
            assertThat(answer.join().body().utf8()).isEqualTo("prices");
        }
    }

    private List<CompletableFuture<GatewayResponse>> ask(int many) {
        return Stream.generate(() -> gateway.handle(GatewayRequest.get("/a")))
                .limit(many)
                .toList();
    }
}
