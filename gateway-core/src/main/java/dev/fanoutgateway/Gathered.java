package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Reads a stream to its end, into memory. It is somebody else's to see that there is not too much of it. */
final class Gathered implements Flow.Subscriber<ByteBuffer> {
    private final CompletableFuture<Body> whole = new CompletableFuture<>();
    private final Pieces pieces = new Pieces();

    /** Complete at the end. */
    CompletableFuture<Body> whole() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    /** No room is made before it is needed: an announced length costs a client nothing. */
    @Override
    public void onNext(ByteBuffer some) {
        pieces.add(some);
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(pieces.content());
    }
}
