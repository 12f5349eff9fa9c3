package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Body;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries a streamed body to a blocking output, a buffer at a time. Everything is written on the one thread that calls {@link
 * #writeTo}; where the publisher reads on the thread that asks, it is read there too.
 */
final class BodyPump implements Flow.Subscriber<ByteBuffer> {
    private static final int COPIED_AT_ONCE = 8192;

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
    private byte @Nullable [] copy;

    /** How it ended. */
    enum End {
        /** All of it was written. */
        WHOLE,
        /** The publisher failed: what was written is not all of it. */
        BROKEN,
        /** {@link #stop} was called. */
        STOPPED
    }

    /** That there is something to ask for, a buffer to write, or the end. */
    private record Signal(
            @Nullable ByteBuffer buffer, @Nullable End end) {
        static final Signal READY = new Signal(null, null);
        static final Signal WHOLE = new Signal(null, End.WHOLE);
        static final Signal BROKEN = new Signal(null, End.BROKEN);
        static final Signal STOPPED = new Signal(null, End.STOPPED);
    }

    /** Takes a body that nobody will read, so that whatever feeds it can be given back. */
    static void discard(Body body) {
        if (!body.isBuffered()) {
            BodyPump pump = new BodyPump();
            pump.stop();
            body.publisher().subscribe(pump);
        }
    }

    /**
     * Subscribes, and writes until the end; called once.
     *
     * @param flushing whether each buffer is to reach the client at once
     * @throws IOException if the output fails, which means that the client is gone, or if this thread is interrupted; the
     *     subscription is cancelled
     */
    End writeTo(OutputStream out, Flow.Publisher<ByteBuffer> publisher, boolean flushing) throws IOException {
        boolean ended = false;
        try {
            publisher.subscribe(this);
            while (true) {
                Signal signal = signals.take();
                if (signal == Signal.READY) {
                    request(1);
                    continue;
                }
                if (signal.buffer == null) {
                    ended = signal.end != End.STOPPED;
                    return Objects.requireNonNull(signal.end);
                }
                write(signal.buffer, out);
                if (flushing) {
                    out.flush();
                }
                request(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a body was written");
        } finally {
            if (!ended) {
                cancel();
            }
        }
    }

    /** Ends {@link #writeTo} soon, from any thread: nobody reads any more. */
    void stop() {
        signals.add(Signal.STOPPED);
        cancel();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        if (!subscription.compareAndSet(null, given)) {
            given.cancel();
        } else if (signals.contains(Signal.STOPPED)) {
            given.cancel();
        } else {
            signals.add(Signal.READY);
        }
    }

    @Override
    public void onNext(ByteBuffer buffer) {
        if (!signals.isEmpty()) {
            signals.add(Signal.BROKEN); // more than was asked for: such a publisher would fill the memory
            cancel();
        } else {
            signals.add(new Signal(buffer, null));
        }
    }

    @Override
    public void onError(Throwable failure) {
        signals.add(Signal.BROKEN);
    }

    @Override
    public void onComplete() {
        signals.add(Signal.WHOLE);
    }

    private void write(ByteBuffer buffer, OutputStream out) throws IOException {
        if (buffer.hasArray()) {
            out.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
            return;
        }
        if (copy == null) {
            copy = new byte[COPIED_AT_ONCE];
        }
        while (buffer.hasRemaining()) {
            int length = Math.min(copy.length, buffer.remaining());
            buffer.get(copy, 0, length);
            out.write(copy, 0, length);
        }
    }

    private void request(int more) {
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.request(more);
        }
    }

    private void cancel() {
        Flow.Subscription given = subscription.get();
        if (given != null) {
            given.cancel();
        }
    }
}
