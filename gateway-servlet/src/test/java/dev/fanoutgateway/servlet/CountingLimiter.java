package dev.fanoutgateway.servlet;

import dev.fanoutgateway.limit.MemoryRateLimiter;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.FakeClock;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A limiter that counts the credits that are spent, and those that nobody has settled yet. */
final class CountingLimiter implements RateLimiter {
    private final RateLimiter limiter = new MemoryRateLimiter(new FakeClock());
    private final AtomicInteger reserved = new AtomicInteger();
    private final AtomicInteger spent = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();

    @Override
    public CompletionStage<Decision> tryAcquire(Request request) {
        return limiter.tryAcquire(request).thenApply(decision -> {
            if (decision.lease() != null) {
                reserved.incrementAndGet();
            }
            return decision;
        });
    }

    @Override
    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
        if (settlement == Settlement.COMMIT) {
            spent.incrementAndGet();
        }
        settled.incrementAndGet();
        reserved.decrementAndGet();
        return limiter.settle(lease, settlement);
    }

    /** Leases that are not settled. */
    int reserved() {
        return reserved.get();
    }

    int spent() {
        return spent.get();
    }

    /** How often a lease was settled, whether it was before or not. */
    int settled() {
        return settled.get();
    }

    void forget() {
        spent.set(0);
    }
}
