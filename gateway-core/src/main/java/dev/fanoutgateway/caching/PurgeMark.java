package dev.fanoutgateway.caching;

/**
 * What was purged under one name, each a time in milliseconds since 1970, {@link Long#MIN_VALUE} for never.
 *
 * @param hardUntil what was asked for until then is gone
 * @param softUntil what was asked for until then is stale
 * @param learned when this gateway last heard of it: what it asked for later it asked for after the purge
 */
record PurgeMark(long hardUntil, long softUntil, long learned) {
    static final PurgeMark NONE = new PurgeMark(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);

    PurgeMark and(PurgeMark other) {
        if (other == NONE) {
            return this;
        }
        return this == NONE
                ? other
                : new PurgeMark(
                        Math.max(hardUntil, other.hardUntil),
                        Math.max(softUntil, other.softUntil),
                        Math.max(learned, other.learned));
    }

    /** What is asked for after this is left alone. */
    long until() {
        return Math.max(hardUntil, softUntil);
    }
}
