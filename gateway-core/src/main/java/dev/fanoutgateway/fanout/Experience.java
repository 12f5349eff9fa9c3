package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What became of the attempts for one route, or for one path on it, at each backend. Safe for use by any thread.
 */
final class Experience {
    /** When so much is remembered, half of it is forgotten. */
    private static final double MOST = 32;

    /** How many attempts of its own outweigh what the more general experience says. */
    private static final double TRUST = 2;

    private final ConcurrentMap<Backend, Tally> tallies = new ConcurrentHashMap<>();

    void learn(AttemptOutcome outcome) {
        Tally tally = tallies.get(outcome.backend());
        if (tally == null) {
            tally = tallies.computeIfAbsent(outcome.backend(), backend -> new Tally());
        }
        switch (outcome.result()) {
            case WON, LOST -> tally.add(1, outcome.durationNanos());
            case ABSENT, REJECTED, BROKEN, UNREACHABLE, TIMED_OUT -> tally.add(0, outcome.durationNanos());
            case CANCELLED -> tally.atLeast(outcome.durationNanos());
        }
    }

    /** Forgets what a group had of backends that are not {@code left} in it. */
    void keep(String group, Set<Backend> left) {
        tallies.keySet().removeIf(backend -> backend.group().equals(group) && !left.contains(backend));
    }

    int backends() {
        return tallies.size();
    }

    /** The more general estimate, corrected by what is known here. */
    Estimate refined(Estimate general, Backend backend) {
        Tally tally = tallies.get(backend);
        return tally == null ? general : tally.refined(general);
    }

    /**
     * What is to be expected of an attempt.
     *
     * @param acceptable the probability of an acceptable answer
     * @param nanos how long it takes
     */
    record Estimate(double acceptable, double nanos) {}

    private static final class Tally {
        private double attempts;
        private double acceptable;
        private double times;
        private double nanos;

        synchronized void add(double good, double took) {
            if (attempts >= MOST || times >= MOST) {
                attempts /= 2;
                acceptable /= 2;
                times /= 2;
                nanos /= 2;
            }
            attempts++;
            acceptable += good;
            times++;
            nanos += took;
        }

        /** An attempt that was cut off says nothing of its answer, and something of its time if it took long. */
        synchronized void atLeast(double took) {
            if (took * times > nanos && times < MOST) {
                times++;
                nanos += took;
            }
        }

        synchronized Estimate refined(Estimate general) {
            return new Estimate(
                    (acceptable + TRUST * general.acceptable()) / (attempts + TRUST),
                    (nanos + TRUST * general.nanos()) / (times + TRUST));
        }
    }
}
