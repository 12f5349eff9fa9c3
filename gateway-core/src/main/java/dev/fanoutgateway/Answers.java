package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.CacheStatus;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import org.jspecify.annotations.Nullable;

/** Answers from what the cache holds, and what is said of the cache in every answer. */
final class Answers {
    private Answers() {}

    /** The stored response, as this client may see it. */
    static Answer hit(Admission admission, CachedResponse entry, long nowMillis) {
        // A part is for what was forwarded, as it was looked up; conditions of all else were taken from that.
        boolean part = entry.kind() == CachedResponse.Kind.PART;
        GatewayRequest request =
                part ? admission.forwarded() : admission.exchange().request();
        GatewayResponse response = CacheRules.serve(entry, request, nowMillis);
        String status = CacheStatus.hit(CacheRules.ttlSeconds(entry, nowMillis)).value();
        return new Answer(response, Outcome.HIT, admission.grant(), null, false, status);
    }

    /** The failure that every backend's 'there is none' makes, remembered. */
    static Answer absentHit(Admission admission, CachedResponse note, long nowMillis) {
        Route route = admission.exchange().route();
        GatewayResponse response =
                Refusals.nobody(admission.exchange().request(), route.failurePolicy(), FanoutResult.Cause.ABSENT);
        String status = CacheStatus.hit(CacheRules.ttlSeconds(note, nowMillis)).value();
        return new Answer(response, Outcome.ABSENT, admission.grant(), null, false, status);
    }

    /** A stale response for want of a better one. */
    static Answer stale(
            Admission admission,
            CachedResponse entry,
            @Nullable RaceRecord race,
            int status,
            boolean collapsed,
            long nowMillis) {
        GatewayResponse response = CacheRules.serve(entry, admission.exchange().request(), nowMillis);
        String said = forwardStatus(admission)
                .status(status)
                .ttl(CacheRules.ttlSeconds(entry, nowMillis))
                .collapsed(collapsed)
                .detail(status == 0 ? "none-acceptable" : "error")
                .value();
        return new Answer(response, Outcome.STALE, admission.grant(), race, collapsed, said);
    }

    /** Why the request went to the backends. */
    static CacheStatus forwardStatus(Admission admission) {
        SharedCache.Lookup lookup = admission.lookup();
        if (lookup != null) {
            return CacheStatus.forwarded(lookup.result());
        }
        return CacheStatus.forwarded(
                admission.use() == CacheRules.Use.METHOD ? CacheStatus.Forward.METHOD : CacheStatus.Forward.BYPASS);
    }
}
