package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.RaceRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a race ended.
 *
 * @param cause why it ended so
 * @param response the answer; present for {@link Cause#ACCEPTED} and {@link Cause#FINAL} only
 * @param backend who gave it; null if there is none, or it was combined from several
 * @param race the same explained
 */
public record FanoutResult(
        Cause cause,
        @Nullable GatewayResponse response,
        @Nullable Backend backend,
        RaceRecord race) {

    /** A result of which no more is known than this. */
    public FanoutResult(
            Cause cause,
            @Nullable GatewayResponse response,
            @Nullable Backend backend,
            List<AttemptOutcome> attempts,
            long elapsedNanos,
            List<String> notes) {
        this(
                cause,
                response,
                backend,
                new RaceRecord(
                        "",
                        "",
                        RaceRecord.NEVER,
                        attempts.size(),
                        cause.name(),
                        attempts,
                        notes,
                        0,
                        elapsedNanos,
                        Optional.empty()));
    }

    /** Why a race ended. */
    public enum Cause {
        /** There is an acceptable answer. */
        ACCEPTED,
        /** There is none, and one answer says that asking further is pointless: it is to be passed on as it is. */
        FINAL,
        /**
         * Everybody asked said properly that there is no such resource. Everybody is every candidate, except with
         * {@code single()} and with methods that are not safe, which ask one.
         */
        ABSENT,
        /** Backends were reached, but none had a usable answer; or their failures differ. */
        BROKEN,
        /**
         * No backend is available: each is out of reach, answered 503, or was not asked since it is ejected, wants a pause or
         * has no room; or there is none.
         */
        UNAVAILABLE,
        /** All that answered said properly that there is no such resource, and another one was not available. */
        INCOMPLETE,
        /** Answers were collected, some are acceptable, and these are too few. */
        TOO_FEW,
        /** Answers enough were collected, and the combiner made none of them. */
        UNCOMBINED,
        /** The time was up. */
        LATE,
        /** The race was called off. */
        CANCELLED
    }

    /** The same with another answer. */
    public FanoutResult with(GatewayResponse other) {
        return new FanoutResult(cause, other, backend, race);
    }

    /** Every attempt, in the order of launches. */
    public List<AttemptOutcome> attempts() {
        return race.attempts();
    }

    /** From the start of the race to its end. */
    public long elapsedNanos() {
        return race.elapsedNanos();
    }

    /** Why somebody was not asked who otherwise would have been, in words that hold no secret; mostly empty. */
    public List<String> notes() {
        return race.notes();
    }

    /** One line that explains the result; see {@link RaceRecord#describe()}. */
    public String describe() {
        return race.describe();
    }

    /** This result as that of the second race for one request. */
    public FanoutResult after(RaceRecord first) {
        return new FanoutResult(cause, response, backend, race.after(first));
    }

    /** This result with the state of the budget. */
    public FanoutResult budget(Optional<RaceRecord.Budget> state) {
        return state.isEmpty() ? this : new FanoutResult(cause, response, backend, race.budget(state));
    }
}
