package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import java.time.Duration;

/**
 * What a response may still be used for once it is stale, by its own fields and the route's policy (RFC 9111 section 4.2.4,
 * RFC 5861). In milliseconds since it became stale.
 *
 * @param whileRevalidate how long it may be given out while the backends are asked in the background
 * @param ifError how long it may be given in place of an error
 * @param ifNone how long it may be given where no backend has an acceptable answer
 * @param asked whether a client may have it that asks for it by {@code max-stale}
 * @param usefulMillis how long it may be of use to anybody else
 */
record Staleness(long whileRevalidate, long ifError, long ifNone, boolean asked, long usefulMillis) {

    /** How long a stale response that can be validated is worth its place. */
    private static final long VALIDATED_MILLIS = Duration.ofHours(1).toMillis();

    /** How long one is that only a client's {@code max-stale} can ask for. */
    private static final long MAX_STALE_MILLIS = Duration.ofMinutes(10).toMillis();

    /**
     * {@code must-revalidate} and its like forbid all of it. {@code s-maxage} and {@code proxy-revalidate} forbid what the
     * origin does not permit itself, in so many words, by the directives of RFC 5861.
     */
    static Staleness of(CachePolicy policy, Headers headers, Directives directives) {
        long kept = Validators.in(headers) ? VALIDATED_MILLIS : 0;
        boolean respected = policy.respectOrigin();
        if (respected && (directives.mustRevalidate() || directives.noCache())) {
            return new Staleness(0, 0, 0, false, kept);
        }
        boolean limited = respected && (directives.sharedMaxAge() != Directives.ABSENT || directives.proxyRevalidate());
        long whileRevalidate = limited ? 0 : policy.staleWhileRevalidate().toMillis();
        long ifError = limited ? 0 : policy.staleIfError().toMillis();
        long ifNone = limited ? 0 : policy.staleIfNoneAcceptable().toMillis();
        if (respected) {
            whileRevalidate = Math.max(whileRevalidate, millis(directives.staleWhileRevalidate()));
            ifError = Math.max(ifError, millis(directives.staleIfError()));
        }
        ifNone = Math.max(ifNone, ifError);
        long windows = Math.max(whileRevalidate, ifNone);
        return new Staleness(whileRevalidate, ifError, ifNone, !limited, Math.max(windows, kept));
    }

    /** How long a store should keep it beyond its freshness; zero for one that was never fresh and is of no use. */
    long keptMillis(boolean everFresh) {
        return everFresh && asked ? Math.max(usefulMillis, MAX_STALE_MILLIS) : usefulMillis;
    }

    private static long millis(long seconds) {
        return seconds == Directives.ABSENT ? 0 : seconds * 1000;
    }
}
