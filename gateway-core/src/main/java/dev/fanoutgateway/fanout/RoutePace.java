package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.StrategyStep;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the races of one route know of each other: how long attempts take, what extra attempts are left, and how an adaptive
 * route asks at the moment. Safe for use by any thread.
 */
public final class RoutePace {
    /** Of the requests, so many may be rescued in vain from backends known to fail. */
    static final double RESCUES_SHARE = 0.1;

    /** So many may be rescued in each window of a ledger without any request having come. */
    static final int RESCUES_FLOOR = 2;

    private static final RoutePace UNLIMITED = new RoutePace(null, 0, null, null, null, null);
    /** Of the attempts, as many are faster than what counts as the fastest possible. */
    private static final double FASTEST_PERCENT = 5;

    private static final long FASTEST_SAMPLES = 100;

    private final @Nullable LatencyWindow window;
    private final double extraLoad;
    private final @Nullable AttemptBudget budget;
    private final @Nullable AttemptBudget rescues;
    private final @Nullable GroupLoad group;
    private final @Nullable Adaptation adaptation;

    private RoutePace(
            @Nullable LatencyWindow window,
            double extraLoad,
            @Nullable AttemptBudget budget,
            @Nullable AttemptBudget rescues,
            @Nullable GroupLoad group,
            @Nullable Adaptation adaptation) {
        this.window = window;
        this.extraLoad = extraLoad;
        this.budget = budget;
        this.rescues = rescues;
        this.group = group;
        this.adaptation = adaptation;
    }

    /** Knows nothing and limits nothing: percentiles never hedge, and extra attempts are free. */
    public static RoutePace unlimited() {
        return UNLIMITED;
    }

    /**
     * The pace of a route.
     *
     * @param route names it in logs and steps
     * @param strategy the only one it is used with
     * @param extraLoad how many extra attempts a request adds to the budget, 0 to 1
     * @param group what it shares with the other routes to the same backends
     * @param clock for every time
     * @param steps told of each step of an adaptive strategy, on a request's thread; must be quick
     */
    public static RoutePace of(
            String route,
            FanoutStrategy strategy,
            double extraLoad,
            GroupLoad group,
            GatewayClock clock,
            Consumer<StrategyStep> steps) {
        if (!(extraLoad >= 0 && extraLoad <= 1)) {
            throw new IllegalArgumentException("expected an extra load of 0 to 1, got " + extraLoad);
        }
        return new RoutePace(
                strategy.asksLater() ? new LatencyWindow(clock) : null,
                extraLoad,
                new AttemptBudget(clock, group.budget),
                new AttemptBudget(clock, group.rescues),
                group,
                strategy.isAdaptive() ? new Adaptation(route, strategy, extraLoad, group, clock, steps) : null);
    }

    /** A race begins: how it is to be run. */
    FanoutStrategy begin(FanoutStrategy strategy, int candidates) {
        FanoutStrategy now = adaptation == null ? strategy : adaptation.next(candidates);
        boolean together = now.asksAllAtOnce();
        if (budget != null && !together) {
            budget.add(extraLoad);
        }
        if (rescues != null && !together) {
            rescues.add(RESCUES_SHARE);
        }
        if (group != null) {
            group.demand(together && adaptation == null ? candidates : 1);
        }
        return now;
    }

    /** How long until one more is asked; {@link FanoutStrategy#NEVER} for never. */
    long staggerNanos(FanoutStrategy strategy) {
        return strategy.delay().nanos(latencies());
    }

    /** The time in which hardly an attempt ends, in nanoseconds; 0 while that is not known. */
    long fastestNanos() {
        Lifetimes latencies = latencies();
        return latencies.ended() < FASTEST_SAMPLES ? 0 : latencies.percentile(FASTEST_PERCENT);
    }

    /**
     * Takes an extra attempt from the budget.
     *
     * @param afterFailure whether the request fails without: then the last ones may be taken too
     */
    boolean tryTakeExtra(boolean afterFailure) {
        return budget == null || (afterFailure ? budget.tryTake() : budget.tryTakeUnlessScarce());
    }

    /** Takes an attempt for a request that has met a backend known to fail. */
    boolean tryTakeRescue() {
        return rescues != null && rescues.tryTake();
    }

    /** So many rescues have brought a request its answer: they may be taken again. */
    void giveBack(int taken) {
        if (rescues != null) {
            rescues.add(taken);
        }
    }

    /** What is left for extra attempts; empty where they are not limited. */
    public Optional<RaceRecord.Budget> budget() {
        return budget == null ? Optional.empty() : Optional.of(new RaceRecord.Budget(extraLoad, budget.left()));
    }

    /** What to say when there is none. */
    String exhausted() {
        return String.format(
                Locale.ROOT,
                "budget exhausted: extra attempts may be %s %% of the requests and %d/s",
                extraLoad * 100 == Math.rint(extraLoad * 100)
                        ? Long.toString(Math.round(extraLoad * 100))
                        : Double.toString(extraLoad * 100),
                AttemptBudget.FLOOR_PER_SECOND);
    }

    /** An attempt is over. Failures say nothing of how long an answer takes. */
    void learn(AttemptOutcome outcome, boolean alone) {
        if (window == null && group == null) {
            return;
        }
        long nanos = outcome.durationNanos();
        switch (outcome.result()) {
            case WON, LOST, ABSENT -> learn(true, nanos, alone);
            case TIMED_OUT, CANCELLED -> learn(false, nanos, alone);
            case REJECTED, BROKEN, UNREACHABLE -> {}
        }
    }

    private void learn(boolean ended, long nanos, boolean alone) {
        if (window != null && ended) {
            window.ended(nanos);
        } else if (window != null) {
            window.cut(nanos);
        }
        if (group != null) {
            group.learn(alone, ended, nanos);
        }
        if (adaptation != null) {
            adaptation.attempted(ended, nanos);
        }
    }

    /** A race is over. */
    void finished(FanoutResult result) {
        if (adaptation != null && result.response() != null) {
            adaptation.answered(result.elapsedNanos());
        }
    }

    /** The state of the route for consoles and logs. */
    public Figures figures(FanoutStrategy strategy) {
        Lifetimes latencies = latencies();
        FanoutStrategy now = adaptation == null ? strategy : adaptation.current();
        long stagger = staggerNanos(now);
        return new Figures(
                adaptation == null ? now.name() : adaptation.label(),
                latencies.count(),
                latencies.percentile(50),
                latencies.percentile(95),
                latencies.percentile(99),
                stagger == FanoutStrategy.NEVER ? -1 : stagger,
                budget == null ? Long.MAX_VALUE : budget.left());
    }

    private Lifetimes latencies() {
        return window == null ? Lifetimes.NONE : window.read();
    }

    /**
     * A route's state.
     *
     * @param strategy how it asks at the moment
     * @param attempts how many were seen within the window
     * @param p50Nanos their median
     * @param p95Nanos their 95th percentile
     * @param p99Nanos their 99th percentile
     * @param hedgeDelayNanos after which another backend is asked; -1 for never
     * @param extraAttemptsLeft in the budget
     */
    public record Figures(
            String strategy,
            long attempts,
            long p50Nanos,
            long p95Nanos,
            long p99Nanos,
            long hedgeDelayNanos,
            long extraAttemptsLeft) {}
}
