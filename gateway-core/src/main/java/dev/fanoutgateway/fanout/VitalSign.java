package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;

/** What an attempt says about its backend's health; see {@link Ejection} for the reasons. */
enum VitalSign {
    ALIVE,
    FAILED,
    /** Nothing: it was cut off, or never made. */
    NONE;

    private static final int NOT_IMPLEMENTED = 501;
    private static final int VERSION_NOT_SUPPORTED = 505;

    /** @param hadItsTime whether a backend that did not answer could be expected to have */
    static VitalSign of(AttemptOutcome outcome, boolean hadItsTime) {
        return switch (outcome.result()) {
            case WON, LOST, ABSENT -> ALIVE;
            case REJECTED -> isServerError(outcome.status()) || isSuccess(outcome.status()) ? FAILED : ALIVE;
            case BROKEN -> FAILED;
            case UNREACHABLE -> outcome.wasMade() ? FAILED : NONE;
            case TIMED_OUT -> hadItsTime ? FAILED : NONE;
            case CANCELLED -> NONE;
        };
    }

    /** One that was rejected is garbage: a proper 'no such resource' counts as such, whatever its status. */
    private static boolean isSuccess(int status) {
        return status >= 200 && status < 300;
    }

    private static boolean isServerError(int status) {
        return status >= 500 && status != NOT_IMPLEMENTED && status != VERSION_NOT_SUPPORTED;
    }
}
