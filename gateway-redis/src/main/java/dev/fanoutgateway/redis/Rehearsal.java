package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.CacheKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks Redis for what requests will ask it for, and wants nothing of it. In a Java virtual machine that has just started, the
 * first command of a kind takes longer than the timeout may be, since classes are loaded while it waits; the first request must
 * not pay for that, nor be taken for one that Redis did not answer.
 */
record Rehearsal(RedisRateLimiter limiter, RedisResponseCache cache) {
    /** The first time may take too long, and be of use all the same. */
    private static final int ATTEMPTS = 3;

    /** Completes when it is over, never exceptionally. */
    CompletionStage<@Nullable Void> begin() {
        return attempt(limiter::rehearse, ATTEMPTS)
                .thenCompose(over -> attempt(() -> cache.lookup(new CacheKey("")), ATTEMPTS));
    }

    private static CompletionStage<@Nullable Void> attempt(Supplier<CompletionStage<?>> part, int most) {
        return part.get()
                .handle((answer, failure) -> failure == null || most == 1
                        ? CompletableFuture.<@Nullable Void>completedFuture(null)
                        : attempt(part, most - 1))
                .thenCompose(rest -> rest);
    }
}
