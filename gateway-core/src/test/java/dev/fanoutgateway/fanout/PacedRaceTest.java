package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.fails;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Races that know of others: hedges by percentile, and the budget for whatever is asked beyond the first attempt. */
class PacedRaceTest {
    private static final HedgeDelay P95 = HedgeDelay.percentile(95);

    private final Arena arena = new Arena().strategy(FanoutStrategy.hedged(P95));

    @Test
    void aPercentileNeverHedgesWithoutData() {
        arena.pace(1);
        run(99, ok("a").in(10));
        arena.backends.on("a", hangs());

        assertThat(fates(race())).containsExactly("a TIMED_OUT", "b UNREACHABLE", "c UNREACHABLE");
    }

    @Test
    void aPercentileHedgesOnceThereIsEnough() {
        arena.pace(1);
        run(100, ok("a").in(10));
        arena.backends.on("a", hangs()).on("b", ok("b").in(5));

        FanoutResult result = race();

        assertThat(fates(result)).containsExactly("a CANCELLED", "b WON");
        assertThat(result.attempts().get(1).startNanos() / 1e6).isBetween(10.0, 10.1);
    }

    @Test
    void fastFailuresLeaveThePercentileAlone() {
        arena.pace(1);
        run(100, ok("a").in(10));
        arena.backends.on("b", ok("b").in(10));
        run(400, answers(500, "").in(1));

        assertThat(arena.pace.figures(arena.strategy).p50Nanos() / 1e6).isBetween(10.0, 10.1);
    }

    @Test
    void timeoutsCountAsAtLeastAsLongAsTheyRan() {
        arena.pace(0);
        run(180, ok("a").in(10));
        run(10, ok("a").in(100));
        run(10, hangs());

        RoutePace.Figures figures = arena.pace.figures(arena.strategy);
        assertThat(figures.attempts()).isEqualTo(200);
        assertThat(figures.p50Nanos() / 1e6).isBetween(10.0, 10.1);
        assertThat(figures.p95Nanos() / 1e6).isBetween(100.0, 101.0);
    }

