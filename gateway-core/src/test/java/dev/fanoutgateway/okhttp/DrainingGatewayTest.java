package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.GatewayObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas on real sockets, of which the second always loses: what becomes of its connection, and of its room for one. */
class DrainingGatewayTest implements GatewayObserver {
    private static final int ROUNDS = 10;

    private final Semaphore firstMayAnswer = new Semaphore(0);
    private final Semaphore secondMayAnswer = new Semaphore(0);
    private final CountDownLatch secondCut = new CountDownLatch(1);
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private RawServer first;
    private RawServer second;

    @BeforeEach
    void start() throws Exception {
        first = new RawServer(peer -> serve(peer, firstMayAnswer, "first"));
        second = new RawServer(peer -> serve(peer, secondMayAnswer, "second"));
    }

    @AfterEach
    void stop() throws Exception {
        first.close();
        second.close();
        threads.shutdownNow();
    }

    private static void serve(RawServer.Peer peer, Semaphore mayAnswer, String answer) throws Exception {
        while (peer.request() != null) {
            mayAnswer.acquire();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer);
        }
    }

    private FanoutGateway gateway(int maxConcurrent, Duration drainTime, String... others) {
        List<String> urls = new ArrayList<>(List.of(first.url(), second.url()));
        urls.addAll(List.of(others));
        return Gateway.builder()
                .backends(
                        BackendGroup.of("default", urls.toArray(String[]::new)).maxConcurrent(maxConcurrent))
                .route(Route.path("/**").cache(CachePolicy.off()).build())
                .drainTime(drainTime)
                .observer(this)
                .executor(this::execute)
                .build();
    }

    private void execute(Runnable task) {
        busy.incrementAndGet();
        threads.execute(() -> {
            try {
                task.run();
            } finally {
                busy.decrementAndGet();
            }
        });
    }

    @Override
    public void onAttempt(AttemptOutcome outcome) {
        if (outcome.detail().equals(AttemptOutcome.NO_ROOM)) {
            refused.incrementAndGet();
        }
    }

    /** Asks both, and has the first one win. */
    private void firstWins(FanoutGateway gateway) throws Exception {
        int asked = second.requests().size();
        CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/x"));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> second.requests().size() > asked || refused.get() > 0);
        firstMayAnswer.release();
        assertThat(answer.get(20, TimeUnit.SECONDS).body().utf8()).isEqualTo("first");
        assertThat(refused).hasValue(0);
    }

    @Test
    void aLoserThatDrainsKeepsItsOneConnection() throws Exception {
        try (FanoutGateway gateway = gateway(2, Duration.ofSeconds(10))) {
            for (int round = 0; round < ROUNDS; round++) {
                firstWins(gateway);
                assertThat(busy).as("it drains").hasPositiveValue();
                secondMayAnswer.release();
                Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> busy.get() == 0);
            }
            assertThat(second.requests()).hasSize(ROUNDS);
            assertThat(second.connections()).isEqualTo(1);
        }
    }

    @Test
    void aLoserThatDrainsGivesWayToTheNextRequest() throws Exception {
        try (FanoutGateway gateway = gateway(1, Duration.ofSeconds(10))) {
            for (int round = 0; round < ROUNDS; round++) {
                firstWins(gateway);
            }
            assertThat(second.requests()).hasSize(ROUNDS);
            assertThat(second.connections()).isEqualTo(ROUNDS);
        }
    }

    @Test
    void noRequestIsLostWhileLosersFillTheRoom() throws Exception {
        first.close();
        second.close();
        first = new RawServer(peer -> {
            for (String request = peer.request(); request != null; request = peer.request()) {
                if (request.startsWith("GET /x ")) {
                    firstMayAnswer.acquire();
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
                } else {
                    peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");
                }
            }
        });
        second = slowForX();
        try (RawServer third = slowForX();
                FanoutGateway gateway = gateway(1, Duration.ofSeconds(10), third.url())) {
            for (int round = 0; round < ROUNDS; round++) {
                int asked = third.requests().size();
                CompletableFuture<GatewayResponse> won = gateway.handle(GatewayRequest.get("/x"));
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> third.requests().size() > asked || refused.get() > 0);
                firstMayAnswer.release();
                assertThat(won.get(20, TimeUnit.SECONDS).body().utf8()).isEqualTo("first");

                GatewayResponse next = gateway.handle(GatewayRequest.get("/y")).get(20, TimeUnit.SECONDS);
                assertThat(next.status())
                        .as("the first is busy, the others are well")
                        .isEqualTo(200);
                assertThat(next.body().utf8()).isEqualTo("ok");
            }
        }
    }

    /** Takes for ever to answer one request, and answers all others at once. */
    private static RawServer slowForX() throws Exception {
        return new RawServer(peer -> {
            for (String request = peer.request(); request != null; request = peer.request()) {
                if (request.startsWith("GET /x ")) {
                    peer.awaitClose();
                    return;
                }
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });
    }

    @Test
    void withoutDrainingEachCostsAConnection() throws Exception {
        try (FanoutGateway gateway = gateway(1, Duration.ZERO)) {
            for (int round = 0; round < ROUNDS; round++) {
                firstWins(gateway);
            }
            assertThat(second.connections()).isEqualTo(ROUNDS);
        }
    }

    @Test
    void closingTheGatewayCutsWhatDrains() throws Exception {
        second.close();
        second = new RawServer(peer -> {
            peer.request();
            peer.awaitClose();
            secondCut.countDown();
        });
        try (FanoutGateway gateway = gateway(1, Duration.ofSeconds(10))) {
            firstWins(gateway);
        }
        assertThat(secondCut.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
