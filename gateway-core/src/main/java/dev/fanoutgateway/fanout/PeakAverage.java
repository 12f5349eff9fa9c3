package dev.fanoutgateway.fanout;

import java.util.concurrent.TimeUnit;

/**
 * A moving average of a backend's times that a slow one lifts at once and fast ones lower slowly, and that fades while there
 * is none, so that a backend that was slow is tried again. After Finagle's peak-EWMA. Safe for use by any thread.
 */
final class PeakAverage {
    /** After this time an observation has lost about two thirds of its say. */
    private static final double FADE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final double LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final double SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private double nanos;
    private long atNanos;
    private boolean known;

    /** An attempt has taken {@code took}. */
    synchronized void observe(long now, double took) {
        double faded = faded(now);
        double share = known ? Math.exp(-(now - atNanos) / FADE_NANOS) : 0;
        set(now, took >= faded ? took : nanos * share + took * (1 - share));
    }

    /** An attempt has failed after {@code took}: that counts as twice the time expected. */
    synchronized void fail(long now, double took) {
        set(now, Math.max(took, 2 * Math.max(faded(now), SHORTEST_NANOS)));
    }

    /** An attempt was cut off after {@code took}. */
    synchronized void atLeast(long now, double took) {
        if (took > faded(now)) {
            set(now, took);
        }
    }

    /** The time to be expected; 0 if nothing is known. */
    synchronized double expected(long now) {
        return faded(now);
    }

    private double faded(long now) {
        return known ? nanos * Math.exp(-Math.max(0, now - atNanos) / FADE_NANOS) : 0;
    }

    private void set(long now, double value) {
        nanos = Math.min(value, LONGEST_NANOS);
        atNanos = now;
        known = true;
    }
}
