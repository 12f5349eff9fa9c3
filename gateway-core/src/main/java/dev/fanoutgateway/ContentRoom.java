package dev.fanoutgateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds how much memory the content of requests may take that is gathered, all together: clients that send most of it and then
 * stop would else take all there is, however little each may send. Safe for use by any thread.
 */
final class ContentRoom {
    /** What is gathered stands in memory up to three times for a moment, and others want some, too. */
    private static final int SHARE = 8;

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most in bytes */
    ContentRoom(long most) {
        this.most = most;
    }

    /** A share of what memory this process may have. */
    static ContentRoom ofThisProcess() {
        return new ContentRoom(Runtime.getRuntime().maxMemory() / SHARE);
    }

    boolean tryTake(long bytes) {
        if (taken.addAndGet(bytes) <= most) {
            return true;
        }
        taken.addAndGet(-bytes);
        return false;
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** In bytes. */
    long taken() {
        return taken.get();
    }
}
