package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;

/** A backend on a roster, and what is known of its health. */
final class Replica {
    final Backend backend;
    final FailureCounts failures;

    /** Read by anybody, changed under the roster's lock. */
    volatile Condition condition = Condition.GOOD;

    /** Whether the developers know that it is ejected; written by whoever has ejected it or brings it back. */
    volatile boolean ejectionTold;

    /** How many health checks in a row have contradicted the condition; under the roster's lock. */
    int contradictions;

    Replica(Backend backend, Ejection ejection) {
        this.backend = backend;
        this.failures = new FailureCounts(ejection);
    }

    @Override
    public String toString() {
        return "backend " + backend.id() + " of group '" + backend.group() + "'";
    }
}
