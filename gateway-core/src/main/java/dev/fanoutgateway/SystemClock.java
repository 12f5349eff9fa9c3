package dev.fanoutgateway;

import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The time of this machine. One thread keeps the appointments and hands each task to the executor, so that a task may
 * block without delaying others.
 */
public final class SystemClock implements GatewayClock, AutoCloseable {
    private final ScheduledThreadPoolExecutor timers;
    private final Executor executor;

    /** A clock whose tasks run on {@code executor}. */
    public SystemClock(Executor executor) {
        this.executor = executor;
        timers = new ScheduledThreadPoolExecutor(1, Threads.daemons("fanout-gateway-timer-"));
        timers.setRemoveOnCancelPolicy(true);
        timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        try {
            ScheduledFuture<?> appointment =
                    timers.schedule(() -> executor.execute(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
            return () -> appointment.cancel(false);
        } catch (RejectedExecutionException closed) {
            return () -> {}; // the gateway is closed: nothing is due any more
        }
    }

    /** Forgets all tasks that wait. */
    @Override
    public void close() {
        timers.shutdownNow();
    }
}
