package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks replicas together and gives the first acceptable answer. Safe for use by any thread.
 */
public final class Fanout implements AutoCloseable {
    static final Logger LOG = LoggerFactory.getLogger(Fanout.class);

    final BackendClient client;
    final GatewayClock clock;
    final Executor executor;
    final InFlight inFlight = new InFlight();
    final PushBack pushBack;
    final Losers losers;
    private final Consumer<AttemptOutcome> outcomes;
    private final Consumer<Throwable> acceptorFailures;

    /** As the other constructor; failing acceptors are told to nobody, the attempt's detail apart. */
    public Fanout(BackendClient client, GatewayClock clock, Executor executor, Consumer<AttemptOutcome> outcomes) {
        this(client, clock, executor, outcomes, failure -> {});
    }

    /**
     * A fan-out over one client.
     *
     * @param client the network
     * @param clock for every time and timer of a race
     * @param executor where attempts block on I/O, the first one of a race apart (see {@link Plan#first()})
     * @param outcomes told of every attempt once it is over, on the thread on which that became known; must be quick
     * @param acceptorFailures told what an acceptor has thrown, or that it returned null
     */
    public Fanout(
            BackendClient client,
            GatewayClock clock,
            Executor executor,
            Consumer<AttemptOutcome> outcomes,
            Consumer<Throwable> acceptorFailures) {
        this(client, clock, executor, outcomes, acceptorFailures, Losers.DRAIN_TIME);
    }

    /**
     * As the other constructor.
     *
     * @param drainTime how long an attempt may go on in the background after another answer was given, so that its connection
     *     can be kept; zero for not at all
     */
    public Fanout(
            BackendClient client,
            GatewayClock clock,
            Executor executor,
            Consumer<AttemptOutcome> outcomes,
            Consumer<Throwable> acceptorFailures,
            Duration drainTime) {
        this.client = client;
        this.clock = clock;
        pushBack = new PushBack(clock);
        losers = new Losers(clock, inFlight, drainTime.toNanos());
        this.executor = executor;
        this.outcomes = outcomes;
        this.acceptorFailures = acceptorFailures;
    }

    /**
     * Begins a race. If {@link Plan#first()} runs tasks on the calling thread, this returns when the first attempt is over,
     * unless that is the trial of an ejected backend; every other attempt that begins with it is under way by then.
     */
    public Race start(Plan plan) {
        RunningRace race = new RunningRace(this, plan);
        race.begin();
        return race;
    }

    /** The number of attempts under way at {@code backend}, those included that only drain. */
    public int inFlight(Backend backend) {
        return inFlight.at(backend);
    }

    /** A backend has left its group, and no attempt is under way there: lets go of the pause that it has asked for. */
    public void forget(Backend backend) {
        pushBack.forget(backend);
    }

    /** Cuts attempts that only drain. Races go on; their losers will not drain. */
    @Override
    public void close() {
        losers.close();
    }

    /** What tells its time. */
    public GatewayClock clock() {
        return clock;
    }

    void report(Plan plan, Attempt attempt) {
        AttemptOutcome outcome = attempt.outcome;
        if (outcome == null) {
            return;
        }
        try {
            if (plan.roster() != null && !attempt.trialGoesOn && !isJudgedLater(attempt, outcome)) {
                plan.roster().learn(attempt.pass, outcome, attempt.hadItsTime());
            }
            plan.pace().learn(outcome, attempt.alone);
        } catch (RuntimeException | Error failure) {
            LOG.error("Nothing could be learned from an attempt", failure);
        }
        report(plan.listener(), outcome);
        report(outcomes, outcome);
    }

    /** A head says little of a backend that may break off after it. A trial cannot wait as long as a stream may take. */
    private static boolean isJudgedLater(Attempt attempt, AttemptOutcome outcome) {
        return attempt.streams && outcome.result() == Result.WON && attempt.pass.kind() == Pass.Kind.ORDINARY;
    }

    /** The answer of {@code attempt}, which was passed on while it came, is over. */
    void streamEnded(Plan plan, Attempt attempt, boolean broken) {
        AttemptOutcome outcome = attempt.outcome;
        if (outcome == null || !isJudgedLater(attempt, outcome)) {
            return;
        }
        AttemptOutcome end = broken ? outcome.brokenOff() : outcome;
        if (broken) {
            LOG.warn("an answer broke off while it was passed on: {}", end.describe());
        }
        if (plan.roster() != null) {
            plan.roster().learn(attempt.pass, end, true);
        }
    }

