package dev.fanoutgateway.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that waits for an answer, and meanwhile runs what it is given: a request's first attempt, with no change of
 * threads. What comes when it waits no more runs elsewhere, since others may wait for it. Tasks are taken from any thread.
 */
final class WaitingThread implements Executor {
    private static final Logger log = LoggerFactory.getLogger(WaitingThread.class);
    private static final Runnable WAKE = () -> {};

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Executor afterwards;
    private boolean left; // guarded by tasks

    /** The calling thread, which is to {@link #await}. */
    WaitingThread(Executor afterwards) {
        this.afterwards = afterwards;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (!left) {
                tasks.add(task);
                return;
            }
        }
        afterwards.execute(task);
    }

    /** As {@link CompletableFuture#get(long, TimeUnit)}; a task that has begun is not interrupted. Called once. */
    <T> T await(CompletableFuture<T> answer, long millis)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        answer.whenComplete((value, failure) -> tasks.add(WAKE));
        try {
            while (!answer.isDone()) {
                Runnable task = tasks.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (task == null) {
                    throw new TimeoutException();
                }
                run(task);
            }
        } finally {
            leave();
        }
        return answer.get();
    }

    private void leave() {
        List<Runnable> rest = new ArrayList<>();
        synchronized (tasks) {
            left = true;
            tasks.drainTo(rest);
        }
        for (Runnable task : rest) {
            if (task != WAKE) {
                passOn(task);
            }
        }
    }

    private void passOn(Runnable task) {
        try {
            afterwards.execute(task);
        } catch (RejectedExecutionException e) {
            run(task); // the gateway is closed: it ends at once
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("an attempt failed on the thread that waits for it", e);
        }
    }
}
