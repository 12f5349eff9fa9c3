package dev.fanoutgateway.redis;

import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A limiter as threads ask it that may block. */
record Directly(RateLimiter limiter) implements RateLimiter {
    /** The store, once it has a direct connection. */
    static RedisStore connected(RedisStore store) {
        Request request = new Request("first", List.of(Limit.perHour(1_000_000)), null, 1);
        await().atMost(Duration.ofSeconds(40)).until(() -> {
            RateLimiterContract.await(store.rateLimiter().tryAcquireBlocking(request));
            return store.link().directConnections() > 0;
        });
        return store;
    }

    @Override
    public CompletionStage<Decision> tryAcquire(Request request) {
        return limiter.tryAcquireBlocking(request);
    }

    @Override
    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
        return limiter.settle(lease, settlement);
    }
}
