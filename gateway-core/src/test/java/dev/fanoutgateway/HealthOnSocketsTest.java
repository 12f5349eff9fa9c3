package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One of three real replicas killed, hung or answering 503: every request has its answer, and soon at no cost. */
class HealthOnSocketsTest implements GatewayObserver {
    private final List<DevMessage> messages = new CopyOnWriteArrayList<>();
    private final List<AttemptOutcome> attempts = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"failover", "hedged", "parallel"})
    void aKilledReplicaIsNotFeltAndComesBack(String strategy) throws Exception {
        Replica first = new Replica(0);
        FanoutGateway gateway = gateway(
                group(first.url(), new Replica(0).url(), new Replica(0).url())
                        .eject(Ejection.standard().pause(Duration.ofMillis(50))),
                strategy(strategy));
        assertAllAnswered(gateway, 20);
        first.kill();
        assertAllAnswered(gateway, 200);
        assertThat(types()).startsWith(Type.BACKEND_EJECTED);

        Replica again = new Replica(first.port);

        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> {
            assertAllAnswered(gateway, 5);
            return again.served.get() > 3;
        });
        assertThat(types()).allMatch(type -> type == Type.BACKEND_EJECTED || type == Type.RECOVERED);
    }

    @Test
    void aReplicaThatAnswers503IsLeftAlone() throws Exception {
        Replica busy = new Replica(0);
        busy.status = 503;
        FanoutGateway gateway = gateway(
                group(busy.url(), new Replica(0).url(), new Replica(0).url())
                        .eject(Ejection.standard().pause(Duration.ofMinutes(5))),
                FanoutStrategy.failover());

        assertAllAnswered(gateway, 300);

        assertThat(busy.served.get()).isEqualTo(5);
        assertThat(types()).containsExactly(Type.BACKEND_EJECTED);
    }

    @Test
    void aHungReplicaIsLeftAlone() throws Exception {
        Hung hung = new Hung();
        FanoutGateway gateway = gateway(
                group(hung.url(), new Replica(0).url(), new Replica(0).url())
                        .eject(Ejection.standard().pause(Duration.ofMinutes(5))),
                FanoutStrategy.failover());

        assertAllAnswered(gateway, 100);

        assertThat(attempts)
                .filteredOn(attempt -> attempt.result() == AttemptOutcome.Result.TIMED_OUT)
                .hasSize(5);
        assertThat(types()).containsExactly(Type.BACKEND_EJECTED);
    }

    @Test
    void aHungGroupCostsOtherRoutesNothing() throws Exception {
        Hung hung = new Hung();
        Replica healthy = new Replica(0);
        FanoutGateway gateway = opened(Gateway.builder()
                .backends(BackendGroup.of("hung", hung.url()).maxConcurrent(20))
                .backends(BackendGroup.of("healthy", healthy.url()).maxConcurrent(20))
                .route(Route.path("/hung/**")
                        .backends("hung")
                        .cache(CachePolicy.off())
                        .build())
                .route(Route.path("/**")
                        .backends("healthy")
                        .cache(CachePolicy.off())
                        .build())
                .observer(this)
                .build());
        List<CompletableFuture<GatewayResponse>> stuck = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            stuck.add(gateway.handle(GatewayRequest.get("/hung/" + i)));
        }
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> hung.connections.get() == 20);
        for (int i = 0; i < 50; i++) {
            GatewayResponse refused =
                    gateway.handle(GatewayRequest.get("/hung/more/" + i)).get(20, TimeUnit.SECONDS);
            assertThat(refused.status()).isEqualTo(404);
        }
        assertThat(attempts).hasSize(50).allMatch(attempt -> attempt.detail().equals(AttemptOutcome.NO_ROOM));
        assertAllAnswered(gateway, 100);
        assertThat(stuck).noneMatch(CompletableFuture::isDone);
        assertThat(hung.connections.get()).isEqualTo(20);
        stuck.forEach(each -> each.cancel(true));
    }

    @Test
    void healthChecksKeepRequestsFromASickReplica() throws Exception {
        Replica sick = new Replica(0);
        Replica well = new Replica(0);
        FanoutGateway gateway = gateway(
                group(sick.url(), well.url())
                        .health(Health.path("/health")
                                .every(Duration.ofMillis(100))
                                .thresholds(2, 2)),
                FanoutStrategy.failover());
        assertAllAnswered(gateway, 5);
        assertThat(sick.served.get()).isEqualTo(5);

        sick.healthStatus = 503;
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> types().contains(Type.BACKEND_EJECTED));
        assertAllAnswered(gateway, 50);
        assertThat(sick.served.get()).isEqualTo(5);
        assertThat(well.served.get()).isEqualTo(50);

        sick.healthStatus = 200;
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> types().contains(Type.RECOVERED));
        assertAllAnswered(gateway, 5);
        assertThat(sick.served.get()).isEqualTo(10);
    }

    private void assertAllAnswered(FanoutGateway gateway, int requests) throws Exception {
        for (int i = 0; i < requests; i++) {
            GatewayResponse response =
                    gateway.handle(GatewayRequest.get("/" + i)).get(20, TimeUnit.SECONDS);
            assertThat(response.status()).as("request %d, %s", i, attempts).isEqualTo(200);
        }
    }

    private FanoutGateway gateway(BackendGroup group, FanoutStrategy strategy) {
        return opened(Gateway.builder()
                .backends(group)
                .route(Route.path("/**")
                        .backends(group.name())
                        .strategy(strategy)
                        .attemptTimeout(Duration.ofSeconds(3)) // or a busy machine makes well replicas look hung
                        .cache(CachePolicy.off())
                        .build())
                .observer(this)
                .build());
    }

    private static BackendGroup group(String... urls) {
        return BackendGroup.of("replicas", urls);
    }

    private static FanoutStrategy strategy(String name) {
        return switch (name) {
            case "hedged" -> FanoutStrategy.hedged(Duration.ofMillis(20));
            case "parallel" -> FanoutStrategy.parallel();
            default -> FanoutStrategy.failover();
        };
    }

    private List<Type> types() {
        return messages.stream().map(DevMessage::type).toList();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void onMessage(DevMessage message) {
        messages.add(message);
    }

    @Override
    public void onAttempt(AttemptOutcome outcome) {
        attempts.add(outcome);
    }

    /** A replica on the JDK's own HTTP server. */
    private final class Replica {
        final AtomicInteger served = new AtomicInteger();
        final int port;
        volatile int status = 200;
        volatile int healthStatus = 200;
        private final HttpServer server;
        private final ExecutorService threads = Executors.newCachedThreadPool();

        /** @param port where to listen; 0 for anywhere */
        Replica(int port) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                boolean check = exchange.getRequestURI().getPath().equals("/health");
                served.addAndGet(check ? 0 : 1);
                exchange.sendResponseHeaders(check ? healthStatus : status, -1);
                exchange.close();
            });
            server.start();
            this.port = server.getAddress().getPort();
            opened(this::kill);
        }

        String url() {
            return "http://127.0.0.1:" + port;
        }

        void kill() {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** A replica that accepts connections and says nothing. */
    private final class Hung {
        final AtomicInteger connections = new AtomicInteger();
        private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        private final List<Socket> held = new CopyOnWriteArrayList<>();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        Hung() throws IOException {
            thread.execute(() -> {
                try {
                    while (true) {
                        held.add(socket.accept());
                        connections.incrementAndGet();
                    }
                } catch (IOException closed) {
                    return; // the test is over
                }
            });
            opened(this::close);
        }

        String url() {
            return "http://127.0.0.1:" + socket.getLocalPort();
        }

        private void close() {
            try {
                socket.close();
                for (Socket each : held) {
                    each.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            thread.shutdownNow();
        }
    }
}
