package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.Combiner.Part;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A race or collection under way: feeds what happens to its {@link Course}, one event at a time under a lock, and carries out
 * what that calls for with no lock held. One timer serves the whole race; one that was set for too early a time just looks
 * again.
 */
final class RunningRace implements Fanout.Race {
    private final Fanout fanout;
    private final Fanout.Plan plan;
    private final long startNanos;
    private final CompletableFuture<FanoutResult> result = new CompletableFuture<>();

    /** Guards everything beneath, and the attempts. */
    private final Object lock = new Object();

    private final Course standings;
    private @Nullable Timer timer;
    private long armedFor = Course.NEVER;
    private long ticket;

    RunningRace(Fanout fanout, Fanout.Plan plan) {
        this.fanout = fanout;
        this.plan = plan;
        this.startNanos = fanout.clock.nanoTime();
        FanoutStrategy strategy =
                plan.pace().begin(plan.strategy(), plan.candidates().size());
        Manner manner = Manner.of(plan, strategy, startNanos);
        this.standings = strategy.combiner() != null && manner.safe()
                ? new Gathering(manner, fanout.inFlight, fanout.losers, fanout.pushBack)
                : new Standings(manner, fanout.inFlight, fanout.losers, fanout.pushBack);
    }

    @Override
    public CompletableFuture<FanoutResult> result() {
        return result;
    }

    @Override
    public void cancel() {
        abort(Cause.CANCELLED);
    }

    void begin() {
        Step step;
        synchronized (lock) {
            step = taken((made, now) -> standings.begin(made));
        }
        perform(step);
    }

    private void abort(Cause cause) {
        Step step;
        synchronized (lock) {
            if (standings.isOver()) {
                return;
            }
            step = taken((made, now) -> standings.abort(made, cause, now));
        }
        perform(step);
    }

    private void woken(long shown) {
        Step step;
        synchronized (lock) {
            if (shown != ticket) {
                return;
            }
            timer = null;
            armedFor = Course.NEVER;
            step = taken(standings::tick);
        }
        perform(step);
    }

    /** What an attempt came to; null if that calls for nothing any more. */
    private @Nullable Step arrived(Attempt attempt, Finding finding) {
        synchronized (lock) {
            if (attempt.running) {
                return taken((made, now) -> standings.arrived(made, attempt, finding, now));
            }
        }
        Discard.response(finding.response());
        return null;
    }

    /** Whatever goes wrong in a decision, what it called for is done, and the race comes to its end. Called under the lock. */
    private Step taken(Course.Decision decision) {
        Step step = new Step();
        try {
            decision.take(step, now());
        } catch (RuntimeException | Error e) {
            Fanout.LOG.error("A race could not go on", e);
            if (step.result == null) {
                standings.abort(step, Cause.BROKEN, now());
            }
        }
        return concluded(step);
    }

    /** Adds to a step what is to become of the timer. Called under the lock. */
    private Step concluded(Step step) {
        long due = standings.dueNanos();
        if (standings.isOver() || due < armedFor) {
            ticket++;
            step.disarm = timer;
            timer = null;
            armedFor = due;
            step.arm = !standings.isOver();
            step.wakeNanos = due;
            step.ticket = ticket;
        }
        return step;
    }

    /**
     * Carries a step out, and those that follow from it at once; in a loop, since a thousand attempts may fail at once.
     * The result comes after all attempts are cut and accounted for, so that whoever sees it sees nothing running;
     * launches come last, since the first attempt may block this thread.
     */
    private void perform(@Nullable Step first) {
        Step step = first;
        while (step != null) {
            if (step.arm) {
                arm(step.wakeNanos, step.ticket);
            }
            Losers.cut(step);
            for (Attempt attempt : step.leaves) {
                fanout.losers.leave(attempt, !isFirstElsewhere(attempt), plan, fanout::acceptorFailed);
            }
            for (GatewayResponse response : step.discards) {
                Discard.response(response);
            }
            for (Attempt attempt : step.decided) {
                fanout.report(plan, attempt);
            }
            tidy(step);
            if (step.result != null) {
                conclude(step.result, step.parts);
            }
            step = launch(step.launches);
        }
    }

    /** What must not keep the result from coming. */
    private void tidy(Step step) {
        try {
            if (step.disarm != null) {
                step.disarm.cancel();
            }
            if (step.result != null) {
                plan.pace().finished(step.result);
            }
        } catch (RuntimeException | Error e) {
            Fanout.LOG.error("A race has left something behind", e);
        }
    }

    private void conclude(FanoutResult ended, @Nullable List<Part> parts) {
        Combiner combiner = plan.strategy().combiner();
        if (parts == null || combiner == null) {
            result.complete(ended);
        } else {
            new Combining(ended, this::now, result).begin(combiner, plan, parts);
        }
    }

