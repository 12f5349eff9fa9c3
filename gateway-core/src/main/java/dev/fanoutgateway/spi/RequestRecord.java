package dev.fanoutgateway.spi;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, explained: the one record that logs, metrics, messages and explanations to callers are made from. Holds no
 * key, query, header field or content.
 *
 * @param method the request's method
 * @param path its path, without the query
 * @param id by which backends, the client and logs know it; empty if it has none
 * @param route the pattern of the route it took
 * @param caller who sent it; empty if not known
 * @param status what was answered
 * @param outcome how the answer came about
 * @param limits what the limiter decided, without the lease; null if it was not asked
 * @param cache what the cache had to say, as {@code Cache-Status} (RFC 9211); empty if it had no say
 * @param collapsed whether it waited for another request's race
 * @param race what was asked of the backends, for this request or for the one that it waited for; null if they were not
 *     asked, or if the client left before that
 * @param startNanos when it came, on {@link GatewayClock#nanoTime()}
 * @param elapsedNanos from its arrival to its answer
 */
public record RequestRecord(
        String method,
        String path,
        String id,
        String route,
        Optional<Caller> caller,
        int status,
        Outcome outcome,
        RateLimiter.@Nullable Decision limits,
        String cache,
        boolean collapsed,
        @Nullable RaceRecord race,
        long startNanos,
        long elapsedNanos) {

    /** How an answer came about. */
    public enum Outcome {
        /** From the cache. */
        HIT,
        /** From the cache, stale, since no backend had anything better. */
        STALE,
        /** From another request's flight for the same resource. */
        COLLAPSED,
        /** From a backend. */
        FORWARDED,
        /**
         * Not to be forwarded, whoever asks: malformed (400, 408, 413), a method (405, 501) or an expectation (417) that is
         * not, gone in a circle (508), or at its last stop (204 to an OPTIONS with {@code Max-Forwards: 0}).
         */
        BAD_REQUEST,
        /** No valid key: 401. */
        UNAUTHENTICATED,
        /** Not in the caller's plan: 403. */
        FORBIDDEN,
        /** Over a limit or quota: 429. */
        LIMITED,
        /** Refused, since too many others wait for backends: 503. */
        OVERLOADED,
        /** Every backend said it has no such resource. */
        ABSENT,
        /** No backend had an acceptable answer. */
        FAILED,
        /** The client went away before there was an answer. */
        ABANDONED,
        /** A part of the gateway failed. */
        ERROR
    }

    /** Every attempt made for this request; empty for a follower of somebody else's flight. */
    public List<AttemptOutcome> attempts() {
        return race == null || collapsed ? List.of() : race.attempts();
    }

    /**
     * One line for logs, in printable ASCII whatever a client has sent: {@code GET /prices route=/** caller=demo status=404
     * outcome=FAILED ms=31 limits=["10/1s" 9 left] cache=[fanout-gateway; fwd=uri-miss] race=[...]}, the last as in
     * {@link RaceRecord#describe()}. Parts that had no say are left out.
     */
    public String describe() {
        StringBuilder line = new StringBuilder(160);
        line.append(method).append(' ').append(path).append(" route=").append(route);
        if (!id.isEmpty()) {
            line.append(" id=").append(id);
        }
        line.append(" caller=").append(caller.map(Caller::id).orElse("-"));
        line.append(" status=").append(status).append(" outcome=").append(outcome);
        line.append(" ms=").append(elapsedNanos / 1_000_000);
        if (limits != null && !limits.states().isEmpty()) {
            line.append(" limits=[").append(described(limits)).append(']');
        }
        if (!cache.isEmpty()) {
            line.append(" cache=[").append(cache).append(']');
        }
        if (collapsed) {
            line.append(" race=[another request's")
                    .append(race == null ? "" : ": " + race.cause())
                    .append(']');
        } else if (race != null) {
            line.append(" race=[").append(race.describe()).append(']');
        }
        return printable(line);
    }

    private static String described(RateLimiter.Decision limits) {
        StringBuilder text = new StringBuilder(limits.allowed() ? "" : "refused: ");
        for (int i = 0; i < limits.states().size(); i++) {
            RateLimiter.State state = limits.states().get(i);
            text.append(i == 0 ? "" : ", ")
                    .append('"')
                    .append(state.name())
                    .append("\" ")
                    .append(state.remaining());
            text.append(" left");
        }
        return text.toString();
    }

    /** One event, one line: what a client or a backend sent cannot start another. */
    private static String printable(StringBuilder text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                safe.append(c);
            } else {
                safe.append("\\u%04x".formatted((int) c));
            }
        }
        return safe.toString();
    }
}
