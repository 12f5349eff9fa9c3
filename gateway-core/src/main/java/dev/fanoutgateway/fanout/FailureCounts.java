package dev.fanoutgateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * A backend's failures: how many in a row, and their share of the attempts within a sliding window of ten slices. Safe for
 * use by any thread; a success of a backend that has none costs one volatile read where no share is taken.
 */
final class FailureCounts {
    private static final int SLICES = 10;

    private final int afterFailures;
    private final double failureShare;
    private final int leastAttempts;
    private final long sliceNanos;
    private final long[] sliceNumbers = new long[SLICES];
    private final int[] attempts = new int[SLICES];
    private final int[] failures = new int[SLICES];
    private int inARow;

    /** Whether there is nothing that a success changes. */
    private volatile boolean clean = true;

    FailureCounts(Ejection ejection) {
        afterFailures = ejection.afterFailures();
        failureShare = ejection.failureShare();
        leastAttempts = ejection.leastAttempts();
        sliceNanos = ejection.window().toNanos() / SLICES;
    }

    void succeeded(long now) {
        if (clean && failureShare == 0) {
            return;
        }
        synchronized (this) {
            inARow = 0;
            clean = true;
            attempts[slice(now)]++;
        }
    }

    /** Counts a failure; gives the reason why the backend is to be ejected, if there is one. */
    synchronized @Nullable String failed(long now) {
        int slice = slice(now);
        attempts[slice]++;
        failures[slice]++;
        inARow++;
        clean = false;
        if (afterFailures > 0 && inARow >= afterFailures) {
            return inARow + (inARow == 1 ? " failure" : " failures in a row");
        }
        return failureShare > 0 ? share(now) : null;
    }

    /** Whether the last attempt was a success, or there was none. */
    boolean lastSucceeded() {
        return clean;
    }

    synchronized void clear() {
        inARow = 0;
        clean = true;
        for (int i = 0; i < SLICES; i++) {
            attempts[i] = 0;
            failures[i] = 0;
        }
    }

    private @Nullable String share(long now) {
        long current = Math.floorDiv(now, sliceNanos);
        int tried = 0;
        int failed = 0;
        for (int i = 0; i < SLICES; i++) {
            if (sliceNumbers[i] > current - SLICES) {
                tried += attempts[i];
                failed += failures[i];
            }
        }
        return tried >= leastAttempts && failed >= failureShare * tried
                ? failed + " of " + tried + " attempts failed"
                : null;
    }

    private int slice(long now) {
        long current = Math.floorDiv(now, sliceNanos);
        int slice = (int) Math.floorMod(current, (long) SLICES);
        if (sliceNumbers[slice] != current) {
            sliceNumbers[slice] = current;
            attempts[slice] = 0;
            failures[slice] = 0;
        }
        return slice;
    }
}
