package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The content of a container's request; nothing of it is read before it is asked for. Jetty and Undertow send {@code 100
 * Continue} at the first read and not before, as does Tomcat with {@code continueResponseTiming="onRead"} (RFC 9110 section
 * 10.1.1).
 */
abstract class RequestContent implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    static final int MOST_AT_ONCE = 16 << 10;
    private static final int NOTHING = -2;

    private final ServletRequest request;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private volatile boolean read;
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private volatile Flow.@Nullable Subscriber<? super ByteBuffer> reader;
    private int first = NOTHING;

    RequestContent(ServletRequest request) {
        this.request = request;
    }

    /** Whether there is none after all; reads the first byte, which is given to the reader later. */
    boolean isEmpty() throws IOException {
        first = input().read();
        if (first < 0) {
            endWhole();
        }
        return first < 0;
    }

    /** Whether it was read to its end. */
    final boolean isRead() {
        return read;
    }

    /** Whether nothing will be read any more. */
    final boolean isOver() {
        return over.isDone();
    }

    /** Runs {@code action} when nothing will be read any more; at once if that is so already. */
    final void whenOver(Runnable action) {
        over.thenRun(action);
    }

    /** The request is over, or about to be: on return nobody is reading, and nobody will. */
    abstract void close();

    @Override
    public final void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(NO_MORE);
            subscriber.onError(new IllegalStateException("the content was read already"));
            return;
        }
        reader = subscriber;
        subscriber.onSubscribe(this);
    }

    final Flow.@Nullable Subscriber<? super ByteBuffer> reader() {
        return reader;
    }

    final ServletInputStream input() throws IOException {
        return request.getInputStream();
    }

    /** What {@link #isEmpty} has read; null if there is nothing, or not any more. */
    final @Nullable ByteBuffer takeFirst() {
        if (first < 0) {
            return null;
        }
        byte[] one = {(byte) first};
        first = NOTHING;
        return ByteBuffer.wrap(one);
    }

    /** It was read to its end. */
    final void endWhole() {
        read = true;
        end();
    }

    final void end() {
        over.complete(true);
    }

    static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static final Flow.Subscription NO_MORE = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };
}
