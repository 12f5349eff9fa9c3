package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.SingleFlight;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** How long a request waits for what another one has asked for: never beyond its own deadline. */
final class Patience {
    private Patience() {}

    /** What the flight brings, or null when {@code mostNanos} or the time of {@code waiting} are over. */
    static CompletableFuture<@Nullable Landing> within(
            long mostNanos, SingleFlight.Ticket<Landing> ticket, Admission waiting, GatewayClock clock) {
        CompletableFuture<@Nullable Landing> awaited = new CompletableFuture<>();
        GatewayClock.Timer timer = clock.schedule(Math.max(0, Math.min(mostNanos, left(waiting, clock))), () -> {
            if (awaited.complete(null)) {
                ticket.leave();
            }
        });
        ticket.result().whenComplete((landing, failure) -> {
            timer.cancel();
            if (failure == null) {
                awaited.complete(landing);
            } else {
                awaited.completeExceptionally(failure);
            }
        });
        return awaited;
    }

    /** Whether the time of {@code waiting} is over. */
    static boolean isOver(Admission waiting, GatewayClock clock) {
        return left(waiting, clock) <= 0;
    }

    private static long left(Admission waiting, GatewayClock clock) {
        return waiting.exchange().deadlineNanos() - clock.nanoTime();
    }

    /** The answer to a request whose time is over: what is stored, where that may be given for want of a better one. */
    static Answer late(Admission waiting, GatewayClock clock) {
        Route route = waiting.exchange().route();
        CachedResponse stored = waiting.stored();
        long now = clock.currentTimeMillis();
        if (stored != null && CacheRules.covers(route.cache(), waiting.forwarded(), stored, true, now)) {
            return Answers.stale(waiting, stored, null, 0, true, now);
        }
        return new Answer(
                Refusals.nobody(waiting.exchange().request(), route.failurePolicy(), FanoutResult.Cause.LATE),
                Outcome.FAILED,
                waiting.grant(),
                null,
                true,
                Answers.forwardStatus(waiting).collapsed(true).value());
    }
}
