package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import java.util.Objects;

/** A backend on a roster, and what is known of its health. */
final class Replica {
    final Backend backend;
    final FailureCounts failures;

    /** Read by anybody, changed under the roster's lock. */
    volatile Condition condition;

    /** Whether the developers know that it is ejected; written by whoever has ejected it or brings it back. */
    volatile boolean ejectionTold;

    /** Whether it has left its group; under the roster's lock. */
    boolean gone;

    /** Whether it has joined its group and has neither passed nor failed its health checks yet; under the roster's lock. */
    boolean onProbation;

    /** How many health checks in a row have contradicted the condition; under the roster's lock. */
    private int contradictions;

    Replica(Backend backend, Ejection ejection, boolean onProbation) {
        this.backend = backend;
        this.failures = new FailureCounts(ejection);
        this.onProbation = onProbation;
        this.condition = Condition.GOOD.down(onProbation);
    }

    /** Counts a health check, and tells whether that is news; under the roster's lock. */
    boolean check(boolean passed, Health health) {
        if (gone) {
            return false;
        }
        boolean down = condition.down();
        if (onProbation && passed) {
            onProbation = false;
            contradictions = 0;
            condition = condition.down(false);
            return false;
        }
        contradictions = onProbation || down == passed ? contradictions + 1 : 0;
        if (contradictions < (down && !onProbation ? health.upAfter() : health.downAfter())) {
            return false;
        }
        contradictions = 0;
        condition = condition.down(onProbation || !down);
        onProbation = false;
        return true;
    }

    /** Whether that is where it is; an equal backend may be said to be elsewhere. */
    boolean isAt(Backend other) {
        return backend == other
                || (backend.base().equals(other.base()) && Objects.equals(backend.address(), other.address()));
    }

    @Override
    public String toString() {
        return "backend " + backend.id() + " of group '" + backend.group() + "'";
    }
}
