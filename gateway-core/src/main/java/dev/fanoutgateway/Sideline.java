package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.limit.MemoryRateLimiter;
import dev.fanoutgateway.spi.RateLimiter;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does things beside the requests: as many as its sample allows, on an executor that no request needs. Whatever these come to,
 * who offers them neither waits nor hears of it. Safe for use by any thread.
 */
final class Sideline {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutGateway.class);

    /** Why something is not done. */
    enum Refusal {
        NO_ROOM,
        OVER_BUDGET
    }

    private final Sample sample;
    private final Guarded sampleGuard;
    private final Semaphore room;
    private final MemoryRateLimiter limiter;
    private final RateLimiter.Request ticket;
    private final Executor executor;

    Sideline(Sample sample, Guarded sampleGuard, Aside aside) {
        this.sample = sample;
        this.sampleGuard = sampleGuard;
        this.room = new Semaphore(sample.maxInFlight());
        this.limiter = new MemoryRateLimiter(aside.clock());
        this.ticket = new RateLimiter.Request("sideline", List.of(sample.limit()), null, 0);
        this.executor = aside.executor();
    }

    /**
     * Does {@code work} for a request that the sample takes.
     *
     * @param work begun on the executor; through when its stage is
     * @param refused told, on this thread, why a request that was taken is not worked for
     */
    void offer(GatewayRequest request, Supplier<CompletionStage<?>> work, Consumer<Refusal> refused) {
        if (!sampleGuard.now(() -> sample.taken().test(request), failure -> false)) {
            return;
        }
        if (!room.tryAcquire()) {
            refused.accept(Refusal.NO_ROOM);
            return;
        }
        boolean begun = false;
        try {
            if (!limiter.tryAcquire(ticket).toCompletableFuture().join().allowed()) {
                refused.accept(Refusal.OVER_BUDGET);
                return;
            }
            executor.execute(() -> run(work));
            begun = true;
        } catch (RuntimeException | Error failure) { // closed, or no more threads: the request goes on without
            refused.accept(Refusal.NO_ROOM);
        } finally {
            if (!begun) {
                room.release();
            }
        }
    }

    private void run(Supplier<CompletionStage<?>> work) {
        CompletionStage<?> stage;
        try {
            stage = work.get();
        } catch (Throwable failure) {
            ended(failure.getClass());
            return;
        }
        stage.whenComplete((value, failure) -> ended(failure == null ? null : failure.getClass()));
    }

    private void ended(@Nullable Class<?> failure) {
        room.release();
        if (failure != null) {
            LOG.warn("something beside the requests failed: {}", failure.getName());
        }
    }
}
