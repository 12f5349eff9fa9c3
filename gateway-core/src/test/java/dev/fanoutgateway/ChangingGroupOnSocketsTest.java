package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import dev.fanoutgateway.spi.BackendSource.Listing;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas begin, join, leave, drain and end under load over real connections, again and again: no request is lost. */
class ChangingGroupOnSocketsTest implements GatewayObserver {
    private static final int CLIENTS = 6;
    private static final int CHANGES = 60;

    private final List<Server> group = new CopyOnWriteArrayList<>();
    private final List<Server> everybody = new ArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final List<DevMessage> messages = new CopyOnWriteArrayList<>();
    private final AtomicBoolean running = new AtomicBoolean(true);
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicIntegerArray answeredTo = new AtomicIntegerArray(CLIENTS);
    private final AtomicInteger listings = new AtomicInteger();
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);

    /** Each address once, so that one that is back is none of those before it. */
    private final BackendSource source = name -> {
        listings.incrementAndGet();
        return CompletableFuture.completedFuture(new Listing(
                group.stream().map(server -> Backend.of(name, server.url())).toList(), Duration.ofMillis(10)));
    };

    @AfterEach
    void end() {
        running.set(false);
        clients.shutdownNow();
        everybody.forEach(Server::stop);
    }

    @ParameterizedTest
    @ValueSource(strings = {"single", "failover", "parallel", "hedged", "checked"})
    void noRequestIsLostWhileReplicasComeAndGo(String how) throws Exception {
        join();
        join();
        BackendGroup replicas = BackendGroup.of("default", source).selector(Selectors.fastest());
        SplittableRandom random = new SplittableRandom(7);
        try (FanoutGateway gateway = Gateway.builder()
                .backends(how.equals("checked") ? replicas.health(Health.path("/health")) : replicas)
                .route(Route.path("/**")
                        .strategy(strategy(how))
                        .cache(CachePolicy.off())
                        .build())
                .observer(this)
                .build()) {
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.execute(() -> load(gateway, client));
            }
            for (int i = 0; i < CHANGES; i++) {
                if (group.size() < 2 || (group.size() < 5 && random.nextBoolean())) {
                    join();
                } else {
                    leave(random.nextInt(group.size()));
                }
                int enough = answered.get() + 5;
                until(() -> answered.get() >= enough);
            }
            running.set(false);
            clients.shutdown();
            assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(wrong).isEmpty();
        assertThat(messages).isEmpty();
        assertThat(answered.get()).isGreaterThan(5 * CHANGES);
    }

    private static FanoutStrategy strategy(String how) {
        return switch (how) {
            case "single" -> FanoutStrategy.single();
            case "parallel" -> FanoutStrategy.parallel();
            case "hedged" -> FanoutStrategy.hedged(Duration.ofMillis(1));
            default -> FanoutStrategy.failover();
        };
    }

    private void load(FanoutGateway gateway, int client) {
        try {
            while (running.get()) {
                int status = gateway.handle(GatewayRequest.get("/x"))
                        .get(60, TimeUnit.SECONDS)
                        .status();
                if (status != 200) {
                    wrong.add("status " + status);
                }
                answered.incrementAndGet();
                answeredTo.incrementAndGet(client);
            }
        } catch (Exception e) {
            wrong.add(e.toString());
        }
    }

    private void join() throws IOException {
        Server server = new Server();
        everybody.add(server);
        group.add(server);
    }

    /** As it should be done: out of the list, then the end of what is under way is awaited, then the server stops. */
    private void leave(int index) {
        Server server = group.remove(index);
        int noticed = listings.get() + 2;
        until(() -> listings.get() >= noticed);
        for (int client = 0; client < CLIENTS; client++) { // whatever began before has ended
            int of = client;
            int ended = answeredTo.get(of) + 1;
            until(() -> answeredTo.get(of) >= ended);
        }
        until(() -> server.inside.get() == 0);
        server.stop();
    }

    private static void until(BooleanSupplier condition) {
        await().atMost(60, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(2)).until(condition::getAsBoolean);
    }

    @Override
    public void onMessage(DevMessage message) {
        messages.add(message);
    }

    private static final class Server {
        final AtomicInteger inside = new AtomicInteger();
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);

        Server() throws IOException {
            server.setExecutor(threads);
            server.createContext("/", exchange -> {
                inside.incrementAndGet();
                try {
                    exchange.sendResponseHeaders(200, 2);
                    exchange.getResponseBody().write(new byte[] {'o', 'k'});
                    exchange.close();
                } finally {
                    inside.decrementAndGet();
                }
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        void stop() {
            server.stop(0);
            threads.shutdownNow();
        }
    }
}
