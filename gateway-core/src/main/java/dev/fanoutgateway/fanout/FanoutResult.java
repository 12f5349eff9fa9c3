package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a race ended.
 *
 * @param cause why it ended so
 * @param response the answer; present for {@link Cause#ACCEPTED} and {@link Cause#FINAL} only
 * @param backend who gave it; null if there is none, or it was combined from several
 * @param attempts every attempt, in the order of launches
 * @param elapsedNanos from the start of the race to its end
 * @param notes why somebody was not asked who otherwise would have been, in words that hold no secret; mostly empty
 */
public record FanoutResult(
        Cause cause,
        @Nullable GatewayResponse response,
        @Nullable Backend backend,
        List<AttemptOutcome> attempts,
        long elapsedNanos,
        List<String> notes) {

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
        /** No backend could be reached, or there is none. */
        UNAVAILABLE,
        /** Answers were collected, some are acceptable, and these are too few. */
        TOO_FEW,
        /** Answers enough were collected, and the combiner made none of them. */
        UNCOMBINED,
        /** The time was up. */
        LATE,
        /** The race was called off. */
        CANCELLED
    }

    public FanoutResult {
        attempts = List.copyOf(attempts);
        notes = List.copyOf(notes);
    }

    /**
     * One line that explains the result: each backend, what became of it, and the time it took, such as {@code BROKEN after
     * 31 ms: http://10.0.0.1 UNREACHABLE after 1 ms: connection refused; http://10.0.0.2 REJECTED 503 after 30 ms: not
     * acceptable}. Holds no query, header field or content.
     */
    public String describe() {
        StringBuilder line = new StringBuilder(64 + 96 * attempts.size());
        line.append(cause).append(" after ").append(elapsedNanos / 1_000_000).append(" ms");
        if (attempts.isEmpty()) {
            line.append(": nobody was asked");
        }
        String separator = attempts.isEmpty() ? "; " : ": ";
        for (AttemptOutcome attempt : attempts) {
            line.append(separator).append(attempt.describe());
            separator = "; ";
        }
        for (String note : notes) {
            line.append(separator).append(note);
        }
        return line.toString();
    }
}
