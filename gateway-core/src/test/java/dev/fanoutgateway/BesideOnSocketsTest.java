package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Combiners;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.ComparisonRecord;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.ShadowRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Collections, shadows and comparisons with real servers, one of which may hang or send without end. */
class BesideOnSocketsTest implements GatewayObserver {
    private static final Sample EVERY = Sample.of(request -> true).limit(Limit.perSecond(10_000));

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<ShadowRecord> copies = new CopyOnWriteArrayList<>();
    private final List<ComparisonRecord> comparisons = new CopyOnWriteArrayList<>();
    private final List<DevMessage> messages = new CopyOnWriteArrayList<>();
    private final List<AttemptOutcome> attempts = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Override
    public void onShadow(ShadowRecord copy) {
        copies.add(copy);
    }

    @Override
    public void onComparison(ComparisonRecord comparison) {
        comparisons.add(comparison);
    }

    @Override
    public void onMessage(DevMessage message) {
        messages.add(message);
    }

    @Override
    public void onAttempt(AttemptOutcome outcome) {
        attempts.add(outcome);
    }

    private String server(String content, AtomicInteger served) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        ExecutorService threads = Executors.newCachedThreadPool(Threads.daemons("replica-"));
        server.setExecutor(threads);
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            served.incrementAndGet();
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        opened.add(threads::shutdownNow);
        opened.add(() -> server.stop(0));
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A server that takes connections, and never answers. */
    private String hanging() throws Exception {
        ServerSocket socket = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        opened.add(socket);
        return "http://127.0.0.1:" + socket.getLocalPort();
    }

    private FanoutGateway gateway(Route.Builder route, BackendGroup... groups) {
        GatewayBuilder builder = Gateway.builder()
                .pluginTimeout(Duration.ofSeconds(30))
                .observer(this)
                .notifier(message -> CompletableFuture.completedFuture(null));
        for (BackendGroup group : groups) {
            builder.backends(group);
        }
        FanoutGateway gateway =
                builder.route(route.cache(CachePolicy.off()).build()).build();
        opened.add(gateway);
        return gateway;
    }

    private static GatewayResponse ask(FanoutGateway gateway, String target) throws Exception {
        return gateway.handle(GatewayRequest.get(target)).get(20, TimeUnit.SECONDS);
    }

    @Test
    void aQuorumIsCollectedBesideAHungReplica() throws Exception {
        AtomicInteger served = new AtomicInteger();
        FanoutGateway gateway = gateway(
                Route.path("/**").strategy(FanoutStrategy.collect(2, Combiners.jsonMerge())),
                BackendGroup.of("default", hanging(), server("{\"a\": 1}", served), server("{\"b\": [2.50]}", served)));
        for (int i = 0; i < 50; i++) {
            assertThat(ask(gateway, "/" + i).body().utf8()).isEqualTo("{\"a\":1,\"b\":[2.50]}");
        }
        assertThat(served).hasValue(100);
        assertThat(attempts).hasSize(150);
        assertThat(messages).isEmpty();
    }

    @Test
    void neitherAHungNorADeadShadowIsFelt() throws Exception {
        AtomicInteger served = new AtomicInteger();
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String dead = "http://127.0.0.1:" + gone.getLocalPort();
            gone.close();
            for (String next : List.of(hanging(), dead)) {
                copies.clear();
                FanoutGateway gateway = gateway(
                        Route.path("/**")
                                .shadow(Shadow.to("next", EVERY.maxInFlight(4)).timeout(Duration.ofSeconds(60))),
                        BackendGroup.of("default", server("{}", served)),
                        BackendGroup.of("next", next));
                for (int i = 0; i < 200; i++) {
                    assertThat(ask(gateway, "/" + i).status()).isEqualTo(200);
                }
                Awaitility.await().until(() -> copies.size() >= 190);
            }
        }
        assertThat(served).hasValue(400);
        assertThat(attempts).hasSize(400);
        assertThat(messages).isEmpty();
    }

    @Test
    void aShadowsLongAnswerIsCut() throws Exception {
        AtomicInteger served = new AtomicInteger();
        FanoutGateway gateway = gateway(
                Route.path("/**").shadow(Shadow.to("next", EVERY)),
                BackendGroup.of("default", server("{}", served)),
                BackendGroup.of("next", server("x".repeat(3 << 20), served)));
        ask(gateway, "/x");
        Awaitility.await().until(() -> !copies.isEmpty());
        assertThat(copies.get(0).attempt().orElseThrow().detail()).contains("longer than 1048576 bytes");
    }

    @Test
    void replicasAreComparedAndADriftingOneIsNamed() throws Exception {
        AtomicInteger served = new AtomicInteger();
        String drifting = server("{\"price\": 2, \"id\": 7}", served);
        FanoutGateway gateway = gateway(
                Route.path("/**")
                        .strategy(FanoutStrategy.single())
                        .compare(DivergenceCheck.of(EVERY).ignoring("/id").confirmAfter(Duration.ofMillis(20))),
                BackendGroup.of(
                        "default",
                        server("{\"price\": 1, \"id\": 5}", served),
                        server("{\"id\": 6, \"price\": 1.0}", served),
                        drifting));
        ask(gateway, "/x");
        Awaitility.await().until(() -> !messages.isEmpty());
        assertThat(messages.get(0).details()).last().isEqualTo(drifting + " differ at /price");
        assertThat(comparisons).hasSize(1);
        assertThat(served).as("the request, the comparison, and the second one").hasValue(1 + 3 + 3);
        assertThat(attempts).hasSize(1);
    }
}
