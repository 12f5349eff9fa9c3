package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Occasion;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The course of a race: whom to ask next and when, what to wait for, who has won.
 */
final class Standings implements Course {
    /**
     * A hedge that the budget refused is tried again after a sixteenth of its delay, but no sooner than this, and ever
     * later: the budget may have room for it in a moment, and most that are refused then need none any more.
     */
    private static final long SOONEST_RETRY_NANOS = 1_000_000;

    /** Unless the delay itself is longer. */
    private static final long LATEST_RETRY_NANOS = 250_000_000;

    private final Fanout.Plan plan;
    private final Manner manner;
    private final InFlight inFlight;
    private final PushBack pushBack;
    private final Restraint restraint;
    private final long deadlineNanos;
    private final long staggerNanos;
    private final long graceNanos;
    private final Attempts attempts;

    private final Lineup lineup;

    /** How many backends may be asked in all. */
    private int most;

    private int asked;
    private int refusals;
    private long nextLaunchNanos = NEVER;
    private long graceEndNanos = NEVER;
    private boolean over;

    /** The best-ranked acceptable answer so far, while those ranked better are waited for. */
    private @Nullable Attempt held;

    /** The answer after which nobody else is asked. */
    private @Nullable Attempt last;

    Standings(Manner manner, InFlight inFlight, Losers losers, PushBack pushBack) {
        this.manner = manner;
        this.plan = manner.plan();
        this.inFlight = inFlight;
        this.pushBack = pushBack;
        this.restraint = new Restraint(plan.pace());
        this.deadlineNanos = plan.deadlineNanos() - manner.startNanos();
        this.staggerNanos = manner.staggerNanos();
        this.graceNanos = manner.strategy().graceNanos();
        this.most = manner.strategy().maxAttempts();
        this.lineup = new Lineup(plan, inFlight, losers, pushBack);
        this.attempts = new Attempts(inFlight, Math.min(lineup.size(), 4));
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void begin(Step step) {
        if (!lineup.hasNext()) {
            finish(step, Cause.UNAVAILABLE, null, 0);
        } else if (deadlineNanos <= 0) {
            finish(step, Cause.LATE, null, 0);
        } else {
            boolean more = true;
            while (more && mayLaunch(0)) {
                more = launch(step, Occasion.START, Cost.NOTHING, 0) && staggerNanos == 0;
            }
            if (attempts.nothingRuns()) {
                askTheOthers(step, Occasion.START, Cost.NOTHING, 0);
            }
        }
    }

    @Override
    public void arrived(Step step, Attempt attempt, Finding finding, long now) {
        attempts.stop(attempt, now);
        attempt.finding = finding;
        if (finding.response() != null) {
            pushBack.heed(attempt.backend, finding.response(), plan.candidates());
        }
        switch (finding.worth()) {
            case ACCEPTED -> hold(step, attempt, now);
            case FINAL -> {
                if (last == null) {
                    last = attempt;
                } else {
                    attempts.passOver(step, attempt);
                }
            }
            case ABSENT, RETRYABLE -> attempts.passOver(step, attempt);
        }
        boolean free = !finding.sent() || finding.worth() == Verdict.ABSENT;
        proceed(step, finding.sent(), free ? Cost.NOTHING : Cost.afterFailure(attempts.all(), plan.roster()), now);
    }

    @Override
    public void tick(Step step, long now) {
        if (now >= deadlineNanos) {
            end(step, Cause.LATE, now);
            return;
        }
        List<Attempt> all = attempts.all();
        for (int i = 0; i < all.size() && !over; i++) {
            Attempt attempt = all.get(i);
            if (attempt.running && attempt.limitNanos <= now) {
                attempts.cut(step, attempt, Result.TIMED_OUT, "the attempt's time was up", now);
                proceed(step, true, Cost.afterFailure(attempts.all(), plan.roster()), now);
            }
        }
        if (!over && held != null && graceEndNanos <= now) {
            finish(step, Cause.ACCEPTED, held, now);
        }
        if (!over && nextLaunchNanos <= now) {
            nextLaunchNanos = NEVER;
            if (mayLaunch(now) && !launch(step, Occasion.DELAY, Cost.ofHedge(attempts.all(), plan.roster()), now)) {
                nextLaunchNanos = now + retryNanos();
            }
        }
    }

    private long retryNanos() {
        long soonest = Math.max(staggerNanos / 16, SOONEST_RETRY_NANOS);
        long later = soonest << Math.min(refusals++, 8);
        return Math.min(later, Math.max(staggerNanos, LATEST_RETRY_NANOS));
    }

    @Override
    public void abort(Step step, Cause cause, long now) {
        finish(step, cause, null, now);
    }

    @Override
    public long dueNanos() {
        if (over) {
            return NEVER;
        }
        long due = Math.min(deadlineNanos, graceEndNanos);
        if (mayLaunch(0)) {
            due = Math.min(due, nextLaunchNanos);
        }
        for (Attempt attempt : attempts.all()) {
            if (attempt.running) {
                due = Math.min(due, attempt.limitNanos);
            }
        }
        return due;
    }

    private boolean mayLaunch(long now) {
        return lineup.hasNext()
                && asked < most
                && last == null
                && held == null
                && now < deadlineNanos
                && !restraint.tooLate();
    }

    /**
     * Asks the next candidate that may be asked; those before it are passed over. False if there is none.
     *
     * @param cost what the budget must allow
     */
    private boolean launch(Step step, Occasion occasion, Cost cost, long now) {
        if (asked > 0 && !restraint.hasTime(deadlineNanos - now)) {
            return false;
        }
        if (cost == Cost.RESCUE) {
            lineup.preferTheWell();
        }
        while (lineup.hasNext()) {
            Lineup.Entry entry = lineup.next(step);
            boolean granted = entry.refusal().isEmpty();
            if (granted && !restraint.grants(entry, lineup, cost, occasion != Occasion.DELAY)) {
                return false;
            }
            Attempt attempt = attempts.next(plan, entry, occasion, deadlineNanos, now);
            if (granted) {
                asked++;
                attempts.launch(step, attempt, lineup.isLasting());
                nextLaunchNanos = staggerNanos == FanoutStrategy.NEVER ? NEVER : now + staggerNanos;
                return true;
            }
            attempts.refuse(step, attempt, entry.refusal(), now);
        }
        return false;
    }

    /** Keeps an acceptable answer; from here on only a better-ranked one can win. */
    private void hold(Step step, Attempt attempt, long now) {
        if (graceNanos == 0) {
            held = attempt;
            return;
        }
        if (held == null) {
            graceEndNanos = now + graceNanos;
        } else {
            attempts.passOver(step, held);
        }
        held = attempt;
        attempts.leaveFrom(attempt.number, step, "a better-ranked backend has answered", now);
    }

    /**
     * An attempt is over: gives the answer, asks the next, or ends the race if nobody is left.
     *
     * @param sent whether the backend may have got the request
     * @param cost of asking another: nothing if none was sent, or none failed
     */
    private void proceed(Step step, boolean sent, Cost cost, long now) {
        if (held != null) {
            if (!waitsForBetterThan(held)) {
                finish(step, Cause.ACCEPTED, held, now);
            }
            return;
        }
        if (!manner.safe() && sent) {
            most = asked;
        }
        if (!(mayLaunch(now) && launch(step, Occasion.FAILURE, cost, now)) && attempts.nothingRuns()) {
            askTheOthers(step, Occasion.FAILURE, cost, now);
        }
    }

    /**
     * Everybody in good health has been asked, and nobody has an answer: asks those that were passed over, unless somebody
     * has said properly that there is none. Ends the race if there is nobody to ask.
     */
    private void askTheOthers(Step step, Occasion occasion, Cost cost, long now) {
        if (attempts.all().stream().noneMatch(FailureCause::saysAbsent)) {
            lineup.turnToThePassedOver();
            if (mayLaunch(now) && launch(step, occasion, cost, now)) {
                return;
            }
        }
        end(step, FailureCause.of(attempts.all(), lineup.hasNext() && asked < most && !restraint.exhausted()), now);
    }

    private boolean waitsForBetterThan(Attempt attempt) {
        for (int i = 0; graceNanos > 0 && i < attempt.number - 1; i++) {
            if (attempts.all().get(i).running) {
                return true;
            }
        }
        return false;
    }

    /** Ends the race with the answer that is at hand, or with {@code failure} if there is none. */
    private void end(Step step, Cause failure, long now) {
        if (held != null) {
            finish(step, Cause.ACCEPTED, held, now);
        } else if (last != null) {
            finish(step, Cause.FINAL, last, now);
        } else {
            finish(step, failure, null, now);
        }
    }

    private void finish(Step step, Cause cause, @Nullable Attempt winner, long now) {
        over = true;
        if (winner != null || cause == Cause.ABSENT) {
            restraint.answered();
        }
        List<AttemptOutcome> outcomes = attempts.conclude(step, winner, now >= deadlineNanos, now);
        RaceRecord race = manner.record(cause, outcomes, restraint.notes(), now);
        step.result = winner == null || winner.finding == null
                ? new FanoutResult(cause, null, null, race)
                : new FanoutResult(cause, winner.finding.response(), winner.backend, race);
    }
}
