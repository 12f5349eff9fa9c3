package dev.fanoutgateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * A backend's failures: how many in a row, and their share of the attempts within a sliding window of ten slices. Safe for
 * use by any thread; a success after a success costs one volatile read where no share is taken.
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

    /** Of the latest attempt. */
    private volatile Last last = Last.UNKNOWN;

    private enum Last {
        UNKNOWN,
        SUCCEEDED,
        FAILED,
        ONE_TOO_MANY
    }

    FailureCounts(Ejection ejection) {
        afterFailures = ejection.afterFailures();
        failureShare = ejection.failureShare();
        leastAttempts = ejection.leastAttempts();
        sliceNanos = ejection.window().toNanos() / SLICES;
    }

    void succeeded(long now) {
        if (last == Last.SUCCEEDED && failureShare == 0) {
            return;
        }
        synchronized (this) {
            inARow = 0;
            last = Last.SUCCEEDED;
            attempts[slice(now)]++;
        }
    }

    /** Counts a failure; gives the reason why the backend is to be ejected, if there is one. */
    synchronized @Nullable String failed(long now) {
        int slice = slice(now);
        attempts[slice]++;
        failures[slice]++;
        inARow++;
        String reason = reason(now);
        last = reason == null ? Last.FAILED : Last.ONE_TOO_MANY;
        return reason;
    }

    private @Nullable String reason(long now) {
        if (afterFailures > 0 && inARow >= afterFailures) {
            return inARow + (inARow == 1 ? " failure" : " failures in a row");
        }
        return failureShare > 0 ? share(now) : null;
    }

    /** Whether the last attempt was a success; not if nothing is known yet. */
    boolean lastSucceeded() {
        return last == Last.SUCCEEDED;
    }

    /** Whether the last attempt was a failure and a reason to eject. */
    boolean tooMany() {
        return last == Last.ONE_TOO_MANY;
    }

    synchronized void clear() {
        inARow = 0;
        last = Last.UNKNOWN;
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
