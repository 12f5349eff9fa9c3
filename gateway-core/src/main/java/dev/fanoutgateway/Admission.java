package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of admission: the request as it is forwarded, what it was granted, and what the cache holds for it; or a refusal.
 *
 * @param exchange the request's way so far
 * @param forwarded the request without any credential of ours
 * @param grant what it was granted
 * @param use what the cache may do for it
 * @param key under which its response is stored; null if the cache has no say
 * @param lookup what the cache holds; null if it was not asked
 * @param refusal why it is not admitted; null if it is
 */
record Admission(
        Exchange exchange,
        GatewayRequest forwarded,
        Grant grant,
        CacheRules.Use use,
        @Nullable CacheKey key,
        SharedCache.@Nullable Lookup lookup,
        @Nullable Answer refusal) {

    static Admission refused(Exchange exchange, Answer refusal) {
        return new Admission(exchange, exchange.request(), refusal.grant(), CacheRules.Use.BYPASS, null, null, refusal);
    }

    Admission granted(Grant other) {
        return new Admission(
                exchange, forwarded, other, use, key, lookup, refusal == null ? null : refusal.granted(other));
    }

    /** The answer that the cache holds for it. */
    Optional<Answer> fromCache(long nowMillis) {
        if (lookup == null || lookup.entry() == null) {
            return Optional.empty();
        }
        return switch (lookup.result()) {
            case HIT, STALE_HIT, STALE_MEANWHILE -> Optional.of(Answers.hit(this, lookup.entry(), nowMillis));
            case ABSENT -> Optional.of(Answers.absentHit(this, lookup.entry(), nowMillis));
            case MISS, OTHERS, VARY_MISS, PARTIAL, STALE, REQUEST, UNCACHEABLE -> Optional.empty();
        };
    }

    /** What is stored for it, fresh or not; null if nothing is. */
    @Nullable
    CachedResponse stored() {
        return lookup == null ? null : lookup.response();
    }

    /**
     * Whether identical requests under way may wait for one answer: not where it is known that it cannot be shared, nor
     * where one of them wants an answer of its own.
     */
    boolean mayShareFlight() {
        return forwarded.method().equals("GET") && !CacheRules.partial(forwarded) && mayFollow();
    }

    /** Whether its answer may be one to store, as far as is known. */
    boolean mayStore() {
        return key != null && (lookup == null || lookup.result() != SharedCache.Result.UNCACHEABLE);
    }

    /** Whether it may wait for what others ask for: a HEAD, or a GET of a part, for all of the content. */
    boolean mayFollow() {
        if (lookup == null) {
            return false;
        }
        boolean open = switch (lookup.result()) {
            case UNCACHEABLE, REQUEST, OTHERS -> false;
            case HIT, STALE_HIT, STALE_MEANWHILE, MISS, VARY_MISS, PARTIAL, STALE, ABSENT -> true;
        };
        CachedResponse stored = stored();
        return open
                && (stored == null || !CacheRules.neverFresh(stored))
                && !CacheRules.wantsBackends(forwarded)
                && !CacheRules.credentialed(forwarded);
    }

    /** The same with other content. */
    Admission with(Body content) {
        return new Admission(exchange, forwarded.withBody(content), grant, use, key, lookup, refusal);
    }

    /** The same by another way. */
    Admission by(Exchange other) {
        return new Admission(other, forwarded, grant, use, key, lookup, refusal);
    }

    /** The gateway's own request for all of the same, in nobody's name, which costs nobody anything. */
    Admission own(Exchange other) {
        GatewayRequest whole = CacheRules.forAll(forwarded);
        return new Admission(other, whole, Grant.NONE, use, key, lookup, refusal);
    }

    <T> T fold(Function<Admission, T> admitted, Function<Answer, T> refused) {
        return refusal == null ? admitted.apply(this) : refused.apply(refusal);
    }
}
