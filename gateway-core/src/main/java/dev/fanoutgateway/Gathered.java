package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Reads a stream to its end, into memory. It is somebody else's to see that there is not too much of it. */
final class Gathered implements Flow.Subscriber<ByteBuffer> {
    private final CompletableFuture<Body> whole = new CompletableFuture<>();
    /** Of the length that was announced; null if none was. */
    private final byte @Nullable [] content;

    private final Pieces pieces = new Pieces();
    private int length;

    /** @param announced in bytes, at most that of an array; -1 if it is not known */
    Gathered(long announced) {
        content = announced < 0 ? null : new byte[Math.toIntExact(announced)];
    }

    /** Complete at the end. */
    CompletableFuture<Body> whole() {
        return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer some) {
        int size = some.remaining();
        if (content == null) {
            pieces.add(some);
        } else {
            some.get(content, length, size);
        }
        length += size;
    }

    @Override
    public void onError(Throwable failure) {
        whole.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        whole.complete(Body.of(content == null ? pieces.joined() : content));
    }
}
