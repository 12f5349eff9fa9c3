package dev.fanoutgateway.fanout;

/**
 * How a backend is doing. Immutable; changes under its roster's lock.
 *
 * @param term counts the ejections and returns: what an attempt of an earlier term comes to is of no interest any more
 * @param down whether it fails its health checks
 * @param ejected whether it is ejected, the half-open state included
 * @param untilNanos when it may be tried again; of interest while it is ejected
 * @param onTrial whether a trial is under way
 */
record Condition(int term, boolean down, boolean ejected, long untilNanos, boolean onTrial) {
    static final Condition GOOD = new Condition(0, false, false, 0, false);

    boolean good() {
        return !down && !ejected;
    }

    /** Whether a trial may begin. */
    boolean mayBeTried(long now) {
        return ejected && !down && !onTrial && now - untilNanos >= 0;
    }

    Condition ejectedUntil(long nanos) {
        return new Condition(term + 1, down, true, nanos, false);
    }

    /** Another pause, after a trial that has not brought it back. */
    Condition pausedUntil(long nanos) {
        return new Condition(term, down, true, nanos, false);
    }

    Condition returned() {
        return new Condition(term + 1, down, false, 0, false);
    }

    Condition onTrial(boolean now) {
        return new Condition(term, down, ejected, untilNanos, now);
    }

    Condition down(boolean now) {
        return new Condition(term, now, ejected, untilNanos, onTrial);
    }
}
