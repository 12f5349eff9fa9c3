package dev.fanoutgateway.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that no thread waits for. What is there already when it is asked for is read at once, on the container's thread;
 * for the rest the container calls, once the request is asynchronous.
 *
 * <p>Reading never blocks, and is done under a lock, by whichever thread has a reason to: so {@link #close} can promise that
 * nobody reads from a request that the container may use for somebody else. What was read is given on without the lock, by
 * one thread at a time.
 */
final class ArrivingContent extends RequestContent implements ReadListener {
    private static final Logger log = LoggerFactory.getLogger(ArrivingContent.class);
    private static final Object END = new Object();

    private final long length;
    private final Thread own = Thread.currentThread();

    private final Object lock = new Object();
    // All that follows is guarded by the lock.
    private boolean asynchronous;
    private boolean listening;
    private boolean giving;
    /** The container has called since somebody last looked. */
    private boolean called;

    private boolean finished;
    private boolean closed;
    private long demand;
    private long taken;
    private @Nullable Throwable failure;

    /**
     * On the container's thread.
     *
     * @param length in bytes; -1 if it is not known
     */
    ArrivingContent(ServletRequest request, long length) {
        super(request);
        this.length = length;
    }

    /** Only if that is known already: what was announced by nothing may still come. */
    @Override
    boolean isEmpty() throws IOException {
        return JettyInput.isThere(input()) && super.isEmpty();
    }

    /** The request is asynchronous: the container may be asked to call. */
    void listen() {
        synchronized (lock) {
            asynchronous = true;
        }
        give();
    }

    /** Whether somebody waits for it. */
    boolean isWanted() {
        synchronized (lock) {
            return demand > 0 && !closed;
        }
    }

    /** Whether it broke off, so that there will soon be an answer that says so. */
    boolean hasFailed() {
        synchronized (lock) {
            return failure != null;
        }
    }

    @Override
    public void request(long more) {
        synchronized (lock) {
            demand = sum(demand, Math.max(0, more));
        }
        give();
    }

    @Override
    public void cancel() {
        close();
    }

    @Override
    void close() {
        synchronized (lock) {
            closed = true;
        }
        end();
    }

    @Override
    public void onDataAvailable() {
        synchronized (lock) {
            called = true;
        }
        give();
    }

    @Override
    public void onAllDataRead() {
        synchronized (lock) {
            finished = true;
        }
        give();
    }

    @Override
    public void onError(Throwable problem) {
        log.debug("the content of a request cannot be read", problem);
        synchronized (lock) {
            failure = problem;
        }
        give();
    }

    /** Gives on what there is and what is wanted. A thread that finds another one at it leaves it to that. */
    private void give() {
        synchronized (lock) {
            if (giving) {
                return;
            }
            giving = true;
        }
        while (true) {
            Object signal;
            synchronized (lock) {
                signal = next();
                if (signal == null) {
                    giving = false;
                    return;
                }
            }
            give(signal);
        }
    }

    private void give(Object signal) {
        Flow.Subscriber<? super ByteBuffer> subscriber = reader();
        if (signal instanceof ByteBuffer some) {
            if (subscriber != null) {
                subscriber.onNext(some);
            }
            return;
        }
        if (signal instanceof Throwable broken) {
            end();
            if (subscriber != null) {
                subscriber.onError(broken);
            }
        } else {
            endWhole();
            if (subscriber != null) {
                subscriber.onComplete();
            }
        }
    }

    /** What to give on now: a piece, the end, or what went wrong; null for nothing yet, or nothing any more. */
    private @Nullable Object next() {
        if (closed) {
            return null;
        }
        try {
            ByteBuffer some = demand > 0 && !finished && failure == null ? piece() : null;
            if (some != null) {
                demand = demand == Long.MAX_VALUE ? demand : demand - 1;
                taken += some.remaining();
                finished = taken == length;
                return some;
            }
        } catch (IOException | IllegalStateException e) {
            failure = e;
        }
        boolean over = finished || failure != null;
        closed = over;
        return !over ? null : failure == null ? END : failure;
    }

    private @Nullable ByteBuffer piece() throws IOException {
        ByteBuffer first = takeFirst();
        if (first != null) {
            return first;
        }
        ServletInputStream in = input();
        if (asynchronous && !listening) {
            listening = true;
            in.setReadListener(this); // which is told what is there
            return called ? arrived(in) : null;
        }
        return listening ? arrived(in) : there(in);
    }

    private @Nullable ByteBuffer arrived(ServletInputStream in) throws IOException {
        do {
            called = false;
            if (in.isReady()) {
                return read(in, MOST_AT_ONCE);
            }
        } while (called && !finished); // a container may call from within the question
        return null;
    }

    private @Nullable ByteBuffer there(ServletInputStream in) throws IOException {
        if (Thread.currentThread() != own) {
            return null; // the request may be over by now, and its thread serve another
        }
        int available = in.available();
        if (available > 0) {
            return read(in, Math.min(available, MOST_AT_ONCE));
        }
        return null;
    }

    private @Nullable ByteBuffer read(ServletInputStream in, int most) throws IOException {
        byte[] room = new byte[most];
        int read = in.read(room);
        if (read < 0) {
            finished = true;
        }
        return read <= 0 ? null : ByteBuffer.wrap(room, 0, read);
    }
}