    private void arm(long wakeNanos, long shown) {
        Timer set;
        try {
            set = fanout.clock.schedule(wakeNanos - now(), () -> woken(shown));
        } catch (RuntimeException e) {
            Fanout.LOG.error("The clock refuses to set a timer; without one a request is not tried", e);
            abort(Cause.BROKEN);
            return;
        }
        synchronized (lock) {
            if (shown == ticket && armedFor == wakeNanos) {
                timer = set;
                return;
            }
        }
        set.cancel();
    }

    /**
     * Makes all calls ready before any starts, and starts one that may block this thread after all others. What follows at
     * once from the last launch is returned.
     */
    private @Nullable Step launch(List<Attempt> launches) {
        Step next = null;
        for (Attempt attempt : launches) {
            perform(next);
            next = prepare(attempt);
        }
        Attempt blocking = null;
        for (Attempt attempt : launches) {
            perform(next);
            next = null;
            if (isFirstElsewhere(attempt)) {
                blocking = attempt;
            } else {
                next = start(attempt);
            }
        }
        if (blocking != null) {
            perform(next);
            next = start(blocking, plan.first()); // its reply must not wait until it has
        }
        return next;
    }

    /** Whether it may block a thread that has to go on: the caller's. A trial does not: it may go on when it is beaten. */
    private boolean isFirstElsewhere(Attempt attempt) {
        return attempt.number == 1 && plan.first() != fanout.executor && attempt.pass.kind() != Pass.Kind.TRIAL;
    }

    private @Nullable Step prepare(Attempt attempt) {
        long timeout = attempt.limitNanos - attempt.startNanos;
        Call call;
        try {
            call = fanout.client.newCall(new BackendRequest(
                    attempt.backend,
                    plan.fields().on(plan.request(), attempt.made, timeout),
                    timeout,
                    plan.maxResponseBytes(),
                    plan.streamable()));
        } catch (Throwable failure) {
            return arrived(attempt, Finding.clientFailed(failure, false));
        }
        if (call == null) {
            return arrived(attempt, Finding.clientFailed(null, false));
        }
        synchronized (lock) {
            if (attempt.running) {
                attempt.call = call;
            }
        }
        return null;
    }

    /** Starts a call. A reply that comes while it does is kept for when it has. */
    private @Nullable Step start(Attempt attempt) {
        attempt.starter = Thread.currentThread();
        Step failure = start(attempt, fanout.executor);
        attempt.starter = null;
        Finding immediate = attempt.immediate;
        return failure != null || immediate == null ? failure : arrived(attempt, immediate);
    }

    private @Nullable Step start(Attempt attempt, Executor executor) {
        Call call = attempt.call; // this thread has set it
        if (call == null || !attempt.running) {
            return null; // over before it began
        }
        try {
            call.reply().whenComplete((reply, failure) -> replied(attempt, reply, failure));
            attempt.started = true;
            call.start(executor);
            return null;
        } catch (Throwable failure) {
            Losers.cut(call);
            return arrived(attempt, Finding.clientFailed(failure, true));
        }
    }

    private void replied(Attempt attempt, @Nullable Reply reply, @Nullable Throwable failure) {
        if (reply != null && !attempt.running) {
            Discard.response(reply.response());
            return;
        }
        Finding finding = reply == null ? Finding.clientFailed(failure, true) : judged(reply, attempt);
        if (attempt.starter == Thread.currentThread()) {
            attempt.immediate = finding;
        } else {
            perform(arrived(attempt, finding));
        }
    }

    private Finding judged(Reply reply, Attempt attempt) {
        GatewayResponse response = reply.response();
        if (response == null || response.body().isBuffered()) {
            return Finding.of(reply, plan, fanout::acceptorFailed);
        }
        if (!attempt.takeLasting() && !fanout.inFlight.tryLast(attempt.backend, mostAtOne())) {
            Discard.response(response);
            return Finding.noRoom();
        }
        return Finding.of(streamed(response, attempt), plan, fanout::acceptorFailed);
    }

    private int mostAtOne() {
        Roster roster = plan.roster();
        return roster == null ? Integer.MAX_VALUE : roster.maxConcurrent();
    }

    /**
     * A streamed answer keeps its backend busy until it has come to its end, or nobody reads it any more; only then it is known
     * what it says of its backend.
     */
    private Reply streamed(GatewayResponse response, Attempt attempt) {
        attempt.streams = true;
        fanout.inFlight.enter(attempt.backend);
        return Reply.of(response.withBody(response.body().whenOver(failure -> {
            fanout.inFlight.exit(attempt.backend);
            fanout.inFlight.lastNoMore(attempt.backend);
            fanout.streamEnded(plan, attempt, failure != null);
        })));
    }

    private long now() {
        return fanout.clock.nanoTime() - startNanos;
    }
}
