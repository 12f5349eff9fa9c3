package dev.fanoutgateway.okhttp;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls may be repeated because their connection from the pool proved dead: one in a hundred, and a few at once. A
 * backend that reads requests and closes its connections must not be asked for everything twice. Safe for use by any thread.
 */
final class Repeats {
    private static final int COST = 100;
    private static final int MOST = 5 * COST;

    private final AtomicInteger saved = new AtomicInteger(MOST);

    /** A call is made. */
    void earn() {
        if (saved.get() < MOST) {
            saved.incrementAndGet();
        }
    }

    /** Whether one may be repeated, which is counted then. */
    boolean tryRepeat() {
        while (true) {
            int now = saved.get();
            if (now < COST) {
                return false;
            }
            if (saved.compareAndSet(now, now - COST)) {
                return true;
            }
        }
    }
}
