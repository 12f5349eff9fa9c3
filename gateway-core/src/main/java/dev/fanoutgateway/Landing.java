package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a flight brought: a result from the backends, or an entry that was stored in the meantime.
 *
 * @param asked the request that was sent
 * @param result what became of it; null if there was no need to ask
 * @param entry what was stored in the meantime; null if the backends were asked
 * @param shared whether others may have the response too
 * @param receivedMillis when it came
 * @param landedNanos the same by the clock for intervals
 */
record Landing(
        GatewayRequest asked,
        @Nullable FanoutResult result,
        @Nullable CachedResponse entry,
        boolean shared,
        long receivedMillis,
        long landedNanos) {

    static Landing of(
            GatewayRequest asked,
            @Nullable FanoutResult result,
            @Nullable CachedResponse entry,
            boolean shared,
            GatewayClock clock) {
        return new Landing(asked, result, entry, shared, clock.currentTimeMillis(), clock.nanoTime());
    }

    /** Its approximate size in memory, in bytes. */
    int weight() {
        GatewayResponse response = result == null ? null : result.response();
        return 1_000 + (response == null ? 0 : (int) Math.min(response.body().length(), 1 << 30));
    }

    /** Whether a follower may have it: failures are everybody's, responses only where they may be shared and fit. */
    boolean serves(Admission follower) {
        if (entry != null) {
            return CacheRules.sameVariant(entry.headers(), asked, follower.forwarded());
        }
        if (result == null) {
            return false;
        }
        GatewayResponse response = result.response();
        return switch (result.cause()) {
            case ACCEPTED, FINAL ->
                shared && response != null && CacheRules.sameVariant(response.headers(), asked, follower.forwarded());
            case ABSENT, BROKEN, UNAVAILABLE, TOO_FEW, UNCOMBINED, LATE -> true;
            case CANCELLED -> false;
        };
    }

    /** The answer it makes for one of those who waited. */
    Answer answer(Admission admission) {
        boolean follower = asked != admission.forwarded();
        if (entry != null) {
            return Answers.hit(admission, entry, receivedMillis);
        }
        if (result == null) {
            throw new IllegalStateException("a landing has a result or an entry");
        }
        GatewayResponse response = result.response();
        Grant grant = admission.grant();
        if (result.cause() == FanoutResult.Cause.CANCELLED) {
            return Refusals.abandoned(admission.exchange().request(), grant).race(result.race());
        }
        String status = Answers.forwardStatus(admission)
                .stored(shared)
                .collapsed(follower)
                .value();
        if (response != null) {
            GatewayResponse given = follower ? CacheRules.forAnother(response) : response;
            GatewayResponse own = admission.key() == null
                    ? given
                    : CacheRules.answer(given, admission.exchange().request(), receivedMillis);
            Outcome outcome = follower ? Outcome.COLLAPSED : Outcome.FORWARDED;
            return new Answer(own, outcome, grant, result.race(), follower, status);
        }
        GatewayResponse nobody = Refusals.nobody(
                admission.exchange().request(), admission.exchange().route().failurePolicy(), result.cause());
        Outcome outcome = switch (result.cause()) {
            case ABSENT -> Outcome.ABSENT;
            case UNCOMBINED -> Outcome.ERROR;
            case ACCEPTED, FINAL, BROKEN, UNAVAILABLE, TOO_FEW, LATE, CANCELLED -> Outcome.FAILED;
        };
        return new Answer(nobody, outcome, grant, result.race(), follower, status);
    }
}
