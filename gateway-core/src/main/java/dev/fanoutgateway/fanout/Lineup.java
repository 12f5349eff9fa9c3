package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import java.util.ArrayList;
import java.util.List;

/** Who is asked next in a race, and whether he may be. Not safe for use by several threads: part of the standings. */
final class Lineup {
    private final Fanout.Plan plan;
    private final InFlight inFlight;
    private final Losers losers;
    private final PushBack pushBack;

    /** Whether an attempt lasts as long as its client takes to send. */
    private final boolean lasting;

    /** Best first; grows by those who were passed over when nobody else has an answer. */
    private final List<Backend> queue;

    /** Those that are not in good health and were passed over. */
    private final List<Backend> passedOver = new ArrayList<>(0);

    /** Those that asked for a pause. */
    private final List<Backend> paused = new ArrayList<>(0);

    private int next;
    private boolean lastResort;

    Lineup(Fanout.Plan plan, InFlight inFlight, Losers losers, PushBack pushBack) {
        this.plan = plan;
        this.inFlight = inFlight;
        this.losers = losers;
        this.pushBack = pushBack;
        this.lasting = plan.roster() != null && !plan.request().body().isBuffered();
        this.queue = new ArrayList<>(plan.candidates());
    }

    /** Whether somebody is left. */
    boolean hasNext() {
        return next < queue.size();
    }

    /** How many there are, those that were asked included. */
    int size() {
        return queue.size();
    }

    /**
     * The next backend. If it may be asked, it counts as having one more attempt under way; one that only drains gives way
     * to it.
     */
    Entry next(Step step) {
        Backend backend = queue.get(next++);
        long pause = lastResort || pushBack.isEmpty() ? 0 : pushBack.leftNanos(backend);
        if (pause > 0) {
            paused.add(backend);
            return new Entry(
                    backend, Pass.REFUSED, AttemptOutcome.PAUSED + " of " + (pause + 999_999) / 1_000_000 + " ms");
        }
        Roster roster = plan.roster();
        if (roster == null) {
            inFlight.tryEnter(backend, Integer.MAX_VALUE);
            return new Entry(backend, Pass.FREE, "");
        }
        Pass pass = roster.admit(backend, lastResort);
        if (!pass.granted()) {
            passedOver.add(backend);
            return new Entry(backend, pass, AttemptOutcome.EJECTED);
        }
        if (!hasRoom(backend, roster.maxConcurrent(), step)) {
            roster.returned(pass);
            return new Entry(backend, pass, AttemptOutcome.NO_ROOM);
        }
        return new Entry(backend, pass, "");
    }

    private boolean hasRoom(Backend backend, int most, Step step) {
        if (lasting && !inFlight.tryLast(backend, most)) {
            return false;
        }
        if (inFlight.tryEnter(backend, most) || losers.giveWay(backend, step)) {
            return true;
        }
        if (lasting) {
            inFlight.lastNoMore(backend);
        }
        return false;
    }

    /** Whether attempts that are made count among those that last. */
    boolean isLasting() {
        return lasting;
    }

    /** Those known to fail come last from now on, whether they are ejected or only could not be. */
    void preferTheWell() {
        Roster roster = plan.roster();
        if (roster != null) {
            List<Backend> left = queue.subList(next, queue.size());
            List<Backend> failing = new ArrayList<>(left);
            failing.removeIf(backend -> !roster.isKnownToFail(backend));
            left.removeAll(failing);
            queue.addAll(failing);
        }
    }

    /** The attempt at the last one is not made; he is the next again. */
    void putBack(Entry last) {
        next--;
        inFlight.exit(last.backend());
        if (lasting) {
            inFlight.lastNoMore(last.backend());
        }
        if (plan.roster() != null) {
            plan.roster().returned(last.pass());
        }
    }

    /** Lets in those that were passed over, first who asked for a pause, then who is ill: better any than none. */
    void turnToThePassedOver() {
        lastResort = true;
        queue.addAll(paused);
        paused.clear();
        queue.addAll(passedOver);
        passedOver.clear();
    }

    /**
     * A backend whose turn it was.
     *
     * @param pass what its roster says
     * @param refusal why it may not be asked; empty if it may
     */
    record Entry(Backend backend, Pass pass, String refusal) {}
}
