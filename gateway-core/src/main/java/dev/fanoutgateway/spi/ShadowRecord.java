package dev.fanoutgateway.spi;

import java.util.Optional;

/**
 * What became of a request that was to be copied to a shadow.
 *
 * @param route the pattern of the route it took
 * @param group the shadow's backend group
 * @param fate what became of the copy
 * @param attempt the attempt at the shadow, {@link AttemptOutcome.Result#WON} if it answered with 2xx; empty if it was not made
 */
public record ShadowRecord(String route, String group, Fate fate, Optional<AttemptOutcome> attempt) {
    /** What became of a copy. */
    public enum Fate {
        /** It was sent, or that was tried. */
        SENT,
        /** As many copies as may be were under way. */
        NO_ROOM,
        /** As many copies as may be were sent lately. */
        OVER_BUDGET,
        /** No backend of the shadow is in good health. */
        NOBODY
    }
}
