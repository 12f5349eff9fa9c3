package dev.fanoutgateway;

import dev.fanoutgateway.fanout.FanoutResult.Cause;

/** Which status a caller gets when no backend had an acceptable answer. The reason stands in the body either way. */
public enum FailurePolicy {
    /** 404 whatever the cause. */
    ENVELOPE_404,
    /**
     * 404 where every backend said it has nothing, 502 broken, incomplete or too few, 503 none available, 504 late, 500
     * uncombined.
     */
    BY_CAUSE;

    int statusFor(Cause cause) {
        if (this == ENVELOPE_404) {
            return 404;
        }
        return switch (cause) {
            case ABSENT -> 404;
            case UNAVAILABLE -> 503;
            case LATE -> 504;
            case UNCOMBINED -> 500;
            case ACCEPTED, FINAL, BROKEN, INCOMPLETE, TOO_FEW, CANCELLED -> 502;
        };
    }
}
