package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CachedResponse;
import java.util.function.DoubleSupplier;

/** Whether a response that is still fresh is asked for anew already, in the background. */
final class Refresh {
    /** By chance it is never more than so many times the time it takes: spares nearly every hit the logarithm. */
    private static final int FARTHEST = 20;

    private Refresh() {}

    /**
     * Whether this hit should bring a refresh with it: within the policy's last share of the lifetime always, before that
     * by chance, the likelier the nearer the end and the longer the response took to get ("XFetch": Vattani, Chierichetti,
     * Lowenstein, Optimal Probabilistic Cache Stampede Prevention, 2015). What is asked for often is so refreshed before it
     * expires, by one request and not by all; what is asked for seldom is not refreshed at all.
     *
     * @param random gives numbers evenly from 0 to 1; asked near the end only
     */
    static boolean due(CachePolicy policy, CachedResponse entry, long nowMillis, DoubleSupplier random) {
        long left = entry.freshMillis() - CacheRules.ageMillis(entry, nowMillis);
        if (left < policy.refreshAhead() * (entry.freshMillis() - entry.initialAgeMillis())) {
            return true;
        }
        double early = policy.earlyRefresh() * Math.max(0, entry.elapsedMillis());
        return left < early * FARTHEST && left < early * -Math.log(1 - random.getAsDouble());
    }
}
