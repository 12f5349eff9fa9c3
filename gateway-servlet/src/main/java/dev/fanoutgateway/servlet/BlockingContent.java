package dev.fanoutgateway.servlet;

import jakarta.servlet.ServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Content that is read where it is asked for, by a thread that may wait for it. It stays with the request until {@link
 * #isOver}.
 */
final class BlockingContent extends RequestContent {
    private static final Logger log = LoggerFactory.getLogger(BlockingContent.class);

    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;

    BlockingContent(ServletRequest request) {
        super(request);
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

    @Override
    void close() {
        cancel();
    }

    private void deliver() {
        Flow.Subscriber<? super ByteBuffer> subscriber = reader();
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
                endWhole();
                subscriber.onComplete();
                return;
            }
            subscriber.onNext(some);
        } while (demand.get() == Long.MAX_VALUE || demand.decrementAndGet() > 0);
    }

    private @Nullable ByteBuffer next() throws IOException {
        ByteBuffer first = takeFirst();
        if (first != null) {
            return first;
        }
        byte[] room = new byte[MOST_AT_ONCE];
        int read = input().read(room);
        return read < 0 ? null : ByteBuffer.wrap(room, 0, read);
    }
}
