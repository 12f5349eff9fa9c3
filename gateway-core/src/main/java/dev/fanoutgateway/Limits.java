package dev.fanoutgateway;

import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Lease;
import dev.fanoutgateway.spi.RateLimiter.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The limiter, guarded, with what is declared for the case that it fails. */
final class Limits {
    /** The limiter failed, and the policy is to refuse. */
    static final Decision UNDECIDED = new Decision(false, List.of(), -1, Duration.ofSeconds(1), null);

    /** The limiter failed, and its stand-in is asked next. */
    private static final Decision ASK_LOCAL = new Decision(false, List.of(), -1, Duration.ZERO, null);

    private final RateLimiter limiter;
    private final RateLimiter local;
    private final StoreFailurePolicy onFailure;
    private final Guarded guard;

    /** @param local decides where the policy is LOCAL; must not fail */
    Limits(RateLimiter limiter, RateLimiter local, StoreFailurePolicy onFailure, Guarded guard) {
        this.limiter = limiter;
        this.local = local;
        this.onFailure = onFailure;
        this.guard = guard;
    }

    /** Whether the limiter would rather block a thread than have the request go on on another. */
    boolean mayBlock() {
        return limiter.mayBlock();
    }

    /**
     * The decision of the limiter, or of its failure policy.
     *
     * @param here whether the calling thread may be blocked meanwhile; only if {@link #mayBlock}
     * @param next where the request goes on if it had to wait
     */
    CompletionStage<Decision> tryAcquire(RateLimiter.Request request, boolean here, Executor next) {
        CompletionStage<Decision> decision = guard.call(
                () -> here ? limiter.tryAcquireBlocking(request) : limiter.tryAcquire(request),
                failure -> inPlaceOf(),
                this::giveBack,
                next);
        if (onFailure != StoreFailurePolicy.LOCAL) {
            return decision;
        }
        return decision.thenCompose(
                given -> given == ASK_LOCAL ? locally(request) : CompletableFuture.completedFuture(given));
    }

    /** Ends a reservation, with the limiter that made it. */
    void settle(Lease lease, Settlement settlement) {
        if (lease instanceof LocalLease borrowed) {
            guard.run(() -> local.settle(borrowed.lease, settlement));
        } else {
            guard.run(() -> limiter.settle(lease, settlement));
        }
    }

    /** A decision that came too late was not used, so what it reserved goes back. */
    private void giveBack(Decision late) {
        Lease lease = late.lease();
        if (lease != null) {
            settle(lease, Settlement.REFUND);
        }
    }

    private Decision inPlaceOf() {
        return switch (onFailure) {
            case OPEN -> Decision.UNLIMITED;
            case CLOSED -> UNDECIDED;
            case LOCAL -> ASK_LOCAL;
        };
    }

    private CompletionStage<Decision> locally(RateLimiter.Request request) {
        return local.tryAcquire(request).thenApply(given -> {
            Lease lease = given.lease();
            return lease == null
                    ? given
                    : new Decision(
                            given.allowed(),
                            given.states(),
                            given.binding(),
                            given.retryAfter(),
                            new LocalLease(lease));
        });
    }

    /** A reservation with the stand-in. */
    private static final class LocalLease extends Lease {
        private final Lease lease;

        LocalLease(Lease lease) {
            this.lease = lease;
        }
    }
}
