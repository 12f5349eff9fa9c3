package dev.fanoutgateway;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * What a request was granted: who sent it, under which terms, and what the limiter said. Parts that were not reached are
 * null.
 *
 * @param caller null while not known, or where no key is wanted
 * @param terms the caller's plan; null where none applies
 * @param decision null while the limiter was not asked
 */
record Grant(@Nullable Caller caller, @Nullable Terms terms, RateLimiter.@Nullable Decision decision) {
    static final Grant NONE = new Grant(null, null, null);

    Grant decided(RateLimiter.Decision by) {
        return new Grant(caller, terms, by);
    }
}
