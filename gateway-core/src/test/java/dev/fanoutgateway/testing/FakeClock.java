package dev.fanoutgateway.testing;

import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock that stands still until it is told to move. Tasks run on the thread that moves it, in the order of their times;
 * equal times run in the order they were scheduled. Safe for use by any thread.
 */
public final class FakeClock implements GatewayClock {
    private final long startMillis;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.comparingLong((Task task) -> task.at).thenComparingLong(task -> task.sequence));
    private long nowNanos = 1_000_000_000L;
    private long wallNanos;
    private long sequence;

    /** A clock that shows 2026-01-01T00:00Z. */
    public FakeClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** A clock whose wall shows {@code start}. */
    public FakeClock(Instant start) {
        this.startMillis = start.toEpochMilli();
    }

    @Override
    public synchronized long nanoTime() {
        return nowNanos;
    }

    @Override
    public synchronized long currentTimeMillis() {
        return startMillis + wallNanos / 1_000_000;
    }

    @Override
    public synchronized Timer schedule(long delayNanos, Runnable work) {
        Task task = new Task(nowNanos + Math.max(0, delayNanos), sequence++, work);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    /** Moves the time on, and runs each task that falls due at its own time. */
    public void advance(Duration by) {
        long target = nanoTime() + by.toNanos();
        while (true) {
            Task next;
            synchronized (this) {
                next = tasks.peek();
                if (next == null || next.at > target) {
                    moveTo(target);
                    return;
                }
                tasks.poll();
                moveTo(Math.max(next.at, nowNanos));
            }
            next.work.run();
        }
    }

    /** Runs the tasks that are due now. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** The number of tasks that wait. */
    public synchronized int pending() {
        return tasks.size();
    }

    private void moveTo(long nanos) {
        wallNanos += nanos - nowNanos;
        nowNanos = nanos;
    }

    private record Task(long at, long sequence, Runnable work) {}
}
