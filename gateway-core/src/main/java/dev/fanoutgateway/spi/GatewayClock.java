package dev.fanoutgateway.spi;

/**
 * Time as the gateway sees it: one type gives the time and runs tasks later, so that a test fakes both and they cannot
 * disagree. Safe for use by any thread.
 */
public interface GatewayClock {
    /** A time for intervals, in nanoseconds from an arbitrary origin; see {@link System#nanoTime()}. */
    long nanoTime();

    /** The wall clock, in milliseconds since 1970-01-01T00:00Z: for dates and calendar periods, never for intervals. */
    long currentTimeMillis();

    /**
     * Runs {@code task} once, about {@code delayNanos} from now (at once if that is not positive), on a thread on which
     * it may block.
     */
    Timer schedule(long delayNanos, Runnable task);

    /** A task that waits for its time. */
    interface Timer {
        /** Prevents the task from running if it has not begun. */
        void cancel();
    }
}