    private static void report(Consumer<AttemptOutcome> listener, AttemptOutcome outcome) {
        try {
            listener.accept(outcome);
        } catch (Throwable failure) {
            LOG.warn("A listener to attempts failed", failure);
        }
    }

    void acceptorFailed(Throwable failure) {
        try {
            acceptorFailures.accept(failure);
        } catch (Throwable second) {
            LOG.warn("A listener to failing acceptors failed", second);
        }
    }

    /**
     * What is to be asked of whom.
     *
     * @param strategy when attempts are launched
     * @param candidates whom to ask, best first; may be empty
     * @param request what is sent
     * @param acceptor judges the answers
     * @param deadlineNanos when the race is over at the latest, on {@link GatewayClock#nanoTime()}
     * @param attemptTimeoutNanos how long one attempt may take; positive
     * @param maxResponseBytes how much of an answer may be buffered; 0 or more
     * @param first where the first attempt blocks on I/O; {@code Runnable::run} for the calling thread
     * @param fields what each backend is told of its attempt
     * @param pace what this race knows of others of its route, and what it may cost
     * @param roster says which candidates may be asked now; null for all
     * @param listener told of this race's attempts as the fan-out's own listener is, and before it
     * @param streamable whether the content of such an answer may be a stream; null for never
     */
    public record Plan(
            FanoutStrategy strategy,
            List<Backend> candidates,
            GatewayRequest request,
            ResponseAcceptor acceptor,
            long deadlineNanos,
            long attemptTimeoutNanos,
            long maxResponseBytes,
            Executor first,
            AttemptFields fields,
            RoutePace pace,
            @Nullable Roster roster,
            Consumer<AttemptOutcome> listener,
            @Nullable Predicate<GatewayResponse> streamable) {

        /** A race on its own: all candidates are let in, extra attempts are free, and nobody is told. */
        public Plan(
                FanoutStrategy strategy,
                List<Backend> candidates,
                GatewayRequest request,
                ResponseAcceptor acceptor,
                long deadlineNanos,
                long attemptTimeoutNanos,
                long maxResponseBytes,
                Executor first) {
            this(
                    strategy,
                    candidates,
                    request,
                    acceptor,
                    deadlineNanos,
                    attemptTimeoutNanos,
                    maxResponseBytes,
                    first,
                    AttemptFields.none(),
                    RoutePace.unlimited(),
                    null,
                    outcome -> {},
                    null);
        }

        /** A race whose answers are all read into memory. */
        public Plan(
                FanoutStrategy strategy,
                List<Backend> candidates,
                GatewayRequest request,
                ResponseAcceptor acceptor,
                long deadlineNanos,
                long attemptTimeoutNanos,
                long maxResponseBytes,
                Executor first,
                AttemptFields fields,
                RoutePace pace,
                @Nullable Roster roster,
                Consumer<AttemptOutcome> listener) {
            this(
                    strategy,
                    candidates,
                    request,
                    acceptor,
                    deadlineNanos,
                    attemptTimeoutNanos,
                    maxResponseBytes,
                    first,
                    fields,
                    pace,
                    roster,
                    listener,
                    null);
        }

        public Plan {
            candidates = List.copyOf(candidates);
            if (attemptTimeoutNanos <= 0) {
                throw new IllegalArgumentException(
                        "expected an attempt's timeout of 1 ns or more, got " + attemptTimeoutNanos);
            }
            if (maxResponseBytes < 0) {
                throw new IllegalArgumentException(
                        "expected a response limit of 0 bytes or more, got " + maxResponseBytes);
            }
        }
    }

    /** A race under way. */
    public interface Race {
        /**
         * Completes once, never exceptionally; by then no attempt is running, but for those that drain: they have lost, and
         * only their connections are still of use. Only the race completes it.
         */
        CompletableFuture<FanoutResult> result();

        /** Calls the race off: every attempt is cut, and the result is {@link FanoutResult.Cause#CANCELLED}. */
        void cancel();
    }
}
