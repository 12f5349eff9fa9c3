package dev.fanoutgateway.servlet;

import dev.fanoutgateway.CallingThread;
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
 * A container's thread that waits for an answer, and meanwhile does the request's work: what follows a limiter's or a
 * cache's answer, and, if it may wait to the end, the first attempt. What comes when it waits no more runs elsewhere, since
 * others may wait for it. Tasks are taken from any thread.
 */
final class WaitingThread implements CallingThread, Executor {
    private static final Logger log = LoggerFactory.getLogger(WaitingThread.class);
    private static final Runnable WAKE = () -> {};

    /**
     * How long a thread waits that is needed elsewhere: enough for a limiter or a cache in the same network, which then
     * costs the request one change of threads in place of three or four.
     */
    private static final long BRIEF_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = Thread.currentThread();
    private final Executor elsewhere;
    private final boolean toTheEnd;
    private final long briefNanos;
    private volatile boolean forwarded;
    private boolean left; // guarded by tasks

    /**
     * The calling thread, which is to {@link #await}, or, unless it may wait {@code toTheEnd}, to {@link #awaitBriefly}.
     *
     * @param elsewhere runs what this thread does not
     */
    WaitingThread(Executor elsewhere, boolean toTheEnd) {
        this(elsewhere, toTheEnd, BRIEF_NANOS);
    }

    WaitingThread(Executor elsewhere, boolean toTheEnd, long briefNanos) {
        this.elsewhere = elsewhere;
        this.toTheEnd = toTheEnd;
        this.briefNanos = briefNanos;
    }

    @Override
    public Executor next() {
        return this;
    }

    @Override
    public Executor first() {
        return toTheEnd ? this : elsewhere;
    }

    @Override
    public boolean mayBlock() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void forwarding() {
        forwarded = true;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (!left) {
                tasks.add(task);
                return;
            }
        }
        passOn(task);
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

    /** Waits as long as only the gateway itself is asked, and briefly; whether the answer is there. Called once. */
    boolean awaitBriefly(CompletableFuture<?> answer) {
        try {
            long end = System.nanoTime() + briefNanos;
            while (!forwarded && !answer.isDone()) {
                Runnable task = tasks.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (task == null) {
                    break;
                }
                run(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            leave();
        }
        return answer.isDone();
    }

    /** This thread is there for the request no more: what is left to do, and what comes, is done elsewhere. */
    void leave() {
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
            elsewhere.execute(task);
        } catch (RejectedExecutionException e) {
            run(task); // the gateway is closed: it ends at once
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("a request's work failed on the thread that waits for it", e);
        }
    }
}
