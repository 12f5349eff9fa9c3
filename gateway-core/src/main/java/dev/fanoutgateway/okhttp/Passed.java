package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.Body;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * A request's content that is passed on while it comes, on the thread of the call, a piece at a time. It can be sent once: a
 * call for which nothing of it was asked leaves it to the next.
 */
final class Passed extends RequestBody {
    private final Body content;
    private final Progress progress;
    private final Pieces pieces = new Pieces();

    /** @param progress of the call that sends it */
    Passed(Body content, Progress progress) {
        this.content = content;
        this.progress = progress;
    }

    /** The call is cut: whoever waits for a piece waits no more. */
    void stop() {
        pieces.onError(new IOException("cut"));
        pieces.leave();
    }

    @Override
    public @Nullable MediaType contentType() {
        return null; // the request's own field stays as it is
    }

    @Override
    public long contentLength() {
        return content.length();
    }

    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        EarlyAnswer early = progress.early();
        EarlyAnswer.Look look = early == null ? null : early.begin();
        try {
            send(sink);
        } finally {
            if (look != null) {
                look.end();
            }
        }
    }

    private void send(BufferedSink sink) throws IOException {
        boolean ended = false;
        try {
            content.publisher().subscribe(pieces);
            while (true) {
                Object signal = pieces.next();
                if (signal == Pieces.END) {
                    ended = true;
                    return;
                }
                if (signal instanceof ByteBuffer some) {
                    sink.write(some);
                    sink.flush(); // or what a slow client has sent would wait for more
                } else if (signal instanceof Throwable) {
                    ended = true;
                    throw new IOException("the request's content broke off");
                }
                pieces.ask();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a request's content was sent");
        } finally {
            if (!ended) {
                pieces.leave();
            }
        }
    }

    /** What the content's publisher says, in its order. */
    private static final class Pieces implements Flow.Subscriber<ByteBuffer> {
        static final Object END = new Object();
        private static final Object READY = new Object();

        private final BlockingQueue<Object> signals = new LinkedBlockingQueue<>();
        private final AtomicBoolean subscribed = new AtomicBoolean();
        private volatile Flow.@Nullable Subscription subscription;

        Object next() throws InterruptedException {
            return signals.take();
        }

        void ask() {
            Objects.requireNonNull(subscription).request(1);
        }

        void leave() {
            Flow.Subscription left = subscription;
            if (left != null) {
                left.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            if (subscribed.compareAndSet(false, true)) {
                subscription = given;
                signals.add(READY);
            } else {
                given.cancel();
            }
        }

        @Override
        public void onNext(ByteBuffer some) {
            signals.add(some);
        }

        @Override
        public void onError(Throwable failure) {
            signals.add(failure);
        }

        @Override
        public void onComplete() {
            signals.add(END);
        }
    }
}
