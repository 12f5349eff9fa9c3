package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;

/** What an attempt says about its backend's health; see {@link Ejection} for the reasons. */
enum VitalSign {
    ALIVE,
    FAILED,
    /** Nothing: it was cut off, or never made. */
    NONE;

    /** @param hadItsTime whether a backend that did not answer could be expected to have */
    static VitalSign of(AttemptOutcome outcome, boolean hadItsTime) {
        return switch (outcome.result()) {
            case WON, LOST, ABSENT, REJECTED -> outcome.isSignOfLife() ? ALIVE : FAILED;
            case BROKEN -> FAILED;
            case UNREACHABLE -> outcome.wasMade() ? FAILED : NONE;
            case TIMED_OUT -> hadItsTime ? FAILED : NONE;
            case CANCELLED -> NONE;
        };
    }
}
