package dev.fanoutgateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * What a roster says to an attempt.
 *
 * @param kind whether it may be made, and what its outcome will mean
 * @param replica whom it asks; null if that is of no interest
 * @param term the replica's term when the attempt was let in
 */
record Pass(Kind kind, @Nullable Replica replica, int term) {
    /** Kinds of passes. */
    enum Kind {
        /** Not let in. */
        REFUSED,
        /** Let in: the backend is in good health. */
        ORDINARY,
        /** Let in as the one trial of a half-open backend. */
        TRIAL,
        /** Let in although the backend is not in good health, for want of a better one. */
        FORCED
    }

    static final Pass REFUSED = new Pass(Kind.REFUSED, null, 0);

    /** For backends of which no roster knows. */
    static final Pass FREE = new Pass(Kind.ORDINARY, null, 0);

    boolean granted() {
        return kind != Kind.REFUSED;
    }
}
