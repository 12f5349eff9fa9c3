package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What becomes of attempts that have lost, with calls that are ended by hand. */
class LosersTest implements BackendClient {
    private final FakeClock clock = new FakeClock();
    private final GatewayClock moody = new MoodyClock();
    private final List<HandCall> calls = new ArrayList<>();
    private final List<AttemptOutcome> outcomes = new ArrayList<>();
    private List<Backend> candidates = Arena.hosts("a", "b");
    private final Executor executor = Runnable::run;
    private Fanout fanout = new Fanout(this, moody, executor, outcomes::add);
    private Roster roster;
    private boolean drains = true;
    private boolean throwing;
    private boolean deaf;
    private boolean refusing;

    @Test
    void aLoserThatDrainsCountsUntilItIsOver() {
        FanoutResult result = won(start(FanoutStrategy.parallel(), executor));

        assertThat(result.attempts()).extracting(AttemptOutcome::result).containsExactly(Result.WON, Result.CANCELLED);
        assertThat(outcomes).hasSize(2);
        assertThat(inFlight()).isEqualTo("01");

        calls.get(1).answers(200);

        assertThat(inFlight()).isEqualTo("00");
        assertThat(calls.get(1).cancelled).isZero();
        assertThat(clock.pending()).isZero();
        assertThat(outcomes).as("what comes late is of no interest").hasSize(2);
    }

    @Test
    void aLoserThatDrainsGivesWayToAnAttemptThatIsWaitedFor() {
        for (boolean answering : new boolean[] {true, false}) {
            deaf = !answering;
            calls.clear();
            roster = new Roster(candidates, 1, Ejection.off(), clock, message -> {});
            won(start(FanoutStrategy.parallel(), executor));
            Fanout.Race next = start(FanoutStrategy.parallel(), executor);

            assertThat(calls).hasSize(4);
            assertThat(calls.get(1).cancelled).isEqualTo(1);
            assertThat(inFlight()).as("none more than there may be").isEqualTo("11");
            calls.get(1).answers(200);
            assertThat(inFlight()).as("its room is the other's").isEqualTo("11");
            calls.get(2).answers(503);
            calls.get(3).answers(200);
            assertThat(next.result().join().backend()).isEqualTo(candidates.get(1));
            assertThat(inFlight()).isEqualTo("00");
            assertThat(clock.pending()).isZero();
        }
    }

    @Test
    void theOldestAtThatBackendGivesWayFirst() {
        roster = new Roster(candidates, 3, Ejection.off(), clock, message -> {});
        won(start(FanoutStrategy.parallel(), executor));
        won(start(FanoutStrategy.parallel(), executor));
        start(FanoutStrategy.parallel(), executor);
        assertThat(calls).allMatch(call -> call.cancelled == 0);
        start(FanoutStrategy.parallel(), executor);
        start(FanoutStrategy.parallel(), executor);
        assertThat(calls).extracting(call -> call.cancelled).containsExactly(0, 1, 0, 1, 0, 0, 0, 0, 0, 0);
        assertThat(inFlight()).isEqualTo("33");
    }

    @Test
    void thoseThatAreWaitedForDoNotGiveWay() {
        roster = new Roster(candidates, 1, Ejection.off(), clock, message -> {});
        start(FanoutStrategy.parallel(), executor);
        Fanout.Race refused = start(FanoutStrategy.parallel(), executor);
        assertThat(refused.result().join().attempts())
                .extracting(AttemptOutcome::detail)
                .containsExactly(AttemptOutcome.NO_ROOM, AttemptOutcome.NO_ROOM);
        assertThat(calls).hasSize(2).allMatch(call -> call.cancelled == 0);
    }

    @Test
    void aLoserThatTakesTooLongIsCut() {
        won(start(FanoutStrategy.parallel(), executor));
        clock.advance(Duration.ofMillis(49));
        assertThat(calls.get(1).cancelled).isZero();
        clock.advance(Duration.ofMillis(1));
        assertThat(calls.get(1).cancelled).isEqualTo(1);
        assertThat(inFlight()).isEqualTo("00");
        assertThat(clock.pending()).isZero();
    }

