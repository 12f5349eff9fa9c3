package dev.fanoutgateway.fanout;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;

/** Subscribes to a stream that nobody will read and cancels at once, so that what is behind it is let go. */
public enum Discard implements Flow.Subscriber<ByteBuffer> {
    /** The one there is. */
    SUBSCRIBER;

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
