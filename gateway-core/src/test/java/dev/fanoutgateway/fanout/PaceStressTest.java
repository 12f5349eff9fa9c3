package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;

/** The budget and the window of latencies under threads while the time moves on beneath them. */
class PaceStressTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 100_000;

    private final FakeClock clock = new FakeClock();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
    private final AtomicBoolean working = new AtomicBoolean(true);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @RepeatedTest(3)
    void theBudgetIsNeverOverdrawnWhileItsSecondsPass() throws Exception {
        AttemptBudget group = new AttemptBudget(clock);
        AttemptBudget[] routes = {new AttemptBudget(clock, group), new AttemptBudget(clock, group)};
        LongAdder added = new LongAdder();
        LongAdder taken = new LongAdder();
        long start = clock.nanoTime();

        whileTimePasses(Duration.ofMillis(37), thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            AttemptBudget route = routes[thread % 2];
            for (int i = 0; i < ROUNDS; i++) {
                if (random.nextInt(4) == 0) {
                    added.increment(); // before, so that what is taken is always allowed by what is counted
                    route.add(0.25);
                } else if (random.nextBoolean() ? route.tryTake() : route.tryTakeUnlessScarce()) {
                    taken.increment();
                }
            }
        });

        double windows = Math.ceil((clock.nanoTime() - start) / 1e9 / AttemptBudget.WINDOW_SECONDS) + 1;
        double floor = windows * AttemptBudget.WINDOW_SECONDS * AttemptBudget.FLOOR_PER_SECOND;
        assertThat((double) taken.sum()).isPositive().isLessThanOrEqualTo(0.25 * added.sum() + floor);
        clock.advance(Duration.ofMinutes(1));
        assertThat(group.left()).isEqualTo(AttemptBudget.WINDOW_SECONDS * AttemptBudget.FLOOR_PER_SECOND);
    }

    @RepeatedTest(3)
    void theWindowNeverCountsTwiceAndForgetsAllWhileItsSlicesPass() throws Exception {
        LatencyWindow window = new LatencyWindow(clock);
        LongAdder recorded = new LongAdder();

        whileTimePasses(Duration.ofMillis(113), thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int i = 0; i < ROUNDS; i++) {
                long nanos = random.nextLong(10_000_000_000L);
                recorded.increment();
                if (random.nextInt(4) == 0) {
                    window.cut(nanos);
                } else {
                    window.ended(nanos);
                }
                if (i % 64 == 0) {
                    Lifetimes seen = window.read();
                    assertThat(seen.count()).isLessThanOrEqualTo(recorded.sum());
                    assertThat(seen.percentile(50)).isBetween(0L, seen.percentile(99));
                }
            }
        });

        clock.advance(Duration.ofMillis(100));
        assertThat(window.read().count()).isLessThanOrEqualTo(recorded.sum());
        clock.advance(Duration.ofSeconds(31));
        window.read();
        clock.advance(Duration.ofSeconds(31));
        assertThat(window.read().count()).isZero();
    }

    private interface Work {
        void by(int thread) throws Exception;
    }

    private void whileTimePasses(Duration step, Work work) throws Exception {
        Future<?> time = threads.submit(() -> {
            while (working.get()) {
                clock.advance(step);
                Thread.yield();
            }
        });
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            all.add(threads.submit(() -> {
                work.by(thread);
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
        working.set(false);
        time.get();
    }
}
