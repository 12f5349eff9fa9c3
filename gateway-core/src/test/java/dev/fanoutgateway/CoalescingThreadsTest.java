package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Flights on real threads, with a latch wherever one must wait for another. */
@Timeout(60)
class CoalescingThreadsTest {
    private static final int MANY = 500;

    private final Stand stand = new Stand();
    private final HandBackends backends = new HandBackends();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final FanoutGateway gateway;

    CoalescingThreadsTest() {
        stand.builder.client(backends).executor(threads);
        gateway = stand.gateway();
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private List<CompletableFuture<GatewayResponse>> askOnManyThreads() throws InterruptedException {
        Queue<CompletableFuture<GatewayResponse>> answers = new ConcurrentLinkedQueue<>();
        CountDownLatch asked = new CountDownLatch(MANY);
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < MANY; i++) {
            threads.execute(() -> {
                try {
                    start.await();
                    answers.add(gateway.handle(GatewayRequest.get("/a")));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                asked.countDown();
            });
        }
        start.countDown();
        assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
        return new ArrayList<>(answers);
    }

    private static void awaitAll(List<CompletableFuture<GatewayResponse>> answers) throws Exception {
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }

    @Test
    void manyIdenticalMissesAreOneFlight() throws Exception {
        var answers = askOnManyThreads();
        assertThat(answers).hasSize(MANY).noneMatch(CompletableFuture::isDone);
        assertThat(backends.started).hasValue(3);
        backends.answerAll(HandBackends.ok("prices"));
        awaitAll(answers);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().body().utf8()).isEqualTo("prices"));
        assertThat(backends.started).hasValue(3);
        assertThat(stand.outcomes())
                .hasSize(MANY)
                .containsOnlyOnce(Outcome.FORWARDED)
                .containsOnly(Outcome.FORWARDED, Outcome.COLLAPSED);
    }

    @Test
    void twoFailuresAreAFailureForAll() throws Exception {
        var answers = askOnManyThreads();
        failThree();
        await().until(() -> backends.started.get() == 6); // the followers once more, together
        failThree();
        awaitAll(answers);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(404));
        assertThat(backends.started).hasValue(6);
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN, Type.BACKENDS_DOWN);
        assertThat(stand.records).hasSize(MANY);
    }

    private void failThree() {
        for (int i = 0; i < 3; i++) {
            await().until(() -> !backends.calls.isEmpty());
            Objects.requireNonNull(backends.calls.poll()).answer(Reply.failed(Failure.BROKEN, true, "cut"));
        }
    }

    @Test
    void oneThatBlocksInItsContinuationDelaysNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<GatewayResponse>> free = new ArrayList<>();
        List<CompletableFuture<Void>> blocked = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/a"));
            if (i % 10 == 0) { // the leader, and a follower
                blocked.add(answer.thenAccept(response -> awaitUninterrupted(release)));
            } else {
                free.add(answer);
            }
        }
        threads.execute(() -> backends.answerAll(HandBackends.ok("prices")));
        awaitAll(free);
        assertThat(blocked).hasSize(2).noneMatch(CompletableFuture::isDone);
        release.countDown();
        CompletableFuture.allOf(blocked.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
    }

    @Test
    void aLeaderThatBlocksInItsFirstAttemptIsFollowedAllTheSame() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Stand blocking = new Stand();
        BlockingBackend client = new BlockingBackend(started, answer);
        blocking.builder.client(client).executor(threads).backends("http://a");
        FanoutGateway own = blocking.gateway();
        GatewayRequest request = GatewayRequest.get("/a");
        Route route = own.routeFor("GET", "/a").orElseThrow();
        CompletableFuture<Thread> ranOn = new CompletableFuture<>();
        CompletableFuture<GatewayResponse> leader = new CompletableFuture<>();
        threads.execute(() -> {
            ranOn.complete(Thread.currentThread());
            own.handle(route, request, new Passing(own.executor(), Runnable::run))
                    .thenAccept(leader::complete);
        });
        assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(client.thread).isSameAs(ranOn.join());
        CompletableFuture<GatewayResponse> follower =
                own.handle(route, request, new Passing(own.executor(), Runnable::run));
        assertThat(follower).isNotDone();
        answer.countDown();
        assertThat(leader.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(follower.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(client.calls).hasValue(1);
    }

    @Test
    void aFullExecutorCostsNobodyTheAnswer() {
        Stand full = new Stand();
        full.builder.client(backends).executor(task -> {
            throw new RejectedExecutionException("full");
        });
        CompletableFuture<GatewayResponse> leader = full.ask("/b");
        CompletableFuture<GatewayResponse> follower = full.ask("/b");
        backends.answerAll(HandBackends.ok("prices"));
        assertThat(Stand.now(leader).status()).isEqualTo(200);
        assertThat(Stand.now(follower).status()).isEqualTo(200);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
