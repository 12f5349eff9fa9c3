package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link RateLimiter} keeps of its limits. {@link QuotaContract} says the same of quotas. */
public abstract class RateLimiterContract {
    protected final FakeClock clock = new FakeClock();
    /** A fresh one for each test: stores outlive them. */
    protected final String subject = "caller-" + UUID.randomUUID();

    /** A limiter by {@code clock}; microseconds are the finest steps it need tell apart. */
    protected abstract RateLimiter limiter(FakeClock clock);

    protected final RateLimiter limiter() {
        return limiter(clock);
    }

    static Stream<Arguments> limitsAndSeeds() {
        List<Limit> limits = List.of(
                Limit.perSecond(1),
                Limit.perSecond(3),
                Limit.perSecond(10),
                Limit.perMinute(7),
                Limit.perHour(1000),
                Limit.of(17, Duration.ofMillis(1)),
                Limit.of(99_991, Duration.ofDays(31)));
        return limits.stream().flatMap(limit -> LongStream.range(0, 3).mapToObj(seed -> Arguments.of(limit, seed)));
    }

    @ParameterizedTest
    @MethodSource("limitsAndSeeds")
    void noWindowAdmitsMoreThanBurstPlusRate(Limit limit, long seed) {
        RateLimiter limiter = limiter();
        Random random = new Random(seed);
        List<Long> admitted = new ArrayList<>();
        long emissionMicros = Math.max(1, limit.period().toNanos() / limit.amount() / 1000);
        for (int i = 0; i < 400; i++) {
            if (acquire(limiter, limit).allowed()) {
                admitted.add(clock.nanoTime());
            }
            advanceMicros(randomPause(random, limit, emissionMicros));
        }
        assertThat(SlidingWindows.worstExcess(
                        limit, admitted.stream().mapToLong(Long::longValue).toArray()))
                .isLessThanOrEqualTo(0);
    }

    /** Bursts, steady traffic about the limit's rate, idle times, and times just beside a period's edge. */
    private static long randomPause(Random random, Limit limit, long emissionMicros) {
        return switch (random.nextInt(20)) {
            case 0 -> limit.period().toNanos() / 1000 + random.nextInt(3) - 1;
            case 1 -> limit.period().toNanos() / 500;
            case 2, 3, 4, 5 -> emissionMicros + random.nextInt(3) - 1;
            case 6, 7 -> (long) (random.nextDouble() * 2 * emissionMicros);
            default -> 0;
        };
    }

    @ParameterizedTest
    @MethodSource("limitsAndSeeds")
    void atLeastTheBurstIsAdmittedInEachPeriod(Limit limit, long seed) {
        RateLimiter limiter = limiter();
        long burst = Math.min(limit.amount(), 100);
        for (int period = 0; period < 2 + seed; period++) {
            for (int i = 0; i < burst; i++) {
                assertThat(acquire(limiter, limit).allowed()).isTrue();
            }
            clock.advance(limit.period());
        }
    }

    @Test
    void aBurstAcrossAPeriodsEdgeGainsNothing() {
        RateLimiter limiter = limiter();
        Limit limit = Limit.perSecond(100);
        clock.advance(Duration.ofMillis(999));
        long before = acquireMany(limiter, limit, 200);
        clock.advance(Duration.ofMillis(2));
        long after = acquireMany(limiter, limit, 200);

        assertThat(before).isEqualTo(100);
        assertThat(after).isZero();
    }

    @Test
    void idleTimeSavesUpOneBurstAndNoMore() {
        RateLimiter limiter = limiter();
        Limit limit = Limit.perSecond(100);
        acquireMany(limiter, limit, 100);
        clock.advance(Duration.ofDays(3));

        assertThat(acquireMany(limiter, limit, 300)).isEqualTo(100);
        clock.advance(Duration.ofMillis(10));
        assertThat(acquireMany(limiter, limit, 300)).isEqualTo(1);
    }

    @Test
    void manyThreadsGetExactlyTheLimit() throws Exception {
        RateLimiter limiter = limiter();
        List<Limit> limits = List.of(Limit.perHour(150), Limit.perHour(1000));
        List<Callable<Integer>> threads = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            threads.add(() -> {
                int admitted = 0;
                for (int i = 0; i < 100; i++) {
                    admitted += acquire(limiter, limits).allowed() ? 1 : 0;
                }
                return admitted;
            });
        }
        assertThat(inParallel(threads).stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(150);
        assertThat(acquire(limiter, limits).states().get(1).remaining()).isEqualTo(850);
    }

