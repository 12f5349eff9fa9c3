package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the races of one backend group share: the budgets for extra attempts, and the measure of the group's load. Safe for use
 * by any thread.
 */
public final class GroupLoad {
    private static final long SAMPLES = 100;

    final AttemptBudget budget;
    final AttemptBudget rescues;
    private final GatewayClock clock;
    private volatile int backends;
    private final int concurrency;
    private final LongAdder demanded = new LongAdder();
    /** Null until a route wants the measure. */
    private volatile @Nullable Windows windows;

    /**
     * The shared state of a group.
     *
     * @param backends how many there are, 1 or more
     * @param concurrency how many requests each of them can work on at the same time; 0 if that is not known
     * @param clock for every time
     */
    public GroupLoad(int backends, int concurrency, GatewayClock clock) {
        if (backends < 1) {
            throw new IllegalArgumentException("expected 1 backend or more, got " + backends);
        }
        if (concurrency < 0) {
            throw new IllegalArgumentException("expected a concurrency of 0 or more, got " + concurrency);
        }
        this.backends = backends;
        this.concurrency = concurrency;
        this.clock = clock;
        budget = new AttemptBudget(clock);
        rescues = new AttemptBudget(clock, RoutePace.RESCUES_FLOOR);
    }

    /** The group has so many backends from now on; none counts as one. */
    public void backends(int now) {
        backends = Math.max(1, now);
    }

    int backends() {
        return backends;
    }

    /** A request has come that needs {@code attempts} in any case. */
    void demand(int attempts) {
        if (windows != null) {
            demanded.add(attempts);
        }
    }

    /** How many attempts were needed since the measuring began. */
    long demanded() {
        return demanded.sum();
    }

    /** Begins to measure, if nobody has asked for that yet. */
    synchronized void measure() {
        if (windows == null) {
            windows = new Windows(clock);
        }
    }

    /** Forgets what was measured, since it came about under other conditions. */
    synchronized void forget() {
        if (windows != null) {
            windows = new Windows(clock);
        }
    }

    /**
     * An attempt is over.
     *
     * @param alone whether it found its backend without another of our attempts
     * @param ended whether it was answered, and not cut
     */
    void learn(boolean alone, boolean ended, long nanos) {
        Windows current = windows;
        if (current == null) {
            return;
        }
        if (ended) {
            current.all.ended(nanos);
        } else {
            current.all.cut(nanos);
        }
        if (alone) {
            if (ended) {
                current.alone.ended(nanos);
            } else {
                current.alone.cut(nanos);
            }
        }
    }

    /** What the attempts of late say; null while there are too few. */
    @Nullable
    Measured measured(double demandPerSecond) {
        Windows current = windows;
        if (current == null) {
            return null;
        }
        Lifetimes all = current.all.read();
        Lifetimes alone = current.alone.read();
        if (all.ended() < SAMPLES || alone.ended() < SAMPLES) {
            return null;
        }
        double waiting = waiting(1 - (double) alone.count() / all.count(), queueing(all.mean(), alone), alone);
        return new Measured(Math.max(waiting, occupancy(demandPerSecond, alone)), alone.variability());
    }

    /**
     * The utilisation that explains how much longer attempts take when they find company: the mean wait in a queue is {@code
     * S u (1 + v) / (2 (1 - u))} for the service time S and its variability v (Pollaczek and Khinchine), solved for u.
     */
    private static double queueing(double meanNanos, Lifetimes alone) {
        double service = alone.mean();
        double wait = service <= 0 ? 0 : Math.max(0, meanNanos / service - 1);
        return 2 * wait / (1 + alone.variability() + 2 * wait);
    }

    /**
     * With heavy tails a few attempts make most of a mean, and the mean wait of half a minute is mostly chance. The share of
     * attempts that find company is not: it is the utilisation of one worker, and more than that of several. So it is the
     * upper bound, and takes over in as far as the variability is beyond that of exponential service.
     */
    private static double waiting(double busy, double queueing, Lifetimes alone) {
        double chance = 1 - 1 / Math.max(1, alone.variability());
        return Math.min(busy, queueing + chance * Math.max(0, busy - queueing));
    }

    /** The utilisation by Little's law: attempts at work at the same time, over those for which there is room. */
    private double occupancy(double demandPerSecond, Lifetimes alone) {
        return concurrency == 0 ? 0 : demandPerSecond * alone.mean() / 1e9 / ((double) backends * concurrency);
    }

    /**
     * The group's load.
     *
     * @param utilisation 0 to 1 and more
     * @param variability of the service times
     */
    record Measured(double utilisation, double variability) {}

    private static final class Windows {
        final LatencyWindow all;
        final LatencyWindow alone;

        Windows(GatewayClock clock) {
            all = new LatencyWindow(clock);
            alone = new LatencyWindow(clock);
        }
    }
}
