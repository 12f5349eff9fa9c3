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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
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
    }

    private static void serve(RawServer.Peer peer, Semaphore mayAnswer, String answer) throws Exception {
        while (peer.request() != null) {
            mayAnswer.acquire();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer);
        }
    }

    private FanoutGateway gateway(Duration drainTime) {
        return Gateway.builder()
                .backends(BackendGroup.of("default", first.url(), second.url()).maxConcurrent(1))
                .route(Route.path("/**").cache(CachePolicy.off()).build())
                .drainTime(drainTime)
                .observer(this)
                .build();
    }

    @Override
    public void onAttempt(AttemptOutcome outcome) {
        if (outcome.detail().equals(AttemptOutcome.NO_ROOM)) {
            refused.incrementAndGet();
        }
    }

    /** Asks both, if the second has room, and has the first one win. Whether the second was asked. */
    private boolean firstWins(FanoutGateway gateway) throws Exception {
        int asked = second.requests().size();
        int without = refused.get();
        CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/x"));
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .until(() -> second.requests().size() > asked || refused.get() > without);
        firstMayAnswer.release();
        assertThat(answer.get(20, TimeUnit.SECONDS).body().utf8()).isEqualTo("first");
        return second.requests().size() > asked;
    }

    @Test
    void aLoserThatDrainsKeepsItsOneConnectionAndTakesRoomUntilItIsOver() throws Exception {
        try (FanoutGateway gateway = gateway(Duration.ofSeconds(10))) {
            for (int round = 0; round < ROUNDS; round++) {
                while (!firstWins(gateway)) {
                    // it still takes the room there is
                }
                assertThat(firstWins(gateway)).as("while it drains").isFalse();
                secondMayAnswer.release();
            }
            assertThat(second.requests()).hasSize(ROUNDS);
            assertThat(second.connections()).isEqualTo(1);
        }
    }

    @Test
    void withoutDrainingEachCostsAConnection() throws Exception {
        try (FanoutGateway gateway = gateway(Duration.ZERO)) {
            for (int round = 0; round < ROUNDS; round++) {
                assertThat(firstWins(gateway)).isTrue();
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
        try (FanoutGateway gateway = gateway(Duration.ofSeconds(10))) {
            assertThat(firstWins(gateway)).isTrue();
        }
        assertThat(secondCut.await(20, TimeUnit.SECONDS)).isTrue();
    }
}
