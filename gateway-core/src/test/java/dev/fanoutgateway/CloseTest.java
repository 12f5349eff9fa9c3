package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("looks at the threads of the whole process")
class CloseTest {
    private static List<String> gatewayThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("fanout-gateway"))
                .toList();
    }

    private static void assertNoThreadsLeft() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> gatewayThreads().isEmpty());
    }

    @Test
    void closingEndsEveryThreadAndTwiceIsFine() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        try {
            FanoutGateway gateway = Gateway.builder()
                    .backends("http://127.0.0.1:" + server.getAddress().getPort(), "http://127.0.0.1:1")
                    .build();
            GatewayResponse response = gateway.handle(GatewayRequest.get("/a")).get(30, TimeUnit.SECONDS);
            assertThat(response.status()).isEqualTo(200);
            gateway.close();
            gateway.close();
            assertNoThreadsLeft();
            assertThat(gateway.handle(GatewayRequest.get("/b"))
                            .get(30, TimeUnit.SECONDS)
                            .status())
                    .isEqualTo(404);
            assertThat(gateway.handle(GatewayRequest.get("/a"))
                            .get(30, TimeUnit.SECONDS)
                            .status())
                    .isEqualTo(200); // from the cache
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aGatewayThatWasNeverUsedClosesToo() {
        Gateway.builder().backends("http://127.0.0.1:1").build().close();
        assertNoThreadsLeft();
    }

    @Test
    void aFailingBuildLeavesNoThread(@TempDir Path folder) {
        assertThatThrownBy(() -> Gateway.builder()
                        .backends("http://127.0.0.1:1")
                        .keysFile(folder.resolve("none"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
        assertNoThreadsLeft();
    }

    @Test
    void whatTheHostHandedInStaysOpen() {
        Stand stand = new Stand().all(Script.ok("prices"));
        boolean[] closed = new boolean[1];
        stand.builder.client(new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                return stand.backends.newCall(request);
            }

            @Override
            public void close() {
                closed[0] = true;
            }
        });
        stand.answer("/a");
        stand.gateway().close();
        assertThat(closed[0]).isFalse();
        assertThat(stand.answer("/b").status()).isEqualTo(200);
    }

    @Test
    void messagesThatWaitAreDeliveredOnClosing() {
        Stand stand = new Stand().all(Script.answers(500, "broken"));
        for (int i = 0; i < 10; i++) {
            stand.answer("/a");
        }
        stand.gateway().close();
        assertThat(stand.delivered.stream()
                        .mapToLong(message -> message.count())
                        .sum())
                .isEqualTo(10);
        assertThat(stand.clock.pending()).isLessThanOrEqualTo(1);
    }

    @Test
    void aRequestUnderWayEndsWhenTheGatewayIsClosed() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            FanoutGateway gateway = Gateway.builder()
                    .backends("http://127.0.0.1:" + silent.getLocalPort())
                    .build();
            CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/a"));
            silent.accept();
            gateway.close();
            assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(404);
        }
        assertNoThreadsLeft();
    }

    @Test
    void aRequestThatAPlugInKeepsWaitingEndsWhenTheGatewayIsClosed() {
        Stand stand = new Stand().all(Script.ok("prices"));
        stand.builder.authenticator(credential -> new CompletableFuture<>());
        CompletableFuture<GatewayResponse> asked = stand.ask(Stand.keyed("/a", "some-key"));
        assertThat(asked).isNotDone();
        stand.gateway().close();
        assertThat(Stand.now(asked).status()).isEqualTo(503);
        assertThat(stand.answer(Stand.keyed("/b", "some-key")).status()).isEqualTo(503);
        assertThat(stand.messages).isEmpty();
        assertThat(stand.clock.pending()).isZero();
    }

    @Test
    void aRequestThatALimiterAndACacheKeepWaitingEndsToo() {
        Stand stand = new Stand().all(Script.ok("prices"));
        CountingLimiter limiter = new CountingLimiter();
        limiter.manual = true;
        stand.builder
                .rateLimiter(limiter)
                .onLimiterFailure(StoreFailurePolicy.CLOSED)
                .cache(new SlowCache())
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic");
        CompletableFuture<GatewayResponse> asked = stand.ask(Stand.keyed("/a", "some-key"));
        assertThat(asked).isNotDone();
        stand.gateway().close();
        assertThat(Stand.now(asked).status()).isEqualTo(503);
        limiter.waiting.forEach(decision -> decision.complete(limiter.admission()));
        assertThat(limiter.settlements()).containsExactly(List.of(RateLimiter.Settlement.REFUND));
    }
}
