package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** A streamed answer keeps its backend busy until it has come to its end, or nobody reads it any more. */
final class Occupying implements Flow.Publisher<ByteBuffer> {
    private final Flow.Publisher<ByteBuffer> content;
    private final Backend backend;
    private final InFlight inFlight;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    private Occupying(Flow.Publisher<ByteBuffer> content, Backend backend, InFlight inFlight) {
        this.content = content;
        this.backend = backend;
        this.inFlight = inFlight;
    }

    /** {@code reply}, counted as under way from now on if its content is a stream. */
    static Reply streamed(Reply reply, Backend backend, InFlight inFlight) {
        GatewayResponse response = reply.response();
        if (response == null || response.body().isBuffered()) {
            return reply;
        }
        inFlight.enter(backend);
        Occupying busy = new Occupying(response.body().publisher(), backend, inFlight);
        return Reply.of(response.withBody(response.body().through(busy)));
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
        content.subscribe(subscribed.compareAndSet(false, true) ? new Reader(subscriber) : subscriber);
    }

    /** The one who reads it, and whose end it is. */
    private final class Reader implements Flow.Subscriber<ByteBuffer> {
        private final Flow.Subscriber<? super ByteBuffer> reader;
        private final AtomicBoolean over = new AtomicBoolean();

        Reader(Flow.Subscriber<? super ByteBuffer> reader) {
            this.reader = reader;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            reader.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    subscription.request(n);
                }

                @Override
                public void cancel() {
                    subscription.cancel();
                    exit();
                }
            });
        }

        @Override
        public void onNext(ByteBuffer some) {
            reader.onNext(some);
        }

        @Override
        public void onError(Throwable failure) {
            exit();
            reader.onError(failure);
        }

        @Override
        public void onComplete() {
            exit();
            reader.onComplete();
        }

        private void exit() {
            if (over.compareAndSet(false, true)) {
                inFlight.exit(backend);
            }
        }
    }
}
