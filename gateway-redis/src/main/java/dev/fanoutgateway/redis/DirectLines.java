package dev.fanoutgateway.redis;

import java.io.IOException;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Some connections on which calling threads ask Redis by themselves, which costs less than a change of threads. Nobody waits
 * for one: where none is idle there is no answer here, and one more is opened in the background, up to a bound. A line whose
 * answer did not come is closed, so that no other call ever reads it; when one breaks, those that are idle are closed too.
 * Safe for use by any thread.
 */
final class DirectLines implements AutoCloseable {
    /** No answer: to be asked by the other way. */
    static final List<Long> NONE = List.of(-1L);

    /** Servers and what is in between close connections that are idle for long, some without a word. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    private final DirectLine.Opener opener;
    private final int most;
    private final LongSupplier nanoTime;
    private final Deque<Idle> idle = new ConcurrentLinkedDeque<>();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicBoolean opening = new AtomicBoolean();
    private final AtomicInteger generation = new AtomicInteger();
    private final ThreadPoolExecutor background;
    private volatile long notBefore;
    private volatile boolean closed;

    /** At most {@code most} lines, at least 1. */
    DirectLines(DirectLine.Opener opener, int most, LongSupplier nanoTime) {
        this.opener = opener;
        this.most = most;
        this.nanoTime = nanoTime;
        this.notBefore = nanoTime.getAsLong();
        this.background = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "fanout-redis-direct");
            thread.setDaemon(true);
            return thread;
        });
        background.allowCoreThreadTimeOut(true);
    }

    /**
     * Redis's answer to {@code EVALSHA}, for which the calling thread waits; {@link #NONE} if no line is idle or Redis
     * answered with an error.
     *
     * @throws IOException if the answer did not come: Redis may have run the script nevertheless
     */
    List<Long> evalsha(byte[][] call) throws IOException {
        Idle taken = take();
        if (taken == null) {
            openAnother();
            return NONE;
        }
        List<Long> answer;
        boolean usable = false;
        try {
            answer = taken.line.evalsha(call);
            usable = true;
        } catch (java.net.SocketTimeoutException e) {
            throw e; // this answer is late; those of other lines may come
        } catch (IOException e) {
            forget();
            throw e;
        } finally {
            if (usable) {
                giveBack(taken);
            } else {
                close(taken.line);
            }
        }
        return answer == null ? NONE : answer;
    }

    /** Closes all that are idle, and, when they come back, all that are in use. */
    void forget() {
        generation.incrementAndGet();
        inBackground(this::closeIdle);
    }

    @Override
    public void close() {
        closed = true;
        background.shutdown();
        closeIdle();
    }

    /** How many there are, in use or idle. */
    int count() {
        return open.get();
    }

    int idle() {
        return idle.size();
    }

    /** The one that was used last, so that those that are not needed grow old. */
    private @Nullable Idle take() {
        Idle last;
        while ((last = idle.pollFirst()) != null) {
            if (last.generation == generation.get() && nanoTime.getAsLong() - last.since < STALE_NANOS) {
                return last;
            }
            close(last.line);
        }
        return null;
    }

    private void giveBack(Idle taken) {
        idle.addFirst(new Idle(taken.line, taken.generation, nanoTime.getAsLong()));
        if (closed) {
            closeIdle();
        }
    }

    private void openAnother() {
        if (open.get() >= most || nanoTime.getAsLong() - notBefore < 0 || !opening.compareAndSet(false, true)) {
            return;
        }
        if (!inBackground(this::openOne)) {
            opening.set(false);
        }
    }

    private void openOne() {
        try {
            int current = generation.get();
            DirectLine line = opener.open();
            open.incrementAndGet();
            giveBack(new Idle(line, current, 0));
        } catch (IOException | RuntimeException e) {
            notBefore = nanoTime.getAsLong() + PAUSE_NANOS;
            log.debug(
                    "no direct connection to Redis ({}); going on without",
                    e.getClass().getName());
        } catch (LinkageError e) {
            notBefore = Long.MAX_VALUE; // never again: another version of the library than this one knows
            closed = true;
            log.warn("no direct connections to Redis: Jedis on the class path does not fit ({})", e.toString());
        } finally {
            opening.set(false);
        }
    }

    private void closeIdle() {
        int current = generation.get();
        for (Idle one : idle) {
            if ((closed || one.generation != current) && idle.remove(one)) {
                close(one.line);
            }
        }
    }

    private void close(DirectLine line) {
        open.decrementAndGet();
        line.close();
    }

    private boolean inBackground(Runnable task) {
        try {
            background.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // closed
        }
    }

    /** A line, what it belongs to, and since when nobody uses it. Not a record: each is itself, so that it is removed once. */
    private static final class Idle {
        private final DirectLine line;
        private final int generation;
        private final long since;

        Idle(DirectLine line, int generation, long since) {
            this.line = line;
            this.generation = generation;
            this.since = since;
        }
    }
}
