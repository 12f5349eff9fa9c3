package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many races at once on real threads, where replies, timers, cancellations and launches meet at every moment. */
class RaceStressTest implements GatewayClock, BackendClient {
    private static final int RACES = 20_000;
    private static final int KINDS = 7;

    private final ExecutorService threads = Executors.newFixedThreadPool(6);
    private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(2);
    private final Set<StressCall> running = ConcurrentHashMap.newKeySet();
    private final LongAdder outcomes = new LongAdder();

    @AfterEach
    void stop() {
        threads.shutdownNow();
        timers.shutdownNow();
    }

    @Test
    void everyRaceEndsOnceAndLeavesNothingBehind() throws Exception {
        timers.setRemoveOnCancelPolicy(true);
        List<Backend> candidates = Arena.hosts("a", "b", "c", "d");
        Fanout fanout = new Fanout(this, this, threads, outcome -> outcomes.increment());
        GroupLoad group = new GroupLoad(candidates.size(), 1, this);
        List<RoutePace> paces = new ArrayList<>();
        for (int i = 0; i < KINDS; i++) {
            paces.add(RoutePace.of("/" + i, strategy(i + KINDS), 0.05 * i, group, this, step -> {}));
        }
        List<CompletableFuture<FanoutResult>> results = new ArrayList<>();
        AtomicInteger completions = new AtomicInteger();
        for (int i = 0; i < RACES; i++) {
            Fanout.Race race = fanout.start(new Fanout.Plan(
                    strategy(i),
                    candidates,
                    GatewayRequest.of(i % 11 == 0 ? "POST" : "GET", "/"),
                    Acceptors.successful(),
                    nanoTime() + TimeUnit.MICROSECONDS.toNanos(50 + i % 2_000),
                    TimeUnit.MICROSECONDS.toNanos(20 + i % 700),
                    1,
                    i % 3 == 0 ? Runnable::run : threads,
                    AttemptFields.standard(),
                    paces.get(i % KINDS),
                    null,
                    outcome -> {}));
            results.add(race.result());
            race.result().whenComplete((result, failure) -> completions.incrementAndGet());
            if (i % 5 == 0) {
                threads.execute(race::cancel);
            }
            if (i == RACES * 3 / 4) {
                threads.execute(fanout::close); // those that drain are cut, while others begin to
            }
        }

        long attempts = 0;
        for (CompletableFuture<FanoutResult> result : results) {
            FanoutResult ended = result.get(30, TimeUnit.SECONDS);
            attempts += ended.attempts().size();
            assertThat(ended.attempts()).noneMatch(attempt -> attempt == null);
            assertThat(ended.attempts().stream().filter(a -> a.result() == AttemptOutcome.Result.WON))
                    .hasSize(ended.response() == null ? 0 : 1);
        }
        long expected = attempts;
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(completions).hasValue(RACES);
            assertThat(running).isEmpty();
            assertThat(timers.getQueue()).isEmpty();
            assertThat(outcomes.sum()).isEqualTo(expected);
            for (Backend backend : candidates) {
                assertThat(fanout.inFlight(backend)).isZero();
            }
        });
    }

    private static FanoutStrategy strategy(int i) {
        Duration some = Duration.ofNanos(i % 200 * 1_000L);
        return switch (i % KINDS) {
            case 0 -> FanoutStrategy.parallel();
            case 1 -> FanoutStrategy.ordered(some);
            case 2 -> FanoutStrategy.hedged(some);
            case 3 -> FanoutStrategy.failover();
            case 4 -> FanoutStrategy.hedged(HedgeDelay.percentile(30));
            case 5 -> FanoutStrategy.adaptive(HedgeDelay.percentile(50));
            default -> FanoutStrategy.single();
        };
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        ScheduledFuture<?> future = timers.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public Call newCall(BackendRequest request) {
        if (ThreadLocalRandom.current().nextInt(50) == 0) {
            throw new IllegalStateException("odd");
        }
        return new StressCall();
    }

    @Override
    public void close() {}

    /** Answers after up to a millisecond, by another thread or this one, or never; a cancelled call counts as over. */
    private final class StressCall implements Call {
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private boolean cancelled;
        private boolean started;

        @Override
        public void start(Executor executor) {
            synchronized (this) {
                if (cancelled) {
                    return;
                }
                started = true;
                running.add(this);
            }
            executor.execute(() -> {
                int kind = ThreadLocalRandom.current().nextInt(10);
                if (kind < 3) {
                    end(reply(kind));
                } else if (kind < 9) {
                    long delay = ThreadLocalRandom.current().nextLong(1_000);
                    ScheduledFuture<?> later = timers.schedule(() -> end(reply(kind)), delay, TimeUnit.MICROSECONDS);
                    reply.whenComplete((done, failure) -> later.cancel(false));
                }
            });
        }

        private Reply reply(int kind) {
            return switch (kind % 6) {
                case 0, 3 -> Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty()));
                case 1 -> Reply.of(new GatewayResponse(404, Headers.empty(), Body.empty()));
                case 2 -> Reply.failed(Failure.UNREACHABLE, false, "x");
                case 4 -> Reply.of(new GatewayResponse(400, Headers.empty(), Body.empty()));
                default -> Reply.failed(Failure.BROKEN, true, "x");
            };
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            synchronized (this) {
                cancelled = true;
            }
            end(Reply.failed(Failure.CANCELLED, started, "cut"));
        }

        @Override
        public boolean tryDrain(long maxBytes) {
            return ThreadLocalRandom.current().nextBoolean();
        }

        private void end(Reply with) {
            running.remove(this);
            reply.complete(with);
        }
    }
}
