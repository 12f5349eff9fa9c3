package dev.fanoutgateway.servlet;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A streamed body that gives what it was told to, only as much as is asked for, and remembers how it was treated. */
final class ScriptedBody implements Flow.Publisher<ByteBuffer>, Flow.Subscription {
    private final Iterator<ByteBuffer> buffers;
    private final End end;
    private final AtomicInteger demand = new AtomicInteger();
    private Flow.@Nullable Subscriber<? super ByteBuffer> subscriber;

    final AtomicInteger given = new AtomicInteger();
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    enum End {
        COMPLETE,
        FAIL,
        /** Neither: more might come. */
        STALL
    }

    ScriptedBody(Iterator<ByteBuffer> buffers, End end) {
        this.buffers = buffers;
        this.end = end;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> given) {
        subscriber = given;
        given.onSubscribe(this);
    }

    @Override
    public void request(long more) {
        if (demand.getAndAdd((int) more) > 0) {
            return; // a request from within onNext: the loop below sees it
        }
        do {
            if (cancelled.isDone() || subscriber == null) {
                return;
            }
            if (!buffers.hasNext()) {
                finish(subscriber);
                return;
            }
            given.incrementAndGet();
            subscriber.onNext(buffers.next());
        } while (demand.decrementAndGet() > 0);
    }

    @Override
    public void cancel() {
        cancelled.complete(null);
    }

    private void finish(Flow.Subscriber<? super ByteBuffer> told) {
        switch (end) {
            case COMPLETE -> told.onComplete();
            case FAIL -> told.onError(new IllegalStateException("told to fail"));
            case STALL -> {}
        }
    }
}