    @Test
    void aLateAnswerChangesNothingAndItsStreamIsLetGo() {
        FanoutResult result = won(start(FanoutStrategy.parallel(), executor));
        List<String> stream = new ArrayList<>();
        calls.get(1)
                .reply
                .complete(Reply.of(new GatewayResponse(
                        200, Headers.empty(), Body.stream(subscriber -> stream.add("discarded"), -1))));
        assertThat(stream).containsExactly("discarded");
        assertThat(result.backend()).isEqualTo(candidates.get(0));
        assertThat(outcomes).hasSize(2);
    }

    @Test
    void aLoserThatRefusesOrCannotTellIsCutAtOnce() {
        drains = false;
        won(start(FanoutStrategy.parallel(), executor));
        drains = true;
        throwing = true;
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls).extracting(call -> call.cancelled).containsExactly(0, 1, 0, 1);
        assertThat(inFlight()).isEqualTo("00");
        assertThat(clock.pending()).isZero();
    }

    @Test
    void onlySoManyDrainAtOneBackend() {
        for (int i = 0; i < Losers.MOST_AT_ONE_BACKEND; i++) {
            won(start(FanoutStrategy.parallel(), executor));
        }
        assertThat(calls).allMatch(call -> call.cancelled == 0);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isEqualTo(1);
        assertThat(inFlight()).isEqualTo("0" + Losers.MOST_AT_ONE_BACKEND);

        calls.get(1).answers(200);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isZero();
        clock.advance(Duration.ofMillis(50));
        assertThat(inFlight()).isEqualTo("00");
    }

    @Test
    void onlySoManyDrainAtOnce() {
        for (int i = 0; i < Losers.MOST_AT_ONCE; i++) {
            candidates = Arena.hosts("a", "b" + i % 8);
            won(start(FanoutStrategy.parallel(), executor));
        }
        assertThat(calls).allMatch(call -> call.cancelled == 0);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isEqualTo(1);
        calls.get(1).answers(200);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isZero();
        clock.advance(Duration.ofMillis(50));
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isZero();
    }

    @Test
    void oneOfThoseThatHaveTheMostGivesWayToOneThatHasLess() {
        for (int i = 0; i < Losers.MOST_AT_ONCE; i++) {
            candidates = Arena.hosts("a", "b" + i / Losers.MOST_AT_ONE_BACKEND);
            won(start(FanoutStrategy.parallel(), executor));
        }
        candidates = Arena.hosts("a", "c");
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(calls.size() - 1).cancelled).isZero();
        assertThat(inFlight()).isEqualTo("01");
        assertThat(calls.stream().filter(call -> call.cancelled > 0)).hasSize(1);
        assertThat(calls.stream().filter(call -> !call.reply.isDone())).hasSize(Losers.MOST_AT_ONCE);
        clock.advance(Duration.ofMillis(50));
        assertThat(inFlight()).isEqualTo("00");
        assertThat(calls).allMatch(call -> call.reply.isDone());
        assertThat(clock.pending()).isZero();
    }

    @Test
    void closingCutsThoseThatDrainAndLetsNoOtherDrain() {
        won(start(FanoutStrategy.parallel(), executor));
        fanout.close();
        assertThat(calls.get(1).cancelled).isEqualTo(1);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(3).cancelled).isEqualTo(1);
        assertThat(inFlight()).isEqualTo("00");
        assertThat(clock.pending()).isZero();
    }

    @Test
    void aClientThatNeverSaysThatACallIsOverHoldsNoRoom() {
        deaf = true;
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(inFlight()).isEqualTo("01");
        clock.advance(Duration.ofMillis(50));
        assertThat(inFlight()).isEqualTo("00");
    }

    @Test
    void aClockThatSetsNoTimerMeansThatLosersAreCut() {
        Fanout.Race race = start(FanoutStrategy.parallel(), executor);
        refusing = true;
        won(race);
        assertThat(calls.get(1).cancelled).isEqualTo(1);
        assertThat(inFlight()).isEqualTo("00");
    }

    @Test
    void withoutTimeToDrainLosersAreCut() {
        fanout = new Fanout(this, moody, executor, outcomes::add, failure -> {}, Duration.ZERO);
        won(start(FanoutStrategy.parallel(), executor));
        assertThat(calls.get(1).asked).isZero();
        assertThat(calls.get(1).cancelled).isEqualTo(1);
    }

    @Test
    void anAttemptOnTheCallersThreadIsCut() {
        Fanout.Race race = start(FanoutStrategy.parallel(), task -> task.run());
        calls.get(1).answers(200);
        assertThat(race.result().join().backend()).isEqualTo(candidates.get(1));
        assertThat(calls.get(0).asked).isZero();
        assertThat(calls.get(0).cancelled).isEqualTo(1);
    }

    @Test
    void aRequestThatIsCalledOffOrLateHasNoLosersToDrain() {
        Fanout.Race race = start(FanoutStrategy.parallel(), executor);
        race.cancel();
        assertThat(race.result().join().cause()).isEqualTo(Cause.CANCELLED);
        start(FanoutStrategy.parallel(), executor);
        clock.advance(Duration.ofSeconds(2));
        assertThat(calls).allMatch(call -> call.cancelled == 1 && call.asked == 0);
        assertThat(inFlight()).isEqualTo("00");
    }

    @Test
    void theLosersOfAnOrderedRaceDrainToo() {
        Fanout.Race race = start(FanoutStrategy.ordered(Duration.ofMillis(5)), executor);
        calls.get(1).answers(200);
        clock.advance(Duration.ofMillis(5));
        assertThat(race.result().join().backend()).isEqualTo(candidates.get(1));
        assertThat(calls.get(0).asked).isEqualTo(1);
        assertThat(inFlight()).isEqualTo("10");
    }

    private Fanout.Race start(FanoutStrategy strategy, Executor first) {
        return fanout.start(new Fanout.Plan(
                strategy,
                candidates,
                GatewayRequest.get("/x"),
                Acceptors.successful(),
                clock.nanoTime() + Duration.ofSeconds(1).toNanos(),
                Duration.ofSeconds(5).toNanos(),
                1 << 20,
                first,
                AttemptFields.none(),
                RoutePace.unlimited(),
                roster,
                outcome -> {}));
    }

    /** A race whose first attempt answers. */
    private FanoutResult won(Fanout.Race race) {
        calls.get(calls.size() - 2).answers(200);
        assertThat(race.result()).isCompleted();
        return race.result().join();
    }

    private String inFlight() {
        return "" + fanout.inFlight(candidates.get(0)) + fanout.inFlight(candidates.get(1));
    }

    @Override
    public Call newCall(BackendRequest request) {
        HandCall call = new HandCall();
        calls.add(call);
        return call;
    }

    @Override
    public void close() {}

    private final class HandCall implements Call {
        final CompletableFuture<Reply> reply = new CompletableFuture<>();
        int cancelled;
        int asked;

        void answers(int status) {
            reply.complete(Reply.of(new GatewayResponse(status, Headers.empty(), Body.empty())));
        }

        @Override
        public void start(Executor executor) {}

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            cancelled++;
            if (!deaf) {
                reply.complete(Reply.failed(Failure.CANCELLED, true, "cut"));
            }
        }

        @Override
        public boolean tryDrain(long maxBytes) {
            asked++;
            assertThat(maxBytes).isPositive();
            if (throwing) {
                throw new IllegalStateException("no");
            }
            return drains;
        }
    }

    /** The fake one, save that it may refuse to set timers, as one that is closed. */
    private final class MoodyClock implements GatewayClock {
        @Override
        public long nanoTime() {
            return clock.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return clock.currentTimeMillis();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            if (refusing) {
                throw new IllegalStateException("closed");
            }
            return clock.schedule(delayNanos, task);
        }
    }
}
