package dev.fanoutgateway;

import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.caching.SharedCache.Result;
import dev.fanoutgateway.spi.CacheKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks once more for a stored response where backends failed and none was found before: a store that was slow then may
 * answer now. Asked once for each flight, for no longer than any question to a store may take.
 */
record Covers(SharedCache cache, Executor executor) {

    /** {@code landing} with what may be given in its place, if it is a failure. */
    CompletionStage<Landing> with(Admission admission, Landing landing) {
        CacheKey key = admission.key();
        SharedCache.Lookup before = admission.lookup();
        boolean nothing = before != null && (before.result() == Result.MISS || before.result() == Result.VARY_MISS);
        if (key == null || !nothing || !(landing.failed() || landing.error())) {
            return CompletableFuture.completedFuture(landing);
        }
        CompletableFuture<SharedCache.Lookup> again = cache.lookup(
                        admission.exchange().route().cache(), key, admission.forwarded())
                .toCompletableFuture();
        BiFunction<SharedCache.Lookup, @Nullable Throwable, Landing> covered =
                (found, failure) -> failure == null ? landing.with(found.response()) : landing;
        return again.isDone() ? again.handle(covered) : again.handleAsync(covered, executor);
    }
}
