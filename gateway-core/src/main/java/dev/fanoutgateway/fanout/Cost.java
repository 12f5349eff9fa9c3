package dev.fanoutgateway.fanout;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one more attempt of a race costs, and so which ledger it is charged to. */
enum Cost {
    /** Backends feel no more than they would have: it is the first, nothing was sent before, or nothing has failed. */
    NOTHING,
    /**
     * One request more, for a request that waits for nobody but backends known to fail, or was failed by one. It has a
     * ledger of its own, which gives back what has helped, and the usual one when that is empty.
     */
    RESCUE,
    /** One request more. */
    EXTRA;

    /** Who was failed by a backend known to fail by now is rescued. */
    static Cost afterFailure(List<Attempt> attempts, @Nullable Roster roster) {
        for (Attempt attempt : attempts) {
            if (attempt.call != null && isKnownToFail(attempt, roster)) {
                return RESCUE;
            }
        }
        return EXTRA;
    }

    /** So is who waits for nobody else. */
    static Cost ofHedge(List<Attempt> attempts, @Nullable Roster roster) {
        for (Attempt attempt : attempts) {
            if (attempt.running && !isKnownToFail(attempt, roster)) {
                return EXTRA;
            }
        }
        return RESCUE;
    }

    private static boolean isKnownToFail(Attempt attempt, @Nullable Roster roster) {
        return roster != null && roster.isKnownToFail(attempt.backend);
    }
}
