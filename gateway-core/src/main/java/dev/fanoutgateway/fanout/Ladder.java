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
 * and others, Low Latency via Redundancy, 2013: 0.26, 0.33 and up to 0.5 for two); half as far here, where what follows is
 * not one alone, but hedging, which does best with heavy tails.
 */
final class Ladder {
    /** Up at this share of the threshold, down at the whole. */
    private static final double MARGIN = 0.85;

    private static final double LEAST_GAIN = 0.1;
    private static final double LEAST_GAIN_SEEN = 0.02;
    /** Less than where hedging ends for it to begin again. */
    private static final double HYSTERESIS = 0.1;

    private static final int TIMES_IN_A_ROW = 3;
    /** What is measured after a step is worth little at first. */
    private static final long SHORTEST_STAY_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** How long a window takes to fill, so that a gain can be told from chance; a great loss is told at once. */
    private static final long FILLED_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final double GREAT_LOSS = -0.25;

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
     * @param meanNanos of the answers
     * @param tailNanos the 99th percentile of the answers; 0 if it is not known
     * @param copies how many backends there are to ask
     */
    record Figures(
            double utilisation,
            double variability,
            double gain,
            double perSecond,
            double meanNanos,
            long tailNanos,
            int copies) {}

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
        double most = (exponential + 1.0 / copies) / 2;
        double bend =
                (most - exponential) / (exponential - least); // so that a variability of 1 gives the exponential's
        return least + (most - least) * variability / (variability + bend);
    }

    /** Where the load of hedges is more than they gain. */
    static double hedgingEnds(double variability) {
        return Math.min(0.8, 0.575 + 0.075 * variability);
    }

    /** A step, if it is time for one; the time counts from the beginning. */
    @Nullable
    Decision judge(Figures now, long nowNanos) {
        Decision decision = before != null ? judgeAll(before, now, nowNanos) : judgeOne(now, nowNanos);
        if (decision == null) {
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

    private @Nullable Decision judgeAll(Figures then, Figures now, long nowNanos) {
        double utilisation = then.perSecond() <= 0 ? 0 : then.utilisation() * now.perSecond() / then.perSecond();
        double threshold = threshold(then.copies(), then.variability());
        boolean seen = then.tailNanos() > 0 && now.tailNanos() > 0;
        double gain = seen ? gain(then, now) : 0;
        if (utilisation > threshold) {
            return new Decision(rung, Rung.HEDGED, utilisation, threshold, gain, "the load is past break-even");
        }
        boolean told = nowNanos - sinceNanos >= FILLED_NANOS || gain < GREAT_LOSS;
        return seen && told && gain < LEAST_GAIN_SEEN
                ? new Decision(rung, Rung.HEDGED, utilisation, threshold, gain, "asking all has gained nothing")
                : null;
    }

    /** Of the mean and of the slowest hundredth, as one figure: half the answers matter as well. */
    private static double gain(Figures then, Figures now) {
        double mean = now.meanNanos() / then.meanNanos();
        double tail = (double) now.tailNanos() / then.tailNanos();
        return 1 - Math.sqrt(mean * tail);
    }

    private @Nullable Decision judgeOne(Figures now, long nowNanos) {
        double threshold = threshold(now.copies(), now.variability());
        double used = now.utilisation();
        if (nowNanos - sinceNanos < SHORTEST_STAY_NANOS) {
            return null;
        }
        if (rung == Rung.SINGLE) {
            return used < hedgingEnds(now.variability()) - HYSTERESIS
                    ? new Decision(rung, Rung.HEDGED, used, threshold, now.gain(), "there is room for hedges again")
                    : null;
        }
        if (used > hedgingEnds(now.variability())) {
            return new Decision(rung, Rung.SINGLE, used, threshold, now.gain(), "there is no room for hedges");
        }
        boolean pays = now.copies() > 1 && used < MARGIN * threshold && now.gain() >= LEAST_GAIN;
        boolean may = nowNanos >= notBeforeNanos && nowNanos - sinceNanos >= FILLED_NANOS;
        return pays && may
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
