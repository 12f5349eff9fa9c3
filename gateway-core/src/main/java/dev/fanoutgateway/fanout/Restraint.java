package dev.fanoutgateway.fanout;

import java.util.ArrayList;
import java.util.List;

/**
 * What keeps a race from asking further backends: the budget for extra attempts, and too little time. Not safe for use by
 * several threads: part of the standings.
 */
final class Restraint {
    private final RoutePace pace;
    private final List<String> notes = new ArrayList<>(0);
    private int rescues;
    private boolean exhausted;
    private boolean tooLate;

    Restraint(RoutePace pace) {
        this.pace = pace;
    }

    /** Whether an attempt beyond the first could still bring an answer within {@code leftNanos}. */
    boolean hasTime(long leftNanos) {
        long fastest = pace.fastestNanos();
        if (!tooLate && leftNanos < fastest) {
            tooLate = true;
            notes.add("nobody else was asked with " + leftNanos / 1_000_000
                    + " ms left: hardly an answer takes less than " + fastest / 1_000_000 + " ms");
        }
        return !tooLate;
    }

    /**
     * Takes an attempt from the budget, if it is one more for the backends. Hedges leave the last few to requests that would
     * fail: else they would use it up when a backend hangs, and nothing would be left when that has taken too long.
     *
     * @param entry is put back where it is not granted, also when there is no saying
     */
    boolean grants(Lineup.Entry entry, Lineup lineup, Cost cost, boolean afterFailure) {
        boolean granted = false;
        try {
            granted = cost == Cost.NOTHING || (cost == Cost.RESCUE && tryRescue()) || tryTakeExtra(afterFailure);
            return granted;
        } finally {
            if (!granted) {
                lineup.putBack(entry);
            }
        }
    }

    private boolean tryRescue() {
        boolean taken = pace.tryTakeRescue();
        rescues += taken ? 1 : 0;
        return taken;
    }

    /** The request has its answer: what its rescue has cost was not in vain. */
    void answered() {
        pace.giveBack(rescues);
    }

    private boolean tryTakeExtra(boolean afterFailure) {
        if (pace.tryTakeExtra(afterFailure)) {
            return true;
        }
        if (!exhausted) {
            exhausted = true;
            notes.add(pace.exhausted());
        }
        return false;
    }

    /** Whether no attempt will be made any more, since none could be in time. */
    boolean tooLate() {
        return tooLate;
    }

    /** Whether the budget has refused an attempt. */
    boolean exhausted() {
        return exhausted;
    }

    /** Why somebody was not asked. */
    List<String> notes() {
        return notes;
    }
}
