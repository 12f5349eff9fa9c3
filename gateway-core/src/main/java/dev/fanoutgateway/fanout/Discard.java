package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Subscribes to a stream that nobody will read and cancels at once, so that what is behind it is let go. */
public enum Discard implements Flow.Subscriber<ByteBuffer> {
    /** The one there is. */
    SUBSCRIBER;

    /** Lets an answer go that nobody will read; those in memory need no care. */
    public static void response(@Nullable GatewayResponse response) {
        if (response != null && !response.body().isBuffered()) {
            stream(response.body().publisher());
        }
    }

    /** Lets a stream go that has no subscriber yet. */
    public static void stream(Flow.Publisher<ByteBuffer> publisher) {
        try {
            publisher.subscribe(SUBSCRIBER);
        } catch (RuntimeException failure) {
            Fanout.LOG.warn("A response's stream refuses to be discarded", failure);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.cancel();
    }

    @Override
    public void onNext(ByteBuffer item) {}

    @Override
    public void onError(Throwable throwable) {}

    @Override
    public void onComplete() {}
}
