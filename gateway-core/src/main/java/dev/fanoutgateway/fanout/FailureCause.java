package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import java.util.List;

/**
 * Why a race has no answer, when every attempt is over. A backend counts by the last attempt that was made there: that it was
 * passed over before says nothing of it. One that was not asked at all leaves open whether there is such a resource.
 */
final class FailureCause {
    private static final int SERVICE_UNAVAILABLE = 503;

    private FailureCause() {}

    /** @param othersLeft whether others would have been asked had there been time */
    static Cause of(List<Attempt> attempts, boolean othersLeft) {
        boolean missed = false;
        boolean absent = false;
        boolean failed = false;
        boolean unavailable = true;
        boolean late = true;
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            if (!wasMade(attempt)) {
                missed |= !wasMade(attempts, 0, attempt.backend);
            } else if (!wasMade(attempts, i + 1, attempt.backend)) {
                Result result = attempt.outcome == null ? Result.REJECTED : attempt.outcome.result();
                if (result == Result.TIMED_OUT && attempt.endsWithRace) {
                    return Cause.LATE;
                }
                absent |= result == Result.ABSENT;
                if (result != Result.ABSENT) {
                    failed = true;
                    unavailable &= result == Result.UNREACHABLE || saysUnavailable(attempt);
                    late &= result == Result.TIMED_OUT;
                }
            }
        }
        if (othersLeft) {
            return Cause.LATE;
        }
        if (failed && !unavailable) {
            return late ? Cause.LATE : Cause.BROKEN;
        }
        return !absent ? Cause.UNAVAILABLE : failed || missed ? Cause.INCOMPLETE : Cause.ABSENT;
    }

    private static boolean wasMade(Attempt attempt) {
        return attempt.outcome == null || attempt.outcome.wasMade();
    }

    private static boolean wasMade(List<Attempt> attempts, int from, Backend backend) {
        for (int i = from; i < attempts.size(); i++) {
            if (attempts.get(i).backend.equals(backend) && wasMade(attempts.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean saysUnavailable(Attempt attempt) {
        return attempt.outcome != null && attempt.outcome.status() == SERVICE_UNAVAILABLE;
    }

    /** Whether an attempt has brought the proper answer that there is no such resource. */
    static boolean saysAbsent(Attempt attempt) {
        return attempt.outcome != null && attempt.outcome.result() == Result.ABSENT;
    }
}