    @Test
    void whatTheBudgetRefusesIsTriedAgainAfterTheSameTime() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10))).pace(0);
        spend();
        arena.backends.on("a", ok("a").in(35)).on("b", ok("b"));

        FanoutResult result = race();

        assertThat(fates(result)).containsExactly("a WON");
        assertThat(result.notes())
                .containsExactly("budget exhausted: extra attempts may be 0 % of the requests and 1/s");
    }

    @Test
    void aThrottledHedgeAndAFailedFirstAttemptEndTheRaceAtOnce() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10))).pace(0);
        spend();
        arena.backends.on("a", answers(500, "").in(25)).on("b", ok("b"));

        FanoutResult result = race();

        assertThat(result.cause()).isEqualTo(Cause.BROKEN);
        assertThat(result.elapsedNanos() / 1_000_000).isEqualTo(25);
        assertThat(result.describe())
                .isEqualTo("BROKEN after 25 ms, hedged after 10 ms: http://a REJECTED 500 after 25 ms: not acceptable; "
                        + "budget exhausted: extra attempts may be 0 % of the requests and 1/s");
    }

    @Test
    void askingOnIsFreeWhereNothingWasSent() {
        arena.strategy(FanoutStrategy.failover()).pace(0);
        spend();
        arena.backends.on("a", fails(Failure.UNREACHABLE)).on("b", ok("b"));

        assertThat(fates(race())).containsExactly("a UNREACHABLE", "b WON");
    }

    @Test
    void askingOnIsFreeAfterAProperNo() {
        arena.strategy(FanoutStrategy.failover()).pace(0);
        spend();
        arena.backends.on("a", answers(404, "")).on("b", answers(404, "")).on("c", ok("c"));

        assertThat(fates(race())).containsExactly("a ABSENT", "b ABSENT", "c WON");
    }

    @Test
    void whoWaitsForOneThatFallsIllAsksAnotherWithoutBudget() {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10))).pace(0);
        spend();
        arena.backends.on("a", hangs()).on("b", ok("b"));

        assertThat(fates(whileEjectedAfter(20))).containsExactly("a CANCELLED", "b WON");
    }

    @Test
    void whoIsFailedByOneThatHasFallenIllAsksAnotherWithoutBudget() {
        arena.strategy(FanoutStrategy.failover()).pace(0);
        spend();
        arena.backends.on("a", answers(500, "").in(100)).on("b", ok("b"));

        assertThat(fates(whileEjectedAfter(20))).containsExactly("a REJECTED", "b WON");
    }

    @Test
    void howeverManyAreUnderWayAtOneThatFallsIllAllAreRescuedWhereThatHelps() {
        assertThat(askedOfTheNextWhen(ok("b"))).isEqualTo(30);
    }

    @Test
    void rescuesThatHelpNobodyAreBounded() {
        assertThat(askedOfTheNextWhen(answers(500, "").in(100)))
                .as("a tenth of 30 requests, and the floor")
                .isEqualTo(3 + RoutePace.RESCUES_FLOOR);
    }

    /** How many of 30 requests under way at {@code a} when that is ejected go on to {@code b}. */
    private int askedOfTheNextWhen(Script b) {
        arena.strategy(FanoutStrategy.failover()).pace(0).roster(100, Ejection.afterFailures(1));
        spend();
        arena.backends.on("a", answers(500, "").in(100)).on("b", b);
        Backend a = Arena.hosts("a").get(0);
        Pass pass = arena.roster.admit(a, false);
        for (int i = 0; i < 30; i++) {
            arena.start();
        }
        arena.roster.learn(pass, broken(a), true);
        arena.clock.advance(Duration.ofMillis(100));
        return (int) arena.backends.events().stream()
                .filter(event -> event.endsWith("launch b"))
                .count();
    }

    private static AttemptOutcome broken(Backend backend) {
        return new AttemptOutcome(backend, 1, 0, 0, AttemptOutcome.Result.BROKEN, 0, "another");
    }

    /** A race in which {@code a} is ejected, for another request's failure, when it has been under way for a while. */
    private FanoutResult whileEjectedAfter(long millis) {
        arena.roster(8, Ejection.afterFailures(1));
        Backend a = Arena.hosts("a").get(0);
        Pass pass = arena.roster.admit(a, false);
        Fanout.Race race = arena.start();
        arena.clock.advance(Duration.ofMillis(millis));
        assertThat(race.result()).isNotDone();
        arena.roster.learn(pass, new AttemptOutcome(a, 1, 0, 0, AttemptOutcome.Result.BROKEN, 0, "another"), true);
        arena.clock.advance(Duration.ofMillis(600));
        assertThat(race.result()).isCompleted();
        return race.result().join();
    }

    @Test
    void parallelAndOrderedAreExempt() {
        for (FanoutStrategy strategy :
                new FanoutStrategy[] {FanoutStrategy.parallel(), FanoutStrategy.ordered(Duration.ofMillis(5))}) {
            arena.strategy(strategy).pace(0);
            arena.backends.on("a", hangs()).on("b", hangs()).on("c", ok("c"));
            for (int i = 0; i < 30; i++) {
                assertThat(fates(race())).contains("c WON");
            }
        }
    }

    @Test
    void withEveryBackendFailingTheBackendsSeeLittleMoreThanTheClientsAsk() {
        for (FanoutStrategy strategy : new FanoutStrategy[] {
            FanoutStrategy.failover(), FanoutStrategy.hedged(Duration.ofMillis(1)), FanoutStrategy.hedged(P95)
        }) {
            Arena outage = new Arena().strategy(strategy).pace(0.05);
            outage.backends
                    .on("a", answers(500, "").in(3))
                    .on("b", fails(Failure.BROKEN).in(2))
                    .on("c", answers(503, "").in(4));
            for (int i = 0; i < 1_000; i++) {
                outage.start();
                outage.clock.advance(Duration.ofMillis(10));
            }
            assertThat(outage.backends.requests()).as("%s", strategy).hasSizeBetween(1_050, 1_070);
        }
    }

    @Test
    void routesOfAGroupShareWhatTheGroupAllows() {
        arena.strategy(FanoutStrategy.failover());
        GroupLoad group = new GroupLoad(3, 0, arena.clock);
        arena.backends.on("a", answers(500, "")).on("b", ok("b"));
        int won = 0;
        for (int route = 0; route < 5; route++) {
            arena.pace(0, group);
            for (int i = 0; i < 5; i++) {
                won += arena.start().result().join().cause() == Cause.ACCEPTED ? 1 : 0;
            }
        }
        assertThat(won).as("of 25").isEqualTo(10);
    }

    private FanoutResult race() {
        return arena.within(Duration.ofMillis(400));
    }

    private void run(int times, Script script) {
        arena.backends.on("a", script);
        for (int i = 0; i < times; i++) {
            arena.within(script.reply() == null ? Duration.ofMillis(500) : Duration.ofMillis(110));
        }
    }

    /** Leaves nothing in the budget. */
    private void spend() {
        while (arena.pace.tryTakeExtra(true)) {
            // until there is none
        }
    }
}
