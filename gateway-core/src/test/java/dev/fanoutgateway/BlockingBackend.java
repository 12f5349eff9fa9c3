package dev.fanoutgateway;

import dev.fanoutgateway.spi.BackendClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A backend whose call blocks the thread it runs on, until the test lets it go. */
final class BlockingBackend implements BackendClient {
    final AtomicInteger calls = new AtomicInteger();
    volatile @Nullable Thread thread;
    private final CountDownLatch started;
    private final CountDownLatch answer;

    BlockingBackend(CountDownLatch started, CountDownLatch answer) {
        this.started = started;
        this.answer = answer;
    }

    @Override
    public Call newCall(BackendRequest request) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        return new Call() {
            @Override
            public void start(Executor executor) {
                calls.incrementAndGet();
                executor.execute(() -> {
                    thread = Thread.currentThread();
                    started.countDown();
                    try {
                        answer.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    reply.complete(Reply.of(HandBackends.ok("prices")));
                });
            }

            @Override
            public CompletionStage<Reply> reply() {
                return reply;
            }

            @Override
            public void cancel() {
                answer.countDown();
            }
        };
    }

    @Override
    public void close() {}
}
