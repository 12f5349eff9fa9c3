package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.Ladder.Decision;
import dev.fanoutgateway.fanout.Ladder.Rung;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.StrategyStep;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures an adaptive route once a second, lets the {@link Ladder} judge, and tells of its steps. Safe for use by any
 * thread; only one at a time measures, the others go on as before.
 */
final class Adaptation {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Fewer requests say nothing: the next measurement waits for them. */
    private static final long FEWEST = 20;

    /** The percentile by which a gain is told. */
    private static final double TAIL = 99;

    private static final long TAIL_SAMPLES = 100;
    private static final double NEWEST_COUNTS = 0.3;

    private final String route;
    private final FanoutStrategy hedged;
    private final double extraLoad;
    private final GroupLoad group;
    private final GatewayClock clock;
    private final Consumer<StrategyStep> steps;
    private final LongAdder requests = new LongAdder();
    private final long startNanos;
    private volatile FanoutStrategy current;
    private volatile LatencyWindow answers;
    private volatile LatencyWindow attempts;
    /** How many backends the latest request could have asked. */
    private volatile int copies = 1;

    private volatile long nextNanos = EVERY_NANOS;

    private final ReentrantLock lock = new ReentrantLock();
    private final Ladder ladder = new Ladder();
    private Seen last = new Seen(0, 0, 0);
    private double perSecond = Double.NaN;
    private double demandPerSecond = Double.NaN;

    /** @param extraLoad what hedges may add at most, as a share of the requests */
    Adaptation(
            String route,
            FanoutStrategy hedged,
            double extraLoad,
            GroupLoad group,
            GatewayClock clock,
            Consumer<StrategyStep> steps) {
        this.route = route;
        this.hedged = hedged;
        this.extraLoad = extraLoad;
        this.group = group;
        this.clock = clock;
        this.steps = steps;
        current = hedged;
        answers = new LatencyWindow(clock);
        attempts = new LatencyWindow(clock);
        startNanos = clock.nanoTime();
        group.measure();
    }

    /** How the next request is to be asked. */
    FanoutStrategy next(int candidates) {
        copies = Math.max(1, candidates);
        requests.increment();
        long now = clock.nanoTime() - startNanos;
        if (now >= nextNanos && lock.tryLock()) {
            Decision decision;
            try {
                decision = now >= nextNanos ? measure(now) : null;
            } finally {
                lock.unlock();
            }
            if (decision != null) {
                tell(decision);
            }
        }
        return current;
    }

    /** How they are asked at the moment. */
    FanoutStrategy current() {
        return current;
    }

    /** The name of the step that it stands on. */
    String label() {
        return current.level(hedged);
    }

    /** A request was answered after this time. */
    void answered(long nanos) {
        answers.ended(nanos);
    }

    /** One of its attempts is over: answered after this time, or cut. */
    void attempted(boolean ended, long nanos) {
        if (ended) {
            attempts.ended(nanos);
        } else {
            attempts.cut(nanos);
        }
    }

    private @Nullable Decision measure(long now) {
        nextNanos = now + EVERY_NANOS;
        Seen seen = new Seen(now, requests.sum(), group.demanded());
        if (seen.requests() - last.requests() < FEWEST) {
            return null;
        }
        double seconds = (now - last.atNanos()) / 1e9;
        perSecond = blend(perSecond, (seen.requests() - last.requests()) / seconds);
        demandPerSecond = blend(demandPerSecond, (seen.demanded() - last.demanded()) / seconds);
        last = seen;
        Figures figures = figures();
        Decision decision = figures == null ? null : ladder.judge(figures, now);
        if (decision != null) {
            current = strategy(decision.to());
            group.forget();
            answers = new LatencyWindow(clock); // as those were given under other conditions
            attempts = new LatencyWindow(clock);
        }
        return decision;
    }

    private @Nullable Figures figures() {
        Lifetimes answered = answers.read();
        if (answered.count() < TAIL_SAMPLES) {
            return null;
        }
        double tail = answered.percentile(TAIL);
        if (ladder.rung() == Rung.PARALLEL) {
            return new Figures(0, 0, 0, perSecond, copies, tail, tail, tail, tail);
        }
        GroupLoad.Measured load = group.measured(demandPerSecond);
        if (load == null) {
            return null;
        }
        Lifetimes one = attempts.read();
        long delay = hedged.delay().nanos(one);
        return new Figures(
                load.utilisation(),
                load.variability(),
                ladder.rung() == Rung.SINGLE
                        ? Math.min(extraLoad, one.longerThan(delay))
                        : Math.max(0, (double) one.count() / answered.count() - 1),
                perSecond,
                copies,
                one.percentile(TAIL),
                one.percentile(100 * (1 - Math.pow(1 - TAIL / 100, 1.0 / copies))),
                one.percentileHedged(TAIL, delay),
                tail);
    }

    private FanoutStrategy strategy(Rung rung) {
        return switch (rung) {
            case PARALLEL -> FanoutStrategy.parallel();
            case HEDGED -> hedged;
            case SINGLE -> FanoutStrategy.failover(); // nobody else is asked for speed, but still after a failure
        };
    }

    private void tell(Decision decision) {
        StrategyStep step = new StrategyStep(
                route,
                decision.from().label(),
                decision.to().label(),
                decision.utilisation(),
                decision.threshold(),
                decision.gain(),
                perSecond,
                decision.reason());
        Fanout.LOG.info("{}", step.describe());
        try {
            steps.accept(step);
        } catch (Throwable failure) {
            Fanout.LOG.warn("A listener to steps of a strategy failed", failure);
        }
    }

    private static double blend(double old, double fresh) {
        return Double.isNaN(old) ? fresh : old + NEWEST_COUNTS * (fresh - old);
    }

    /** Counts since the beginning. */
    private record Seen(long atNanos, long requests, long demanded) {}
}
