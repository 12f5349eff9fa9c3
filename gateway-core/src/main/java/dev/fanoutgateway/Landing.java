package dev.fanoutgateway;

import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.CacheStatus;
import dev.fanoutgateway.fanout.Discard;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * What a flight brought: a result from the backends, an entry that these confirmed, or one that was stored in the meantime.
 *
 * @param asked the request it was for
 * @param result what became of it; null if there was no need to ask
 * @param entry what was confirmed, or stored in the meantime; null if the result's response is what counts
 * @param cover a stored response that was found only after the result was a failure; null if none was
 * @param stored whether the response was stored, as far as is known without waiting for the store
 * @param shared whether others may have it too
 * @param receivedMillis when it came
 * @param landedNanos the same by the clock for intervals
 */
record Landing(
        GatewayRequest asked,
        @Nullable FanoutResult result,
        @Nullable CachedResponse entry,
        @Nullable CachedResponse cover,
        boolean stored,
        boolean shared,
        long receivedMillis,
        long landedNanos) {

    static Landing of(
            GatewayRequest asked,
            @Nullable FanoutResult result,
            @Nullable CachedResponse entry,
            boolean stored,
            boolean shared,
            GatewayClock clock) {
        return new Landing(asked, result, entry, null, stored, shared, clock.currentTimeMillis(), clock.nanoTime());
    }

    Landing with(@Nullable CachedResponse found) {
        return new Landing(asked, result, entry, found, stored, shared, receivedMillis, landedNanos);
    }

    /** What is known to be stored for {@code admission}. */
    private @Nullable CachedResponse storedFor(Admission admission) {
        CachedResponse known = admission.stored();
        if (known != null || cover == null) {
            return known;
        }
        return CacheRules.sameVariant(cover.headers(), asked, admission.forwarded()) ? cover : null;
    }

    /** What another flight has stored. */
    static Landing stored(GatewayRequest asked, CachedResponse entry, GatewayClock clock) {
        return of(asked, null, entry, true, true, clock);
    }

    /** Its approximate size in memory, in bytes. */
    int weight() {
        GatewayResponse response = result == null ? null : result.response();
        return 1_000
                + (entry == null ? 0 : entry.weight())
                + (response == null ? 0 : (int) Math.min(response.body().length(), 1 << 30));
    }

    /** Whether nobody had an acceptable answer, which says nothing of the next time. */
    boolean failed() {
        return result != null
                && switch (result.cause()) {
                    case BROKEN, UNAVAILABLE, INCOMPLETE, TOO_FEW, UNCOMBINED, LATE -> true;
                    case ACCEPTED, FINAL, ABSENT, CANCELLED -> false;
                };
    }

    /** Whether it is a backend's own word that it failed: that says nothing of the next time, either. */
    boolean error() {
        return result != null
                && result.response() != null
                && CacheRules.error(result.response().status());
    }

    /** Lets go of what nobody will read: a stream is for the one who asked. */
    void discard() {
        if (result != null) {
            Discard.response(result.response());
        }
    }

    /** Whether a follower may have it: that there is none is everybody's, a response is where it may be shared and fits. */
    boolean serves(Admission follower) {
        if (CacheRules.partial(asked) || !asked.method().equals("GET")) {
            return false;
        }
        if (entry != null) {
            return shared && CacheRules.sameVariant(entry.headers(), asked, follower.forwarded());
        }
        if (result == null) {
            return false;
        }
        GatewayResponse response = result.response();
        return switch (result.cause()) {
            case ACCEPTED, FINAL ->
                response != null
                        && (shared || CacheRules.errorForAll(response))
                        && CacheRules.sameVariant(response.headers(), asked, follower.forwarded());
            case ABSENT -> true;
            case BROKEN, UNAVAILABLE, INCOMPLETE, TOO_FEW, UNCOMBINED, LATE -> true;
            case CANCELLED -> false;
        };
    }

    /** Whether what {@code admission} knows to be stored is better than what came. */
    boolean covered(Admission admission) {
        CachedResponse stale = storedFor(admission);
        if (stale == null || result == null || entry != null) {
            return false;
        }
        GatewayResponse response = result.response();
        boolean error = response != null && CacheRules.error(response.status());
        return (failed() || error)
                && CacheRules.covers(
                        admission.exchange().route().cache(),
                        admission.forwarded(),
                        stale,
                        response == null,
                        receivedMillis);
    }

    /** The answer it makes for one of those who waited. */
    Answer answer(Admission admission) {
        boolean follower = asked != admission.forwarded();
        CachedResponse stale = storedFor(admission);
        if (result != null && stale != null && covered(admission)) {
            int status = result.response() == null ? 0 : result.response().status();
            Discard.response(result.response());
            return Answers.stale(admission, stale, result.race(), status, follower, receivedMillis);
        }
        if (entry != null) {
            return result == null
                    ? Answers.hit(admission, entry, receivedMillis)
                    : confirmed(admission, entry, result, follower);
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
                .stored(stored)
                .collapsed(follower)
                .value();
        if (response != null) {
            GatewayResponse given = follower ? CacheRules.forAnother(response) : response;
            GatewayResponse own = admission.key() == null
                    ? given
                    : CacheRules.answer(given, admission.exchange().request(), receivedMillis);
            if (own.body() != given.body()) {
                Discard.response(given); // the client has it already
            }
            return new Answer(own, outcome(follower), grant, result.race(), follower, status);
        }
        GatewayResponse nobody = Refusals.nobody(
                admission.exchange().request(), admission.exchange().route().failurePolicy(), result.cause());
        Outcome outcome = switch (result.cause()) {
            case ABSENT -> Outcome.ABSENT;
            case UNCOMBINED -> Outcome.ERROR;
            case ACCEPTED, FINAL, BROKEN, UNAVAILABLE, INCOMPLETE, TOO_FEW, LATE, CANCELLED -> Outcome.FAILED;
        };
        return new Answer(nobody, outcome, grant, result.race(), follower, status);
    }

    private Answer confirmed(Admission admission, CachedResponse confirmed, FanoutResult by, boolean follower) {
        GatewayResponse response =
                CacheRules.serve(confirmed, admission.exchange().request(), receivedMillis);
        CacheStatus status = Answers.forwardStatus(admission)
                .status(304)
                .ttl(CacheRules.ttlSeconds(confirmed, receivedMillis))
                .stored(stored)
                .collapsed(follower);
        return new Answer(response, outcome(follower), admission.grant(), by.race(), follower, status.value());
    }

    private static Outcome outcome(boolean follower) {
        return follower ? Outcome.COLLAPSED : Outcome.FORWARDED;
    }
}
