package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that is also read while a request waits for its answer, which Jetty does not do over HTTP/1.1: it
 * learns of a client that is gone only by a write. What comes meanwhile is the client's next request: it is kept, and given
 * out first by the next {@link #fill}, so that Jetty sees the same bytes in the same order. The end of the input, and a
 * reset, mean that the client is gone: the connection is closed then, and who watches is told.
 *
 * <p>Jetty lets one callback at a time wait for input. It is always {@link #readable}, which passes on to the one that Jetty
 * set; so it can stay when a request is over. The lock guards the fields and the order of bytes; no foreign code is called
 * while it is held.
 */
final class WatchedEndPoint extends SocketChannelEndPoint implements ClientWatch {
    /** How much is kept of a next request; a client that sends more is not watched any more. */
    private static final int MOST_AHEAD = 4096;

    private final Executor executor;
    private final ClientPace pace;
    private final AtomicLong taken = new AtomicLong();
    private final Callback readable = new Readable();
    private final Set<StreamWatch> streams = ConcurrentHashMap.newKeySet();
    private final Object lock = new Object();

    /** Whether no more will come: the client has ended the connection, or it is closed. */
    private volatile boolean ended;

    /** Whether {@link #readable} is set, or about to be, or has fired and is about to look here. */
    private boolean registered;

    /** Jetty's own callback. */
    private @Nullable Callback reader;

    /** Set while a request is watched. */
    private @Nullable Runnable gone;

    /** What was read before Jetty asked for it; null for nothing. */
    private @Nullable ByteBuffer ahead;

    WatchedEndPoint(
            SocketChannel channel,
            ManagedSelector selector,
            SelectionKey key,
            Scheduler scheduler,
            Executor executor,
            ClientPace pace) {
        super(channel, selector, key, scheduler);
        this.executor = executor;
        this.pace = pace;
    }

    ClientPace pace() {
        return pace;
    }

    /** How many bytes the client, or the system for it, has taken so far. */
    long taken() {
        return taken.get();
    }

    @Override
    public void start(Runnable whenGone) {
        boolean register;
        synchronized (lock) {
            gone = whenGone;
            register = !registered;
            registered = true;
        }
        if (register) {
            register();
        } else if (!isOpen()) {
            lost();
        }
    }

    @Override
    public void stop() {
        synchronized (lock) {
            gone = null;
        }
    }

    @Override
    public void fillInterested(Callback callback) {
        if (!tryFillInterested(callback)) {
            throw new ReadPendingException();
        }
    }

    @Override
    public boolean tryFillInterested(Callback callback) {
        notIdle();
        boolean register = false;
        boolean ready;
        synchronized (lock) {
            if (reader != null) {
                return false;
            }
            ready = ahead != null && isOpen();
            if (!ready) {
                reader = callback;
                register = !registered;
                registered = true;
            }
        }
        if (ready) {
            execute(callback::succeeded); // not on this thread: Jetty would come back here, ever deeper
        } else if (register) {
            register();
        }
        return true;
    }

    /** Whether Jetty waits for input; that this watches is nothing to it. */
    @Override
    public boolean isFillInterested() {
        synchronized (lock) {
            return reader != null;
        }
    }

    /** Of HTTP/2: told when no more comes on this connection; at once if that is so. Jetty reads it all the time. */
    void addStream(StreamWatch stream) {
        streams.add(stream);
        if (ended) {
            stream.lost();
        }
    }

    void removeStream(StreamWatch stream) {
        streams.remove(stream);
    }

    private void end() {
        ended = true;
        streams.forEach(StreamWatch::lost);
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        end();
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int filled = fillInOrder(buffer);
        if (filled < 0) {
            end();
        }
        return filled;
    }

    private int fillInOrder(ByteBuffer buffer) throws IOException {
        synchronized (lock) {
            ByteBuffer kept = ahead;
            if (kept == null || !isOpen()) {
                return super.fill(buffer);
            }
            int filled = BufferUtil.append(buffer, kept);
            if (!kept.hasRemaining()) {
                ahead = null;
            }
            return filled;
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = BufferUtil.remaining(buffers);
        boolean all = super.flush(buffers);
        taken.lazySet(taken.get() + before - BufferUtil.remaining(buffers)); // one writes at a time
        return all;
    }

    /** What Jetty does with a client that is silent for too long: who waits for its content, or to write, is told. */
    @Override
    protected void onIdleExpired(TimeoutException timeout) {
        super.onIdleExpired(timeout);
    }

    private void register() {
        super.fillInterested(readable);
        if (!isOpen()) {
            lost(); // if it was closed before, nothing fires any more
        }
    }

    private void onReadable() {
        Callback reading;
        boolean ended = false;
        boolean again = false;
        synchronized (lock) {
            reading = reader;
            reader = null;
            if (reading == null && gone != null) {
                ended = !readAhead();
                again = !ended && (ahead == null || BufferUtil.space(ahead) > 0);
            }
            registered = again;
        }
        if (reading != null) {
            reading.succeeded();
        } else if (ended) {
            lost();
        } else if (again) {
            register();
        }
    }

    private void onFailed(Throwable cause) {
        Callback reading;
        synchronized (lock) {
            reading = reader;
            reader = null;
            registered = false;
        }
        if (reading != null) {
            reading.failed(cause);
        }
        if (!isOpen()) {
            lost();
        }
    }

    /** Under the lock; false at the end of the input. */
    private boolean readAhead() {
        ByteBuffer kept = ahead == null ? BufferUtil.allocate(MOST_AHEAD) : ahead;
        try {
            int filled = super.fill(kept);
            if (filled > 0) {
                ahead = kept;
            }
            return filled >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void lost() {
        Runnable told;
        synchronized (lock) {
            told = gone;
            gone = null;
        }
        if (told != null) {
            close();
            execute(told);
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            close(); // the server has stopped
            task.run();
        }
    }

    private final class Readable implements Callback {
        @Override
        public void succeeded() {
            onReadable();
        }

        @Override
        public void failed(Throwable cause) {
            onFailed(cause);
        }

        /** Jetty asks before it runs this, and runs what does not block on the thread that serves all connections. */
        @Override
        public InvocationType getInvocationType() {
            synchronized (lock) {
                return reader == null ? InvocationType.BLOCKING : reader.getInvocationType();
            }
        }
    }
}
