package dev.fanoutgateway.spi;

import java.util.List;
import java.util.Optional;

/**
 * One request, explained: the one record that logs, metrics and messages are made from. Holds no key.
 *
 * @param method the request's method
 * @param path its path, without the query
 * @param route the pattern of the route it took
 * @param caller who sent it; empty if not known
 * @param status what was answered
 * @param outcome how the answer came about
 * @param attempts every attempt made for this request; empty for a follower of somebody else's flight
 * @param elapsedNanos from its arrival to its answer
 */
public record RequestRecord(
        String method,
        String path,
        String route,
        Optional<Caller> caller,
        int status,
        Outcome outcome,
        List<AttemptOutcome> attempts,
        long elapsedNanos) {

    /** How an answer came about. */
    public enum Outcome {
        /** From the cache. */
        HIT,
        /** From another request's flight for the same resource. */
        COLLAPSED,
        /** From a backend. */
        FORWARDED,
        /** Malformed: 400, or a method that is not forwarded: 405. */
        BAD_REQUEST,
        /** No valid key: 401. */
        UNAUTHENTICATED,
        /** Not in the caller's plan: 403. */
        FORBIDDEN,
        /** Over a limit or quota: 429. */
        LIMITED,
        /** Every backend said it has no such resource. */
        ABSENT,
        /** No backend had an acceptable answer. */
        FAILED,
        /** The client went away before there was an answer. */
        ABANDONED,
        /** A part of the gateway failed. */
        ERROR
    }

    public RequestRecord {
        attempts = List.copyOf(attempts);
    }
}
