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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ledger of extra attempts: what it allows, that it is never overdrawn, and that it is not stingy either. */
class AttemptBudgetTest {
    private static final int FLOOR = AttemptBudget.WINDOW_SECONDS * AttemptBudget.FLOOR_PER_SECOND;

    private final FakeClock clock = new FakeClock();
    private final AttemptBudget budget = new AttemptBudget(clock);

    @Test
    void withoutRequestsThereIsOneForEachSecond() {
        assertThat(taken(budget)).isEqualTo(FLOOR);
        clock.advance(Duration.ofMillis(9_999));
        assertThat(taken(budget)).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(taken(budget)).isEqualTo(FLOOR);
    }

    @Test
    void hedgesLeaveMostOfTheFloorToRequestsThatWouldFail() {
        AttemptBudget route = new AttemptBudget(clock, budget);
        for (int i = 0; i < 100; i++) {
            route.add(0.05);
        }
        int hedges = 0;
        while (route.tryTakeUnlessScarce()) {
            hedges++;
        }
        assertThat(hedges).isEqualTo(5 + FLOOR - AttemptBudget.SCARCE);
        assertThat(new AttemptBudget(clock, budget).tryTakeUnlessScarce())
                .as("so do those of other routes")
                .isFalse();
        assertThat(taken(route)).isEqualTo(AttemptBudget.SCARCE);
    }

    @Test
    void requestsAddTheirShareForTenSeconds() {
        for (int i = 0; i < 1_000; i++) {
            budget.add(0.05);
        }
        clock.advance(Duration.ofSeconds(9));
        assertThat(budget.left()).isEqualTo(50 + FLOOR);
        assertThat(taken(budget)).isEqualTo(50 + FLOOR);

        clock.advance(Duration.ofSeconds(1));
        assertThat(taken(budget))
                .as("what was added is gone, what was taken still counts")
                .isZero();
    }

    @Test
    void aRouteDrawsFromItsGroupAndNeverMoreThanItsOwn() {
        AttemptBudget one = new AttemptBudget(clock, budget);
        AttemptBudget other = new AttemptBudget(clock, budget);
        for (int i = 0; i < 1_000; i++) {
            one.add(0.1);
        }
        assertThat(taken(other)).as("what a route has without requests").isEqualTo(FLOOR);
        assertThat(taken(one)).as("the group's floor is spent").isEqualTo(100);
        assertThat(taken(other)).isZero();
        assertThat(one.left()).isZero();
    }

    @Test
    void aShareOfNothingAllowsTheFloorOnly() {
        for (int i = 0; i < 10_000; i++) {
            budget.add(0);
        }
        assertThat(taken(budget)).isEqualTo(FLOOR);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isNeverOverdrawnWhateverTheSchedule(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double share = random.nextInt(1, 101) / 100.0;
        List<long[]> log = new ArrayList<>(); // second, requests, taken
        long second = 0;
        log.add(new long[] {0, 0, 0});
        for (int i = 0; i < 5_000; i++) {
            long[] now = log.get(log.size() - 1);
            long before = now[2];
            switch (random.nextInt(random.nextInt(2, 6))) {
                case 0 -> {
                    int requests = random.nextInt(200);
                    for (int r = 0; r < requests; r++) {
                        budget.add(share);
                    }
                    now[1] += requests;
                }
                case 1 -> now[2] += budget.tryTake() ? 1 : 0;
                case 2 -> now[2] += taken(budget);
                default -> {
                    long by = random.nextInt(random.nextInt(1, 25));
                    clock.advance(Duration.ofSeconds(by));
                    second += by;
                    log.add(new long[] {second, 0, 0});
                }
            }
            double allowed = FLOOR + 1e-6;
            long used = 0;
            for (long[] each : log) {
                if (each[0] > second - AttemptBudget.WINDOW_SECONDS) {
                    allowed += each[1] * share;
                    used += each[2];
                }
            }
            assertThat((double) used)
                    .as("when one was taken, those of the window were within it")
                    .isLessThanOrEqualTo(now[2] > before ? allowed : Double.MAX_VALUE);
            assertThat(budget.left()).isEqualTo((long) Math.max(0, Math.floor(allowed - used)));
        }
        long requests = log.stream().mapToLong(each -> each[1]).sum();
        long extra = log.stream().mapToLong(each -> each[2]).sum();
        long windows = second / AttemptBudget.WINDOW_SECONDS + 1;
        assertThat((double) extra).isLessThanOrEqualTo(requests * share + windows * FLOOR);
    }

    @Test
    void isExactUnderThreads() throws Exception {
        for (int round = 0; round < 50; round++) {
            AttemptBudget shared = new AttemptBudget(clock);
            AttemptBudget[] routes = {new AttemptBudget(clock, shared), new AttemptBudget(clock, shared)};
            AtomicInteger taken = new AtomicInteger();
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> all = new ArrayList<>();
                for (int t = 0; t < 4; t++) {
                    AttemptBudget route = routes[t % 2];
                    all.add(threads.submit(() -> {
                        for (int i = 0; i < 500; i++) {
                            route.add(0.1);
                            taken.addAndGet(route.tryTake() ? 1 : 0);
                            taken.addAndGet(route.tryTake() ? 1 : 0);
                        }
                    }));
                }
                for (Future<?> each : all) {
                    each.get();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(taken.get() + taken(routes[0]) + taken(routes[1])).isEqualTo(200 + FLOOR);
        }
    }

    private static int taken(AttemptBudget budget) {
        int taken = 0;
        while (budget.tryTake()) {
            taken++;
        }
        return taken;
    }
}
