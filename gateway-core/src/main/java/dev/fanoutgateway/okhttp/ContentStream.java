package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import okhttp3.Call;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * The content of an answer that is read as it is asked for, on the thread that asks. Its connection is kept if all of it was
 * read, and cut otherwise.
 */
final class ContentStream implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private static final int MOST_AT_ONCE = 16 << 10;

    private final Call call;
    private final Response response;
    private final BufferedSource source;
    private final Consumer<ContentStream> over;
    private final Silence silence;

    private final AtomicBoolean subscribed = new AtomicBoolean();
    /** What was asked for and is not yet delivered; whoever raises it from 0 reads. */
    private final AtomicLong demand = new AtomicLong();

    private volatile boolean cancelled;
    private boolean ended;

    /** What is still to come by the length that the head states: HTTP/2 may send more or less. -1 if it states none. */
    private long left;

    private Flow.@Nullable Subscriber<? super ByteBuffer> reader;
    private volatile Headers trailers = Headers.empty();

    /**
     * @param idleNanos how long the backend may be silent
     * @param over told when nothing is to be read any more
     */
    ContentStream(Call call, Response response, long idleNanos, Consumer<ContentStream> over) {
        this.call = call;
        this.response = response;
        this.source = response.body().source();
        this.over = over;
        this.silence = new Silence(call, idleNanos);
        this.left = response.body().contentLength();
    }

    /** The fields after the content, once that was read. */
    Headers trailers() {
        return trailers;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        if (!subscribed.compareAndSet(false, true)) {
            subscriber.onSubscribe(new Nothing());
            subscriber.onError(new IllegalStateException("expected one subscriber, this is another"));
            return;
        }
        reader = subscriber;
        subscriber.onSubscribe(this);
    }

    @Override
    public void request(long more) {
        if (more <= 0) {
            fail(new IllegalArgumentException("expected to be asked for 1 or more, got " + more));
        } else if (demand.getAndAccumulate(more, ContentStream::sum) == 0) {
            deliver();
        }
    }

    /** From any thread; a read under way fails. */
    @Override
    public void cancel() {
        cancelled = true;
        call.cancel();
        if (demand.getAndSet(Long.MAX_VALUE) == 0) {
            end();
        }
    }

    /** The client is closed: whoever reads is told that it has broken off. */
    void cut() {
        call.cancel();
    }

    private void fail(RuntimeException wrong) {
        boolean idle = demand.getAndSet(Long.MAX_VALUE) == 0;
        boolean told = !cancelled && idle;
        cancelled = true;
        call.cancel();
        if (idle) {
            end();
        }
        if (told && reader != null) {
            reader.onError(wrong);
        }
    }

    /** By one thread at a time: whoever raised the demand from nothing. */
    private void deliver() {
        Flow.Subscriber<? super ByteBuffer> subscriber = reader;
        if (subscriber == null) {
            return;
        }
        while (!cancelled) {
            ByteBuffer some;
            try {
                some = next();
            } catch (IOException | RuntimeException e) {
                call.cancel();
                end();
                if (!cancelled) {
                    subscriber.onError(new IOException("the backend's answer broke off"));
                }
                return; // the demand stays above nothing, so that nobody reads again
            }
            if (some == null) {
                end();
                subscriber.onComplete();
                return;
            }
            subscriber.onNext(some);
            if (demand.get() != Long.MAX_VALUE && demand.decrementAndGet() == 0) {
                return;
            }
        }
        end();
    }

    private @Nullable ByteBuffer next() throws IOException {
        if (source.getBuffer().exhausted()) {
            silence.begin();
            boolean more;
            try {
                more = source.request(1);
            } finally {
                silence.end();
            }
            if (!more) {
                if (left > 0) {
                    throw new MisframedException("the content is shorter than its length");
                }
                trailers = Responses.trailers(response);
                return null;
            }
        }
        long some = Math.min(MOST_AT_ONCE, source.getBuffer().size());
        if (left >= 0) {
            left -= some;
            if (left < 0) {
                throw new MisframedException("the content is longer than its length");
            }
        }
        return ByteBuffer.wrap(source.readByteArray(some));
    }

    private void end() {
        if (!ended) {
            ended = true;
            over.accept(this);
            response.close();
        }
    }

    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** Cuts a call whose backend says nothing for too long. */
    private static final class Silence extends AsyncTimeout {
        private final Call call;
        private final boolean bounded;

        Silence(Call call, long nanos) {
            this.call = call;
            this.bounded = nanos > 0;
            timeout(nanos, TimeUnit.NANOSECONDS);
        }

        void begin() {
            if (bounded) {
                enter();
            }
        }

        void end() {
            if (bounded) {
                exit();
            }
        }

        @Override
        protected void timedOut() {
            call.cancel();
        }
    }

    /** Nothing to ask for. */
    private static final class Nothing implements Flow.Subscription {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
