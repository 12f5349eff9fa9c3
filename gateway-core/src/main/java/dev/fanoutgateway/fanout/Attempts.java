package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Occasion;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The attempts of a race, in the order of launches, and what becomes of each. Part of the standings. */
final class Attempts {
    private final InFlight inFlight;
    private final List<Attempt> all;
    private int running;
    private int made;

    Attempts(InFlight inFlight, int expected) {
        this.inFlight = inFlight;
        this.all = new ArrayList<>(expected);
    }

    List<Attempt> all() {
        return all;
    }

    boolean nothingRuns() {
        return running == 0;
    }

    int running() {
        return running;
    }

    /** The next attempt, whether it is made or not. */
    Attempt next(Fanout.Plan plan, Lineup.Entry entry, Occasion occasion, long deadlineNanos, long now) {
        boolean endsWithRace = deadlineNanos - now <= plan.attemptTimeoutNanos();
        long limit = endsWithRace ? deadlineNanos : now + plan.attemptTimeoutNanos();
        boolean alone = inFlight.at(entry.backend()) == 1;
        return new Attempt(
                entry.backend(), all.size() + 1, made + 1, now, limit, endsWithRace, occasion, entry.pass(), alone);
    }

    /**
     * An attempt that is made; it counts as under way at its backend already.
     *
     * @param lasting whether it counts there among those that last, too
     */
    void launch(Step step, Attempt attempt, boolean lasting) {
        attempt.lasting = lasting ? new AtomicBoolean(true) : null;
        all.add(attempt);
        made++;
        running++;
        step.launch(attempt);
    }

    /** An attempt that may not be made. */
    void refuse(Step step, Attempt attempt, String refusal, long now) {
        all.add(attempt);
        attempt.stop(now);
        attempt.decide(Result.UNREACHABLE, refusal);
        step.report(attempt);
    }

    void stop(Attempt attempt, long now) {
        attempt.stop(now);
        running--;
        inFlight.exit(attempt.backend);
        lastNoMore(attempt);
    }

    /** What is read of its content from now on, nobody waits for. */
    private void lastNoMore(Attempt attempt) {
        if (attempt.takeLasting()) {
            inFlight.lastNoMore(attempt.backend);
        }
    }

    void cut(Step step, Attempt attempt, Result result, String detail, long now) {
        stop(attempt, now);
        step.cut(attempt.call);
        attempt.decide(result, detail);
        step.report(attempt);
    }

    /** Another answer is given: it is not cut if it may drain, and gives its room back when it is over. */
    void leave(Step step, Attempt attempt, String detail, long now) {
        attempt.stop(now);
        running--;
        lastNoMore(attempt);
        step.leave(attempt);
        attempt.decide(Result.CANCELLED, detail);
        step.report(attempt);
    }

    /** Those from {@code first} on are not needed any more. */
    void leaveFrom(int first, Step step, String detail, long now) {
        for (int i = first; i < all.size(); i++) {
            if (all.get(i).running) {
                leave(step, all.get(i), detail, now);
            }
        }
    }

    /** What it has brought is not given to the caller. */
    void passOver(Step step, Attempt attempt) {
        Finding finding = attempt.finding;
        if (finding != null) {
            attempt.decide(finding.unlessGiven(), finding.detail());
            step.report(attempt);
            step.discard(finding.response());
        }
    }

    /** The race is over: every attempt gets its outcome, those that run are cut. */
    List<AttemptOutcome> conclude(Step step, @Nullable Attempt winner, boolean late, long now) {
        Result result = late ? Result.TIMED_OUT : Result.CANCELLED;
        String detail = late
                ? "the request's time was up"
                : winner == null ? "the request was called off" : "another answer was given";
        List<AttemptOutcome> outcomes = new ArrayList<>(all.size());
        for (Attempt attempt : all) {
            if (attempt.running && winner != null && !late) {
                leave(step, attempt, detail, now);
            } else if (attempt.running) {
                cut(step, attempt, result, detail, now);
            } else if (attempt == winner) {
                attempt.decide(Result.WON, "");
                step.report(attempt);
            } else if (attempt.outcome == null) {
                passOver(step, attempt);
            }
            outcomes.add(attempt.outcome);
        }
        return outcomes;
    }
}
