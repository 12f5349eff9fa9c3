package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds how many requests wait for backends at once, streamed answers included: each holds memory. Those of plans with a low
 * priority are refused first. What needs no backend does not count. Safe for use by any thread.
 */
final class Overload {
    private static final double LOW_SHARE = 0.7;
    private static final double NORMAL_SHARE = 0.9;
    private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int most;
    private final int mostNormal;
    private final int mostLow;
    private final GatewayClock clock;
    private final Trouble trouble;
    private final AtomicInteger inFlight = new AtomicInteger();
    private volatile long toldNanos;

    /** @param plans those that there are: room is kept only for priorities that somebody has */
    Overload(int most, Collection<Plan> plans, GatewayClock clock, Trouble trouble) {
        boolean high = plans.stream().anyMatch(plan -> plan.priority() == Plan.Priority.HIGH);
        this.most = most;
        this.mostNormal = high ? (int) (most * NORMAL_SHARE) : most;
        this.mostLow = (int) (most * LOW_SHARE);
        this.clock = clock;
        this.trouble = trouble;
        this.toldNanos = clock.nanoTime() - TOLD_EVERY_NANOS;
    }

    /** What {@code work} answers, or a refusal if there is no room for it. */
    CompletionStage<Answer> within(Admission admission, Supplier<CompletionStage<Answer>> work) {
        if (!tryEnter(mostFor(admission.grant()))) {
            return CompletableFuture.completedFuture(
                    Refusals.overloaded(admission.exchange().request(), admission.grant()));
        }
        trouble.succeeded();
        CompletionStage<Answer> answer;
        try {
            answer = work.get();
        } catch (RuntimeException | Error e) {
            inFlight.decrementAndGet();
            throw e;
        }
        return answer.handle((given, failure) -> {
                    if (failure != null || given.response().body().isBuffered()) {
                        inFlight.decrementAndGet();
                        return answer;
                    }
                    GatewayResponse response = given.response();
                    Body watched = response.body().whenOver(end -> inFlight.decrementAndGet());
                    return CompletableFuture.completedFuture(given.with(response.withBody(watched)));
                })
                .thenCompose(stage -> stage);
    }

    /** How many there are. */
    int inFlight() {
        return inFlight.get();
    }

    private int mostFor(Grant grant) {
        Terms terms = grant.terms();
        return switch (terms == null ? Plan.Priority.NORMAL : terms.plan().priority()) {
            case LOW -> mostLow;
            case NORMAL -> mostNormal;
            case HIGH -> most;
        };
    }

    private boolean tryEnter(int limit) {
        if (inFlight.incrementAndGet() <= limit) {
            return true;
        }
        inFlight.decrementAndGet();
        long now = clock.nanoTime();
        if (now - toldNanos >= TOLD_EVERY_NANOS) {
            toldNanos = now;
            trouble.failed(
                    Type.OVERLOADED,
                    "the gateway is overloaded and refuses requests",
                    List.of(limit + " requests wait for backends, and no more may"));
        }
        return false;
    }
}
