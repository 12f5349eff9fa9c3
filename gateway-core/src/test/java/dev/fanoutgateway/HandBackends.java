package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Backends that answer when, and on which thread, the test says. Safe for use by any thread. */
final class HandBackends implements BackendClient {
    final Queue<HandCall> calls = new ConcurrentLinkedQueue<>();
    final AtomicInteger started = new AtomicInteger();
    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger running = new AtomicInteger();

    static GatewayResponse ok(String text, String... fields) {
        return new GatewayResponse(200, Headers.of(fields), Body.utf8(text));
    }

    /** Answers every call that waits. */
    void answerAll(GatewayResponse response) {
        for (HandCall call = calls.poll(); call != null; call = calls.poll()) {
            call.answer(Reply.of(response));
        }
    }

    @Override
    public Call newCall(BackendRequest request) {
        return new HandCall();
    }

    @Override
    public void close() {}

    final class HandCall implements Call {
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();

        @Override
        public void start(Executor executor) {
            started.incrementAndGet();
            running.incrementAndGet();
            reply.whenComplete((answer, failure) -> running.decrementAndGet());
            calls.add(this);
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        void answer(Reply answer) {
            reply.complete(answer);
        }

        @Override
        public void cancel() {
            if (reply.complete(Reply.failed(Failure.CANCELLED, true, "cancelled"))) {
                cancelled.incrementAndGet();
            }
        }
    }
}
