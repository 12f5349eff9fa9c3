package dev.fanoutgateway.fanout;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides when an adaptive route asks all together, hedges, or asks one: from figures to steps, with hysteresis. Calls
 * nobody. Not safe for use by several threads.
 *
 * <p>Asking {@code k} backends together pays while the clients' own load is under about {@code 1 / (k + 1)}: for exponential
 * service each of the k queues then serves at {@code 1 - k u} of its speed, and the fastest of them beats one queue at {@code
 * 1 - u}. It is a fifth less where all services take the same time, and goes towards {@code 1 / k} with heavy tails (Vulimiri
 * and others, Low Latency via Redundancy, 2013: 0.26, 0.33 and up to 0.5 for two).
 */
final class Ladder {
    /** Up at this share of the threshold, down at the whole. */
    private static final double MARGIN = 0.85;

    private static final double LEAST_GAIN = 0.1;
    private static final double LEAST_GAIN_SEEN = 0.02;
    private static final double HEDGING_ENDS = 0.65;
    private static final double HEDGING_BEGINS = 0.55;
    private static final int TIMES_IN_A_ROW = 3;
    /** What is measured after a step is worth little at first. */
    private static final long SHORTEST_STAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long SHORTEST_HOLD_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LONGEST_HOLD_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** How a route asks. */
    enum Rung {
        PARALLEL,
        HEDGED,
        SINGLE;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What was measured lately.
     *
     * @param utilisation of the backends by requests alone, 0 to 1 and more; meaningless while all are asked
     * @param variability of the service times, see {@link Lifetimes#variability()}
     * @param gain by which asking all would shorten the slowest hundredth of answers; meaningless while all are asked
     * @param perSecond requests
     * @param tailNanos the 99th percentile of the answers; 0 if it is not known
     * @param copies how many backends there are to ask
     */
    record Figures(double utilisation, double variability, double gain, double perSecond, long tailNanos, int copies) {}

    /**
     * A step that was decided.
     *
     * @param gain expected for a step up, seen for a step down
     */
    record Decision(Rung from, Rung to, double utilisation, double threshold, double gain, String reason) {}

    private Rung rung = Rung.HEDGED;
    private @Nullable Rung wanted;
    private int inARow;
    /** The figures with which all are asked since: what is seen while all are asked says nothing of one's share in it. */
    private @Nullable Figures before;

    private long sinceNanos;
    private long notBeforeNanos;
    private long holdNanos = SHORTEST_HOLD_NANOS;

    Rung rung() {
        return rung;
    }

    /** The break-even of asking {@code copies} together. */
    static double threshold(int copies, double variability) {
        double exponential = 1.0 / (copies + 1);
        double least = 0.78 * exponential;
        double most = 1.0 / copies;
        double bend =
                (most - exponential) / (exponential - least); // so that a variability of 1 gives the exponential's
        return least + (most - least) * variability / (variability + bend);
    }

    /** A step, if it is time for one; the time counts from the beginning. */
    @Nullable
    Decision judge(Figures now, long nowNanos) {
        Decision decision = before != null ? judgeAll(before, now) : judgeOne(now, nowNanos);
        boolean urgent = decision != null && before != null && decision.utilisation() > decision.threshold();
        if (decision == null || (!urgent && nowNanos - sinceNanos < SHORTEST_STAY_NANOS)) {
            wanted = null;
            return null;
        }
        inARow = decision.to() == wanted ? inARow + 1 : 1;
        wanted = decision.to();
        if (inARow < TIMES_IN_A_ROW) {
            return null;
        }
        step(decision.to(), now, nowNanos);
        return decision;
    }

    private @Nullable Decision judgeAll(Figures then, Figures now) {
        double utilisation = then.perSecond() <= 0 ? 0 : then.utilisation() * now.perSecond() / then.perSecond();
        double threshold = threshold(then.copies(), then.variability());
        boolean seen = then.tailNanos() > 0 && now.tailNanos() > 0;
        double gain = seen ? 1 - (double) now.tailNanos() / then.tailNanos() : 0;
        if (utilisation > threshold) {
            return new Decision(rung, Rung.HEDGED, utilisation, threshold, gain, "the load is past break-even");
        }
        return seen && gain < LEAST_GAIN_SEEN
                ? new Decision(rung, Rung.HEDGED, utilisation, threshold, gain, "asking all has gained nothing")
                : null;
    }

    private @Nullable Decision judgeOne(Figures now, long nowNanos) {
        double threshold = threshold(now.copies(), now.variability());
        double used = now.utilisation();
        if (rung == Rung.SINGLE) {
            return used < HEDGING_BEGINS
                    ? new Decision(rung, Rung.HEDGED, used, threshold, now.gain(), "there is room for hedges again")
                    : null;
        }
        if (used > HEDGING_ENDS) {
            return new Decision(rung, Rung.SINGLE, used, threshold, now.gain(), "there is no room for hedges");
        }
        boolean pays = now.copies() > 1 && used < MARGIN * threshold && now.gain() >= LEAST_GAIN;
        return pays && nowNanos - notBeforeNanos >= 0
                ? new Decision(rung, Rung.PARALLEL, used, threshold, now.gain(), "the load is below break-even")
                : null;
    }

    private void step(Rung to, Figures now, long nowNanos) {
        if (rung == Rung.PARALLEL) {
            boolean brief = nowNanos - sinceNanos < LONGEST_HOLD_NANOS;
            holdNanos = brief ? Math.min(LONGEST_HOLD_NANOS, 2 * holdNanos) : SHORTEST_HOLD_NANOS;
            notBeforeNanos = nowNanos + holdNanos;
        }
        before = to == Rung.PARALLEL ? now : null;
        rung = to;
        sinceNanos = nowNanos;
        wanted = null;
        inARow = 0;
    }
}
