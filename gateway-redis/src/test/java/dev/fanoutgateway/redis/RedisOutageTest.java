package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Redis down, hung, killed and back: every decision is there in time, and all is well again by itself. */
@Timeout(60)
class RedisOutageTest {
    private static final Request REQUEST = new Request("caller", List.of(Limit.perHour(1_000_000)), null, 1);
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    /** Far above the timeout of 100 ms, since machines may be busy, and far below what Lettuce would wait by itself. */
    private static final long IN_TIME_MILLIS = 10_000;

    @Test
    void startsWhileRedisIsDownAndConnectsWhenItIsThere() {
        try (RedisProcess redis = new RedisProcess()) {
            long begun = System.nanoTime();
            try (RedisStore store = RedisStore.connect(redis.uri())) {
                assertThat(millisSince(begun)).isLessThan(PATIENCE.toMillis());
                Outcome down = decide(limiter(store));
                assertThat(down.failure).contains("127.0.0.1:" + redis.port()).contains("not connected");
                assertThat(down.millis).isLessThan(IN_TIME_MILLIS);
                assertThat(store.toString()).endsWith("(not connected)");

                redis.start();
                await().atMost(PATIENCE)
                        .until(() -> decide(limiter(store)).failure.isEmpty());
                assertThat(store).hasToString("Redis at 127.0.0.1:" + redis.port());
            }
        }
    }

    @Test
    void whileRedisHangsDecisionsFailInTimeAndSoonAtOnce() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()))) {
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.isEmpty());
            redis.hang();
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                outcomes.add(decide(limiter(store)));
            }
            assertThat(outcomes).allMatch(outcome -> outcome.failure.contains("Redis at"));
            assertThat(outcomes).allMatch(outcome -> outcome.millis < IN_TIME_MILLIS);
            assertThat(outcomes.stream().filter(outcome -> outcome.failure.contains("Timeout")))
                    .hasSize(Breaker.TOLERATED);
            assertThat(outcomes.subList(Breaker.TOLERATED, outcomes.size()))
                    .allMatch(outcome ->
                            outcome.failure.contains("had no answer") || outcome.failure.contains("not connected"));

            redis.resume();
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.isEmpty());
        }
    }

    @Test
    void aRedisThatHangsForLongIsConnectedToAnew() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()))) {
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.isEmpty());
            redis.hang();
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.contains("not connected"));
            redis.resume();
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.isEmpty());
        }
    }

    @Test
    void killedAndRestartedUnderLoadEveryDecisionIsInTimeAndNoneIsLost() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()))) {
            AtomicBoolean over = new AtomicBoolean();
            List<Future<List<Outcome>>> loads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                loads.add(threads.submit(() -> load(limiter(store), over)));
            }
            for (int round = 0; round < 2; round++) {
                await().atMost(PATIENCE)
                        .until(() -> decide(limiter(store)).failure.isEmpty());
                redis.kill();
                await().atMost(PATIENCE)
                        .until(() -> !decide(limiter(store)).failure.isEmpty());
                redis.start();
            }
            await().atMost(PATIENCE).until(() -> decide(limiter(store)).failure.isEmpty());
            over.set(true);
            for (Future<List<Outcome>> load : loads) {
                assertThat(load.get()).isNotEmpty().allMatch(outcome -> outcome.millis < IN_TIME_MILLIS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aRefundIsTriedAgainAndStillDoneOnce() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()))) {
            RateLimiter limiter = limiter(store);
            Request request = new Request("caller", List.of(), Quota.perMonth(100), 10);
            RateLimiterContract.await(limiter.tryAcquire(request));
            refund(limiter, RateLimiterContract.await(limiter.tryAcquire(request)))
                    .join(); // Redis knows the script now
            Decision decision = RateLimiterContract.await(limiter.tryAcquire(request));
            redis.hang();
            CompletableFuture<?> refunded = refund(limiter, decision);
            await().atMost(PATIENCE).until(() -> !decide(limiter).failure.isEmpty());
            redis.resume();
            refunded.join();
            Request free = new Request("caller", List.of(), Quota.perMonth(100), 0);
            await().atMost(PATIENCE).until(() -> decide(limiter).failure.isEmpty());
            assertThat(RateLimiterContract.await(limiter.tryAcquire(free))
                            .states()
                            .get(0)
                            .remaining())
                    .isEqualTo(90);
        }
    }

    @Test
    void aClosedStoreFailsAtOnce() {
        try (RedisProcess redis = new RedisProcess().start()) {
            RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()));
            store.close();
            assertThat(decide(limiter(store)).failure).contains("closed");
            store.close();
        }
    }

    RateLimiter limiter(RedisStore store) {
        return store.rateLimiter();
    }

    private static List<Outcome> load(RateLimiter limiter, AtomicBoolean over) {
        List<Outcome> outcomes = new ArrayList<>();
        while (!over.get()) {
            outcomes.add(decide(limiter));
        }
        return outcomes;
    }

    private static CompletableFuture<?> refund(RateLimiter limiter, Decision decision) {
        return limiter.settle(Objects.requireNonNull(decision.lease()), RateLimiter.Settlement.REFUND)
                .toCompletableFuture();
    }

    private static Outcome decide(RateLimiter limiter) {
        long begun = System.nanoTime();
        try {
            RateLimiterContract.await(limiter.tryAcquire(REQUEST));
            return new Outcome("", millisSince(begun));
        } catch (CompletionException e) {
            return new Outcome(String.valueOf(e.getCause().getMessage()), millisSince(begun));
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private record Outcome(String failure, long millis) {}
}
