package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Occasion;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Combiner.Part;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The course of a collection: everybody is asked at once, and as many acceptable answers are waited for as are wanted. Ends at
 * once when these are there, or cannot come together any more; where all are wanted, when all attempts are over. Only while
 * everybody says that there is no such resource, the others are waited for: whether it is so is theirs to say. Candidates
 * in bad health are asked only as far as they are needed for that.
 */
final class Gathering implements Course {
    private final Fanout.Plan plan;
    private final Manner manner;
    private final PushBack pushBack;
    private final long deadlineNanos;
    private final boolean everybody;

    /** The acceptable answers without which there is nothing to combine. */
    private final int wanted;

    private final Lineup lineup;
    private final Attempts attempts;
    private int accepted;
    private boolean over;

    /** The first answer that says that asking further is pointless. */
    private @Nullable Attempt last;

    Gathering(Manner manner, InFlight inFlight, Losers losers, PushBack pushBack) {
        this.plan = manner.plan();
        this.manner = manner;
        this.pushBack = pushBack;
        this.deadlineNanos = plan.deadlineNanos() - manner.startNanos();
        int quorum = manner.strategy().quorum();
        this.everybody = quorum == FanoutStrategy.EVERYBODY;
        this.wanted = everybody ? 1 : quorum;
        this.lineup = new Lineup(plan, inFlight, losers, pushBack);
        this.attempts = new Attempts(inFlight, lineup.size());
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void begin(Step step) {
        if (!lineup.hasNext()) {
            fail(step, Cause.UNAVAILABLE, 0);
        } else if (deadlineNanos <= 0) {
            fail(step, Cause.LATE, 0);
        } else {
            while (lineup.hasNext()) {
                launch(step, Occasion.START, 0);
            }
            proceed(step, 0);
        }
    }

    @Override
    public void arrived(Step step, Attempt attempt, Finding finding, long now) {
        attempts.stop(attempt, now);
        attempt.finding = inMemory(step, finding);
        if (finding.response() != null) {
            pushBack.heed(attempt.backend, finding.response(), plan.candidates());
        }
        switch (attempt.finding.worth()) {
            case ACCEPTED -> accepted++;
            case FINAL -> {
                if (last == null) {
                    last = attempt;
                } else {
                    attempts.passOver(step, attempt);
                }
            }
            case ABSENT, RETRYABLE -> attempts.passOver(step, attempt);
        }
        proceed(step, now);
    }

    /** A stream has one reader, once, and a combiner may not read it at all: it is let go, and counts as no answer. */
    private static Finding inMemory(Step step, Finding finding) {
        if (finding.response() == null || finding.response().body().isBuffered()) {
            return finding;
        }
        step.discard(finding.response());
        return Finding.failed(Result.REJECTED, true, "its content is a stream, which cannot be combined");
    }

    @Override
    public void tick(Step step, long now) {
        if (now >= deadlineNanos) {
            end(step, Cause.LATE, now);
            return;
        }
        boolean cut = false;
        for (Attempt attempt : attempts.all()) {
            if (attempt.running && attempt.limitNanos <= now) {
                attempts.cut(step, attempt, Result.TIMED_OUT, "the attempt's time was up", now);
                cut = true;
            }
        }
        if (cut && !over) {
            proceed(
                    step,
                    now); // once for all of them: those that are late together leave nobody who might still answer
        }
    }

    @Override
    public void abort(Step step, Cause cause, long now) {
        fail(step, cause, now);
    }

    @Override
    public long dueNanos() {
        if (over) {
            return NEVER;
        }
        long due = deadlineNanos;
        for (Attempt attempt : attempts.all()) {
            if (attempt.running) {
                due = Math.min(due, attempt.limitNanos);
            }
        }
        return due;
    }

    private boolean launch(Step step, Occasion occasion, long now) {
        Lineup.Entry entry = lineup.next(step);
        Attempt attempt = attempts.next(plan, entry, occasion, deadlineNanos, now);
        if (entry.refusal().isEmpty()) {
            attempts.launch(step, attempt, lineup.isLasting());
            return true;
        }
        attempts.refuse(step, attempt, entry.refusal(), now);
        return false;
    }

    /** Something has changed: ends if there are answers enough, or too few can still come. */
    private void proceed(Step step, long now) {
        if (!everybody && accepted >= wanted) {
            finish(step, now);
            return;
        }
        while (accepted + attempts.running() < wanted && askOneMore(step, now)) {
            // as many as are needed
        }
        if (attempts.nothingRuns() || (accepted + attempts.running() < wanted && !mayAllBeAbsent())) {
            end(step, null, now);
        }
    }

    /** Whether everybody who is through has said that there is no such resource: the others decide whether that is so. */
    private boolean mayAllBeAbsent() {
        return attempts.all().stream().allMatch(attempt -> attempt.running || FailureCause.saysAbsent(attempt));
    }

    /**
     * Asks one of those that were passed over, unless somebody has said that this is pointless, or that there is no such
     * resource where nobody says otherwise. False if there is nobody.
     */
    private boolean askOneMore(Step step, long now) {
        boolean pointless =
                last != null || (accepted == 0 && attempts.all().stream().anyMatch(FailureCause::saysAbsent));
        if (pointless) {
            return false;
        }
        if (!lineup.hasNext()) {
            lineup.turnToThePassedOver();
        }
        while (lineup.hasNext()) {
            if (launch(step, Occasion.FAILURE, now)) {
                return true;
            }
        }
        return false;
    }

    /** Ends with what is at hand; {@code late} is null if no more is to come. */
    private void end(Step step, @Nullable Cause late, long now) {
        if (accepted >= wanted) {
            finish(step, now);
        } else if (last != null) {
            last.decide(Result.WON, "");
            step.report(last);
            step.result = result(Cause.FINAL, last, conclude(step, "a final answer was given", now), now);
        } else if (late != null) {
            fail(step, late, now);
        } else {
            fail(
                    step,
                    accepted > 0 || attempts.running() > 0 ? Cause.TOO_FEW : FailureCause.of(attempts.all(), false),
                    now);
        }
    }

    private void fail(Step step, Cause cause, long now) {
        String why = cause == Cause.CANCELLED ? "the request was called off" : "too few others had an answer";
        step.result = result(cause, null, conclude(step, why, now), now);
    }

    /** There are answers enough: the attempts that brought them have won. */
    private void finish(Step step, long now) {
        for (Attempt attempt : attempts.all()) {
            if (hasAnswer(attempt)) {
                attempt.decide(Result.WON, "");
                step.report(attempt);
            }
        }
        step.result = result(Cause.ACCEPTED, null, conclude(step, "there were answers enough", now), now);
        List<Part> parts = new ArrayList<>(attempts.all().size());
        for (Attempt attempt : attempts.all()) {
            if (attempt.outcome != null) {
                parts.add(new Part(attempt.outcome, attempt.finding == null ? null : attempt.finding.response()));
            }
        }
        step.parts = List.copyOf(parts);
    }

    private static boolean hasAnswer(Attempt attempt) {
        return attempt.outcome == null && attempt.finding != null && attempt.finding.worth() == Verdict.ACCEPTED;
    }

    /** Every attempt gets its outcome, those that run are cut. */
    private List<AttemptOutcome> conclude(Step step, String why, long now) {
        over = true;
        boolean late = now >= deadlineNanos;
        List<AttemptOutcome> outcomes = new ArrayList<>(attempts.all().size());
        for (Attempt attempt : attempts.all()) {
            if (attempt.running && !late && accepted >= wanted) {
                attempts.leave(step, attempt, why, now);
            } else if (attempt.running) {
                Result result = late ? Result.TIMED_OUT : Result.CANCELLED;
                attempts.cut(step, attempt, result, late ? "the request's time was up" : why, now);
            } else if (attempt.outcome == null) {
                Finding finding = attempt.finding;
                attempt.decide(finding == null ? Result.BROKEN : finding.unlessGiven(), why);
                step.report(attempt);
            }
            if (attempt.outcome != null) {
                outcomes.add(attempt.outcome);
            }
        }
        return outcomes;
    }

    private FanoutResult result(Cause cause, @Nullable Attempt given, List<AttemptOutcome> outcomes, long now) {
        List<String> notes = accepted == 0 || accepted >= wanted
                ? List.of()
                : List.of("acceptable answers: " + accepted + ", wanted: " + wanted);
        RaceRecord race = manner.record(cause, outcomes, notes, now);
        return given == null || given.finding == null
                ? new FanoutResult(cause, null, null, race)
                : new FanoutResult(cause, given.finding.response(), given.backend, race);
    }
}
