package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.fails;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.BackendClient.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each strategy does when, as an ordered list of events. */
class RaceTest {
    private final Arena arena = new Arena();

    @Test
    void parallelAsksAllAtOnceAndGivesTheFirstAcceptableAnswer() {
        arena.backends.on("a", ok("a").in(30)).on("b", ok("b").in(10)).on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 launch c",
                        "10 reply b 200",
                        "10 cancel a",
                        "10 cancel c",
                        "10 result ACCEPTED b");
        assertThat(result.response().body().utf8()).isEqualTo("b");
        assertThat(fates(result)).containsExactly("a CANCELLED", "b WON", "c CANCELLED");
        assertThat(result.elapsedNanos()).isEqualTo(Duration.ofMillis(10).toNanos());
    }

    @Test
    void aFailingFirstAttemptDoesNotEndTheRaceWhileAnotherIsInFlight() {
        arena.backends
                .on("a", fails(Failure.BROKEN))
                .on("b", answers(503, "").in(5))
                .on("c", ok("c").in(20));

        assertThat(fates(arena.run())).containsExactly("a BROKEN", "b REJECTED", "c WON");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 reply a BROKEN",
                        "0 launch b",
                        "0 launch c",
                        "5 reply b 503",
                        "20 reply c 200",
                        "20 result ACCEPTED c");
    }

    @Test
    void hedgedAsksTheNextEachTimeItsDelayHasPassed() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends.on("a", hangs()).on("b", hangs()).on("c", ok("c").in(3));

        assertThat(fates(arena.run())).containsExactly("a CANCELLED", "b CANCELLED", "c WON");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "10 launch b",
                        "20 launch c",
                        "23 reply c 200",
                        "23 cancel a",
                        "23 cancel b",
                        "23 result ACCEPTED c");
    }

    @Test
    void hedgedAsksNobodyElseWhenTheFirstIsInTime() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends.on("a", ok("a").in(9));

        assertThat(fates(arena.run())).containsExactly("a WON");
        assertThat(arena.backends.events()).containsExactly("0 launch a", "9 reply a 200", "9 result ACCEPTED a");
    }

    @Test
    void hedgedAsksTheNextAtOnceOnARejectionAndCountsItsDelayFromThere() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends.on("a", answers(500, "").in(4)).on("b", hangs()).on("c", ok("c"));

        assertThat(fates(arena.run())).containsExactly("a REJECTED", "b CANCELLED", "c WON");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "4 reply a 500",
                        "4 launch b",
                        "14 launch c",
                        "14 reply c 200",
                        "14 cancel b",
                        "14 result ACCEPTED c");
    }

    @Test
    void aRejectedHedgeLaunchesTheNextWhileTheFirstIsStillInFlight() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends.on("a", ok("a").in(16)).on("b", answers(404, "").in(2)).on("c", hangs());

        assertThat(fates(arena.run())).containsExactly("a WON", "b ABSENT", "c CANCELLED");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "10 launch b",
                        "12 reply b 404",
                        "12 launch c",
                        "16 reply a 200",
                        "16 cancel c",
                        "16 result ACCEPTED a");
    }

    @Test
    void failoverAsksOneAfterTheOther() {
        arena.strategy(FanoutStrategy.failover());
        arena.backends
                .on("a", answers(404, "").in(5))
                .on("b", fails(Failure.UNREACHABLE).in(5))
                .on("c", ok("c").in(5));

        assertThat(fates(arena.run())).containsExactly("a ABSENT", "b UNREACHABLE", "c WON");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "5 reply a 404",
                        "5 launch b",
                        "10 reply b UNREACHABLE",
                        "10 launch c",
                        "15 reply c 200",
                        "15 result ACCEPTED c");
    }

    @Test
    void failoverCutsAnAttemptWhoseTimeIsUpAndGoesOn() {
        arena.strategy(FanoutStrategy.failover());
        arena.backends.on("a", hangs()).on("b", ok("b").in(1));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a TIMED_OUT", "b WON");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a", "400 cancel a", "400 launch b", "401 reply b 200", "401 result ACCEPTED b");
        assertThat(result.attempts().get(1).startNanos())
                .isEqualTo(Duration.ofMillis(400).toNanos());
        assertThat(result.attempts().get(0).durationNanos())
                .isEqualTo(Duration.ofMillis(400).toNanos());
    }

    @Test
    void singleAsksNobodyElse() {
        arena.strategy(FanoutStrategy.single());
        arena.backends.on("a", answers(500, "")).on("b", ok("b"));

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.BROKEN);
        assertThat(arena.backends.events()).containsExactly("0 launch a", "0 reply a 500", "0 result BROKEN");
    }

    @Test
    void aFinalAnswerStopsLaunchesButThoseUnderWayMayWin() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends
                .on("a", ok("a").in(30))
                .on("b", answers(400, "bad").in(5))
                .on("c", ok("c"));

        assertThat(fates(arena.run())).containsExactly("a WON", "b REJECTED");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a", "10 launch b", "15 reply b 400", "30 reply a 200", "30 result ACCEPTED a");
    }

    @Test
    void aFinalAnswerIsTheResultWhenNobodyElseHasOne() {
        arena.backends
                .on("a", answers(404, "").in(9))
                .on("b", answers(400, "bad").in(5))
                .on("c", answers(403, "no").in(7));

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.FINAL);
        assertThat(result.response().status()).isEqualTo(400);
        assertThat(fates(result)).containsExactly("a ABSENT", "b WON", "c REJECTED");
        assertThat(result.elapsedNanos()).isEqualTo(Duration.ofMillis(9).toNanos());
    }

    @Test
    void theDeadlineCutsEverything() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(700)));
        arena.attemptTimeout = Duration.ofSeconds(60);
        arena.backends.on("a", hangs()).on("b", ok("b").in(500));

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.LATE);
        assertThat(fates(result)).containsExactly("a TIMED_OUT", "b TIMED_OUT");
        assertThat(arena.backends.events())
                .containsExactly("0 launch a", "700 launch b", "1000 cancel a", "1000 cancel b", "1000 result LATE");
    }

    @Test
    void atTheDeadlineAFinalAnswerAtHandIsGiven() {
        arena.backends.on("a", answers(400, "").in(1)).on("b", hangs()).on("c", hangs());
        arena.attemptTimeout = Duration.ofSeconds(60);

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.FINAL);
        assertThat(result.elapsedNanos()).isEqualTo(arena.deadline.toNanos());
    }

    @Test
    void eachAttemptIsToldTheTimeThatIsLeftForIt() {
        arena.strategy(FanoutStrategy.failover());
        arena.attemptTimeout = Duration.ofMillis(700);
        arena.backends.on("a", answers(500, "").in(600));

        arena.run();

        assertThat(arena.backends.requests().get(0).timeoutNanos())
                .isEqualTo(Duration.ofMillis(700).toNanos());
        assertThat(arena.backends.requests().get(1).timeoutNanos())
                .isEqualTo(Duration.ofMillis(400).toNanos());
    }

    @Test
    void cancellingCutsEverythingOnce() {
        arena.backends.on("a", hangs()).on("b", answers(500, "")).on("c", hangs());
        Fanout.Race race = arena.start();

        race.cancel();
        race.cancel();

        arena.finish(race);
        assertThat(race.result().join().cause()).isEqualTo(Cause.CANCELLED);
        assertThat(fates(race.result().join())).containsExactly("a CANCELLED", "b REJECTED", "c CANCELLED");
    }

    @Test
    void withoutCandidatesNobodyIsAvailable() {
        arena.candidates = List.of();

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.UNAVAILABLE);
        assertThat(result.describe()).isEqualTo("UNAVAILABLE after 0 ms, parallel: nobody was asked");
    }

    @Test
    void aDeadlineThatHasPassedIsLateWithoutAnAttempt() {
        arena.deadline = Duration.ofMillis(-1);
        Fanout.Race race = arena.start();

        assertThat(race.result().join().cause()).isEqualTo(Cause.LATE);
        assertThat(arena.backends.requests()).isEmpty();
    }

    @Test
    void theDiagnosisNamesEachBackendItsReasonAndItsTime() {
        arena.backends
                .on("a", fails(Failure.UNREACHABLE).in(3))
                .on("b", answers(503, "").in(12))
                .on("c", hangs());

        assertThat(arena.run().describe())
                .isEqualTo("BROKEN after 400 ms, parallel: http://a UNREACHABLE after 3 ms: scripted; "
                        + "http://b REJECTED 503 after 12 ms: not acceptable; "
                        + "http://c TIMED_OUT after 400 ms: the attempt's time was up");
    }

    @Test
    void theFirstAttemptStartsLastSoThatItMayBlockItsThread() {
        List<String> order = new ArrayList<>();
        arena.first = task -> {
            order.addAll(arena.backends.events());
            task.run();
        };
        arena.backends.on("a", ok("a")).on("b", hangs()).on("c", hangs());

        arena.run();

        assertThat(order).containsExactly("0 launch b", "0 launch c");
    }

    @Test
    void aThousandBackendsThatFailAtOnceDoNotExhaustTheStack() {
        String[] names = new String[1_000];
        for (int i = 0; i < names.length; i++) {
            names[i] = "h" + i;
        }
        arena.candidates = Arena.hosts(names);
        arena.strategy(FanoutStrategy.failover());

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.UNAVAILABLE);
        assertThat(result.attempts()).hasSize(1_000);
    }
}
