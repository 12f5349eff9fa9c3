package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The content of a container's request, read blocking where it is asked for. Jetty and Undertow send {@code 100 Continue} at
 * the first read and not before, as does Tomcat with {@code continueResponseTiming="onRead"} (RFC 9110 section 10.1.1). Its
 * thread stays with the request until {@link #isOver}.
 */
final class RequestContent implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private static final Logger log = LoggerFactory.getLogger(RequestContent.class);
    private static final int MOST_AT_ONCE = 16 << 10;
    private static final int NOTHING = -2;

    private final ServletRequest request;
    private final AtomicBoolean subscribed = new AtomicBoolean();
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private volatile boolean read;
    private final CompletableFuture<Boolean> over = new CompletableFuture<>();
    private Flow.@Nullable Subscriber<? super ByteBuffer> reader;
    private int first = NOTHING;

    RequestContent(ServletRequest request) {
        this.request = request;
    }

    /** Whether there is none after all; reads the first byte, which is given to the reader later. */
    boolean isEmpty() throws IOException {
        first = request.getInputStream().read();
        if (first < 0) {
            read = true;
            end();
        }
        return first < 0;
    }

    /** Whether it was read to its end. */
    boolean isRead() {
        return read;
    }

    /** Whether nothing will be read any more. */
    boolean isOver() {
        return over.isDone();
    }

    /** Runs {@code action} when nothing will be read any more; at once if that is so already. */
    void whenOver(Runnable action) {
        over.thenRun(action);
    }

    private void end() {
        over.complete(true);
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(NO_MORE);
            subscriber.onError(new IllegalStateException("the content was read already"));
            return;
        }
        reader = subscriber;
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long more) {
        if (more > 0 && demand.getAndAccumulate(more, RequestContent::sum) == 0) {
            deliver();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        end();
    }

    private void deliver() {
        Flow.Subscriber<? super ByteBuffer> subscriber = reader;
        if (subscriber == null) {
            return;
        }
        do {
            if (cancelled) {
                return;
            }
            ByteBuffer some;
            try {
                some = next();
            } catch (IOException | IllegalStateException e) {
                log.debug("the content of a request cannot be read", e);
                end();
                if (!cancelled) {
                    subscriber.onError(e);
                }
                return;
            }
            if (cancelled) {
                return;
            }
            if (some == null) {
                read = true;
                end();
                subscriber.onComplete();
                return;
            }
            subscriber.onNext(some);
        } while (demand.get() == Long.MAX_VALUE || demand.decrementAndGet() > 0);
    }

    private @Nullable ByteBuffer next() throws IOException {
        if (first >= 0) {
            byte[] one = {(byte) first};
            first = NOTHING;
            return ByteBuffer.wrap(one);
        }
        byte[] room = new byte[MOST_AT_ONCE];
        int read = request.getInputStream().read(room);
        return read < 0 ? null : ByteBuffer.wrap(room, 0, read);
    }

    private static long sum(long one, long other) {
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
