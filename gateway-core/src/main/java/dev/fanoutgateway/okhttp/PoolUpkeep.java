package dev.fanoutgateway.okhttp;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import okhttp3.ConnectionPool;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;

/**
 * Looks once a second for connections that have been idle for too long. OkHttp on its own wakes a thread to do so after every
 * single call. One daemon thread waits for all pools (while it is at
 * work for one, OkHttp may begin another), and ends when there are no connections. Made of what OkHttp calls internal:
 * see {@code docs/decisions/idle-connections-once-a-second.md}.
 */
final class PoolUpkeep implements TaskRunner.Backend {
    private static final long PERIOD_NANOS = Duration.ofSeconds(1).toNanos();

    static final String NAME = "fanout-gateway connection upkeep";

    private static final TaskRunner RUNNER =
            new TaskRunner(new PoolUpkeep(), Logger.getLogger(TaskRunner.class.getName()));

    private PoolUpkeep() {}

    /** @throws LinkageError if this is not an OkHttp with the insides that this class knows, or they are closed to it */
    static ConnectionPool pool(int maxIdleConnections, Duration idleTimeout) {
        return new ConnectionPool(
                maxIdleConnections,
                idleTimeout.toNanos(),
                TimeUnit.NANOSECONDS,
                RUNNER,
                ConnectionListener.Companion.getNONE());
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    /** Wakes nobody: who waits looks again within the second. */
    @Override
    public void coordinatorNotify(TaskRunner runner) {}

    @Override
    public void coordinatorWait(TaskRunner runner, long nanos) {
        try {
            TimeUnit.NANOSECONDS.timedWait(runner, Math.min(nanos, PERIOD_NANOS));
        } catch (InterruptedException e) {
            // nobody has this thread to interrupt it; it looks earlier, no more
        }
    }

    @Override
    public <T> BlockingQueue<T> decorate(BlockingQueue<T> queue) {
        return queue;
    }

    @Override
    public void execute(TaskRunner runner, Runnable upkeep) {
        Thread thread = new Thread(null, upkeep, NAME, 0, false); // with nothing of the request that was first
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }
}