    @Test
    void whatOneLimitRefusesIsTakenFromNone() {
        RateLimiter limiter = limiter();
        List<Limit> limits = List.of(Limit.perHour(10), Limit.perMinute(2));
        acquire(limiter, limits);
        acquire(limiter, limits);
        for (int i = 0; i < 5; i++) {
            Decision refused = acquire(limiter, limits);
            assertThat(refused.allowed()).isFalse();
            assertThat(refused.binding()).isEqualTo(1);
            assertThat(refused.states().get(0).remaining()).isEqualTo(8);
            assertThat(refused.states().get(1).remaining()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("limitsAndSeeds")
    void retryAfterIsTheFirstInstantThatAdmits(Limit limit, long seed) {
        RateLimiter limiter = limiter();
        Random random = new Random(seed);
        int refusals = 0;
        for (int i = 0; i < 300 && refusals < 20; i++) {
            Decision decision = acquire(limiter, limit);
            if (decision.allowed()) {
                assertThat(decision.retryAfter()).isZero();
                continue;
            }
            refusals++;
            assertThat(decision.retryAfter()).isPositive();
            clock.advance(decision.retryAfter().minusNanos(1000));
            assertThat(acquire(limiter, limit).allowed()).isFalse();
            clock.advance(Duration.ofNanos(1000));
            assertThat(acquire(limiter, limit).allowed()).isTrue();
            advanceMicros(random.nextInt(3));
        }
    }

    @Test
    void retryAfterWaitsForEveryLimit() {
        RateLimiter limiter = limiter();
        List<Limit> limits = List.of(Limit.perSecond(2), Limit.perMinute(2));
        acquire(limiter, limits);
        acquire(limiter, limits);
        Decision refused = acquire(limiter, limits);

        assertThat(refused.binding()).isEqualTo(1);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(30));
        clock.advance(refused.retryAfter());
        assertThat(acquire(limiter, limits).allowed()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("limitsAndSeeds")
    void remainingAndResetAreHonest(Limit limit, long seed) {
        RateLimiter limiter = limiter();
        Random random = new Random(seed);
        for (int i = 0; i < random.nextInt(5); i++) {
            acquire(limiter, limit);
            advanceMicros(random.nextInt(1000));
        }
        Decision last = acquire(limiter, limit);
        long remaining = last.states().get(0).remaining();
        if (remaining < 100) {
            assertThat(acquireMany(limiter, limit, remaining + 10)).isEqualTo(remaining);
            last = acquire(limiter, limit);
        }
        Duration reset = last.states().get(0).reset();
        assertThat(reset).isBetween(Duration.ofNanos(1), limit.period().plusMillis(1));
        clock.advance(reset);
        Decision fresh = acquire(limiter, limit);
        assertThat(fresh.states().get(0).remaining()).isEqualTo(limit.amount() - 1);
    }

    @Test
    void bindingIsTheOneNearestToRefusing() {
        RateLimiter limiter = limiter();
        Decision decision = acquire(limiter, List.of(Limit.perSecond(10), Limit.perHour(5), Limit.perMinute(7)));

        assertThat(decision.allowed()).isTrue();
        assertThat(decision.binding()).isEqualTo(1);
        assertThat(decision.states()).extracting(RateLimiter.State::name).containsExactly("10/1s", "5/1h", "7/1m");
        assertThat(decision.states()).extracting(RateLimiter.State::remaining).containsExactly(9L, 4L, 6L);
        assertThat(decision.lease()).isNull();
    }

    @Test
    void aRequestWithoutLimitsIsAdmitted() {
        assertThat(await(limiter().tryAcquire(new Request(subject, List.of(), null, 5))))
                .isEqualTo(Decision.UNLIMITED);
    }

    @Test
    void limitsThatChangeAtRunTimeAreCountedEachForItself() {
        RateLimiter limiter = limiter();
        acquireMany(limiter, Limit.perHour(3), 3);
        assertThat(acquireMany(limiter, Limit.perHour(5), 9)).isEqualTo(5);
        assertThat(acquireMany(limiter, Limit.perHour(3), 9)).isZero();

        Limit added = Limit.perMinute(4);
        assertThat(acquire(limiter, List.of(added, Limit.perHour(3))).allowed()).isFalse();
        assertThat(acquireMany(limiter, added, 9)).isEqualTo(4);
    }

    @Test
    void subjectsAreHeldApartWhateverTheirNames() {
        RateLimiter limiter = limiter();
        for (String name : List.of("", " ", "a", "A", "{a}", "a}b{", "ü€😀", "a\r\nb\0", "x".repeat(100_000))) {
            Request request = new Request(subject + name, List.of(Limit.perHour(1)), null, 1);
            assertThat(await(limiter.tryAcquire(request)).allowed()).isTrue();
            assertThat(await(limiter.tryAcquire(request)).allowed()).isFalse();
        }
    }

    protected final Decision acquire(RateLimiter limiter, Limit limit) {
        return acquire(limiter, List.of(limit));
    }

    protected final Decision acquire(RateLimiter limiter, List<Limit> limits) {
        return await(limiter.tryAcquire(new Request(subject, limits, null, 1)));
    }

    /** How many of {@code count} requests are admitted. */
    protected final long acquireMany(RateLimiter limiter, Limit limit, long count) {
        return LongStream.range(0, count)
                .filter(i -> acquire(limiter, limit).allowed())
                .count();
    }

    protected final void advanceMicros(long micros) {
        clock.advance(Duration.ofNanos(1000 * Math.max(0, micros)));
    }

    /** The stage's value, waited for at most ten seconds. */
    public static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    /** Runs all of {@code threads} at once. */
    public static <T> List<T> inParallel(List<? extends Callable<T>> threads) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(threads, 60, TimeUnit.SECONDS)) {
                results.add(future.get());
            }
            return results;
        } finally {
            executor.shutdownNow();
        }
    }
}
