package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Identical misses, many at once, before a cache that is elsewhere. */
@Timeout(120)
class CoalescingOnRedisTest {
    private static final int CALLERS = 500;

    @Test
    void fiveHundredMissesAreOneCallToEachBackend() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        HttpServer one = backend(calls);
        HttpServer two = backend(calls);
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(
                        RedisStore.builder().timeout(Duration.ofSeconds(20)).connect(redis.uri()));
                FanoutGateway gateway = Gateway.builder()
                        .backends(url(one), url(two))
                        .cache(store.responseCache())
                        .pluginTimeout(Duration.ofSeconds(30))
                        .route(Route.path("/**")
                                .strategy(FanoutStrategy.parallel())
                                .build())
                        .build()) {
            CyclicBarrier together = new CyclicBarrier(CALLERS);
            List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(CompletableFuture.supplyAsync(
                        () -> {
                            awaitAll(together);
                            return gateway.handle(GatewayRequest.get("/prices")).join();
                        },
                        callers));
            }
            for (CompletableFuture<GatewayResponse> answer : answers) {
                assertThat(answer.join().status()).isEqualTo(200);
                assertThat(answer.join().body().utf8()).isEqualTo("prices");
            }
            assertThat(calls).hasValue(2);
        } finally {
            callers.shutdownNow();
            one.stop(0);
            two.stop(0);
        }
    }

    private static HttpServer backend(AtomicInteger calls) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            byte[] body = "prices".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void awaitAll(CyclicBarrier together) {
        try {
            together.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
