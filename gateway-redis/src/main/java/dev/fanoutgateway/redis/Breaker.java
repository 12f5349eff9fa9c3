package dev.fanoutgateway.redis;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps callers from waiting for a Redis that hangs. It opens after {@link #TOLERATED} timeouts in a row; while it is open
 * one probe every {@link #PAUSE_NANOS} finds out whether Redis answers again. An error that Redis answers with is an
 * answer. Safe for use by any thread.
 */
final class Breaker {
    static final int TOLERATED = 5;
    static final long PAUSE_NANOS = 200_000_000L;

    private final LongSupplier nanoTime;
    private final AtomicInteger timeouts = new AtomicInteger();
    private final AtomicLong nextProbe = new AtomicLong();

    Breaker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether commands are to fail at once. */
    boolean isOpen() {
        return timeouts.get() >= TOLERATED;
    }

    /** Whether the caller is the one to probe now. */
    boolean tryProbe() {
        long now = nanoTime.getAsLong();
        long due = nextProbe.get();
        return now - due >= 0 && nextProbe.compareAndSet(due, now + PAUSE_NANOS);
    }

    void onAnswer() {
        if (timeouts.get() != 0) {
            timeouts.set(0);
        }
    }

    /** Whether this timeout is the one that opens it. */
    boolean onTimeout() {
        boolean opens = timeouts.incrementAndGet() == TOLERATED;
        if (opens) {
            nextProbe.set(nanoTime.getAsLong() + PAUSE_NANOS);
        }
        return opens;
    }
}
