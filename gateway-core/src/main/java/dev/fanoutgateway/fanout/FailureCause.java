package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import java.util.List;

/** Why a race has no answer, when every attempt is over. */
final class FailureCause {
    private FailureCause() {}

    /** @param othersLeft whether others would have been asked had there been time */
    static Cause of(List<Attempt> attempts, boolean othersLeft) {
        boolean absent = true;
        boolean unreachable = true;
        boolean late = true;
        for (Attempt attempt : attempts) {
            Result result = attempt.outcome == null ? Result.REJECTED : attempt.outcome.result();
            if (result == Result.TIMED_OUT && attempt.endsWithRace) {
                return Cause.LATE;
            }
            if (result != Result.ABSENT) {
                absent = false;
                unreachable &= result == Result.UNREACHABLE;
                late &= result == Result.TIMED_OUT;
            }
        }
        if (othersLeft) {
            return Cause.LATE;
        }
        if (absent) {
            return Cause.ABSENT;
        }
        return unreachable ? Cause.UNAVAILABLE : late ? Cause.LATE : Cause.BROKEN;
    }

    /** Whether an attempt has brought the proper answer that there is no such resource. */
    static boolean saysAbsent(Attempt attempt) {
        return attempt.outcome != null && attempt.outcome.result() == Result.ABSENT;
    }
}
