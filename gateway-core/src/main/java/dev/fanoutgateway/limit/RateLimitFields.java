package dev.fanoutgateway.limit;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the {@code RateLimit-Policy} and {@code RateLimit} fields (draft-ietf-httpapi-ratelimit-headers-11) of one plan,
 * and {@code Retry-After} (RFC 9110 section 10.2.3). Make one for each plan: its policy is written once. Immutable; safe
 * for use by any thread.
 *
 * <pre>
 * RateLimit-Policy: "10/1s";q=10;w=1, "month";q=1500;qu="credits";w=2678400
 * RateLimit: "10/1s";r=9;t=1, "month";r=1499;t=954231
 * </pre>
 *
 * <p>Times are whole seconds, rounded up. The window {@code w} of a day is 86,400 seconds and that of a month 31 days: the
 * draft wants the policy to stay the same from response to response, and a client that spreads its requests over the
 * longest month keeps within every month. {@code t} is the draft's effective window, the time within which no more than
 * {@code r} requests pass: until the next request is added to {@code r}, not until all are. A quota counts in the unit
 * {@code credits}, which the draft's registry does not have: its {@code requests} would be wrong where requests cost more
 * or less than one credit.
 *
 * <p>An admitted request is told the state of every limit; a refused one only of the limit that refused it, since no
 * {@code t} may be later than {@code Retry-After} (section 6 of the draft).
 */
public final class RateLimitFields {
    private static final long NANOS = 1_000_000_000;
    private static final long LONGEST_SECONDS = Integer.MAX_VALUE; // no limit's period is as long
    private static final long DAY_SECONDS = 86_400;
    private static final long MONTH_SECONDS = 31 * DAY_SECONDS;

    private final String policy;

    /** Checked once. */
    private final Headers policyField;

    private final List<Gcra> gcras = new ArrayList<>();

    private RateLimitFields(List<Limit> limits, @Nullable Quota quota) {
        StringBuilder text = new StringBuilder();
        for (Limit limit : limits) {
            gcras.add(Gcra.nanos(limit));
            append(text, limit.name())
                    .append(";q=")
                    .append(limit.amount())
                    .append(";w=")
                    .append(ceilSeconds(limit.period()));
        }
        if (quota != null) {
            append(text, quota.name())
                    .append(";q=")
                    .append(quota.amount())
                    .append(";qu=\"credits\";w=")
                    .append(quota.period() == Quota.Period.DAY ? DAY_SECONDS : MONTH_SECONDS);
        }
        this.policy = text.toString();
        this.policyField = Headers.of("RateLimit-Policy", policy);
    }

    /** The fields of a plan with these limits and this quota; null for no quota. */
    public static RateLimitFields of(List<Limit> limits, @Nullable Quota quota) {
        return new RateLimitFields(limits, quota);
    }

    /** The value of {@code RateLimit-Policy}; empty if there is neither a limit nor a quota. */
    public String policy() {
        return policy;
    }

    /**
     * The value of {@code RateLimit}; empty if no limit bears on the request.
     *
     * @param decision on a request with this plan's limits and quota, in the same order
     */
    public String limit(Decision decision) {
        List<State> states = decision.states();
        StringBuilder text = new StringBuilder(32 * states.size());
        for (int i = 0; i < states.size(); i++) {
            if (decision.allowed() || i == decision.binding()) {
                State state = states.get(i);
                append(text, state.name())
                        .append(";r=")
                        .append(state.remaining())
                        .append(";t=")
                        .append(window(i, decision));
            }
        }
        return text.toString();
    }

    /** The value of {@code Retry-After} for a refused request: seconds, rounded up, at least 1. */
    public static String retryAfter(Decision decision) {
        return Long.toString(Math.max(1, ceilSeconds(decision.retryAfter())));
    }

    /** Adds the fields that a response to this request carries; nothing if no limit bears on it. */
    public void addTo(Headers.Builder headers, Decision decision) {
        if (!policy.isEmpty() && !decision.states().isEmpty()) {
            headers.remove("RateLimit-Policy").addAll(policyField).set("RateLimit", limit(decision));
        }
        if (!decision.allowed()) {
            headers.set("Retry-After", retryAfter(decision));
        }
    }

    /** How long {@code state.remaining()} holds, in seconds. */
    private long window(int index, Decision decision) {
        if (!decision.allowed()) {
            return ceilSeconds(decision.retryAfter());
        }
        State state = decision.states().get(index);
        boolean ours = index < gcras.size() && state.reset().getSeconds() <= LONGEST_SECONDS;
        return ours ? secondsUntilNext(gcras.get(index), state) : ceilSeconds(state.reset());
    }

    /** A limit has one request more when all but one of those that it is short of have still to come. */
    private static long secondsUntilNext(Gcra gcra, State state) {
        long others = Math.max(0, gcra.limit().amount() - state.remaining() - 1);
        long nanos = state.reset().toNanos() - others * gcra.emission() / gcra.scale();
        return Math.floorDiv(nanos + NANOS - 1, NANOS);
    }

    private static StringBuilder append(StringBuilder list, String name) {
        return (list.isEmpty() ? list : list.append(", "))
                .append('"')
                .append(name)
                .append('"');
    }

    private static long ceilSeconds(Duration duration) {
        long seconds = duration.getSeconds();
        return duration.getNano() == 0 ? seconds : seconds + 1;
    }
}
