package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Races among backends of which some are ejected, or have no room. */
class HealthRaceTest {
    private static final Ejection AFTER_ONE = Ejection.afterFailures(1);

    private final Arena arena = new Arena().strategy(FanoutStrategy.failover());

    @Test
    void anEjectedBackendIsPassedOverAndTheNextIsAskedAtOnce() {
        eject("a");
        arena.backends.on("b", Script.ok("b").in(10)).on("c", Script.ok("c"));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b WON");
        assertThat(result.describe())
                .contains("http://a UNREACHABLE after 0 ms: ejected; http://b WON 200 after 10 ms");
        assertThat(launches()).containsExactly("0 launch b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallel", "ordered", "hedged", "failover", "single"})
    void everyStrategyPassesItOver(String strategy) {
        eject("a");
        arena.strategy(
                switch (strategy) {
                    case "parallel" -> FanoutStrategy.parallel();
                    case "ordered" -> FanoutStrategy.ordered(Duration.ofMillis(50));
                    case "hedged" -> FanoutStrategy.hedged(Duration.ofMillis(50));
                    case "single" -> FanoutStrategy.single();
                    default -> FanoutStrategy.failover();
                });
        arena.backends.on("b", Script.ok("b").in(5)).on("c", Script.ok("c").in(10));

        FanoutResult result = arena.run();

        assertThat(fates(result)).startsWith("a UNREACHABLE", "b WON");
        assertThat(result.elapsedNanos()).isEqualTo(5_000_000);
        assertThat(launches()).doesNotContain("0 launch a");
    }

    @Test
    void aHedgeSkipsTheEjectedOne() {
        eject("b");
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(20)));
        arena.backends.on("a", Script.hangs()).on("c", Script.ok("c").in(5));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a CANCELLED", "b UNREACHABLE", "c WON");
        assertThat(result.elapsedNanos()).isEqualTo(25_000_000);
    }

    @Test
    void whenAllOthersHaveFailedTheEjectedOneIsAskedAfterAll() {
        eject("a");
        arena.backends
                .on("a", Script.ok("a").in(3))
                .on("b", Script.fails(Failure.BROKEN).in(2))
                .on("c", Script.fails(Failure.UNREACHABLE).in(1));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b BROKEN", "c UNREACHABLE", "a WON");
        assertThat(arena.roster.statuses(backend -> 0).get(0).available())
                .as("its success returns it")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallel", "hedged"})
    void theLastResortIsOneForStrategiesThatAskSeveralToo(String strategy) {
        eject("a");
        arena.strategy(
                strategy.equals("parallel") ? FanoutStrategy.parallel() : FanoutStrategy.hedged(Duration.ofMillis(20)));
        arena.backends
                .on("a", Script.ok("a").in(3))
                .on("b", Script.fails(Failure.BROKEN).in(2))
                .on("c", Script.fails(Failure.BROKEN).in(2));

        FanoutResult result = arena.run();

        assertThat(result.cause()).as(result.describe()).isEqualTo(Cause.ACCEPTED);
        assertThat(Arena.host(result.backend())).isEqualTo("a");
    }

    @Test
    void whenAnotherSaysProperlyThatThereIsNoneTheEjectedOneIsNotAskedAndAbsenceIsNotCertain() {
        eject("a");
        arena.backends.on("a", Script.hangs()).on("b", Script.answers(404, "")).on("c", Script.answers(404, ""));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b ABSENT", "c ABSENT");
        assertThat(result.cause()).isEqualTo(Cause.INCOMPLETE);
        assertThat(result.elapsedNanos()).isZero();
    }

    @Test
    void aRequestThatMayHaveBeenServedIsNotSentToTheLastResort() {
        eject("a");
        arena.request = GatewayRequest.of("POST", "/x");
        arena.backends
                .on("a", Script.ok("a"))
                .on("b", Script.fails(Failure.BROKEN))
                .on("c", Script.ok("c"));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b BROKEN");
        assertThat(result.cause()).isEqualTo(Cause.BROKEN);
    }

    @Test
    void aBackendWithoutRoomIsPassedOverAtOnce() {
        arena.roster(1, Ejection.off());
        arena.backends.on("a", Script.hangs(), Script.ok("a")).on("b", Script.ok("b"));
        Fanout.Race first = arena.start();

        Fanout.Race second = arena.start();

        FanoutResult result = second.result().join();
        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b WON");
        assertThat(result.attempts().get(0).detail()).isEqualTo(AttemptOutcome.NO_ROOM);
        assertThat(result.attempts().get(0).wasMade()).isFalse();
        first.cancel();
        assertThat(fates(arena.start().result().join()))
                .as("there is room again")
                .containsExactly("a WON");
    }

    @Test
    void withoutRoomAnywhereThereIsAnAnswerAtOnce() {
        arena.roster(1, Ejection.off());
        for (String host : List.of("a", "b", "c")) {
            arena.backends.on(host, Script.hangs());
        }
        arena.strategy(FanoutStrategy.parallel());
        Fanout.Race first = arena.start();

        FanoutResult result = arena.start().result().join();

        assertThat(result.cause()).isEqualTo(Cause.UNAVAILABLE);
        assertThat(result.describe())
                .isEqualTo(
                        "UNAVAILABLE after 0 ms, parallel: http://a UNREACHABLE after 0 ms: no room; http://b UNREACHABLE after 0"
                                + " ms: no room; http://c UNREACHABLE after 0 ms: no room");
        first.cancel();
    }

    @Test
    void aHungReplicaCostsOthersNothingOnceItIsFull() {
        arena.roster(8, Ejection.off()).strategy(FanoutStrategy.failover());
        arena.attemptTimeout = Duration.ofSeconds(30);
        arena.deadline = Duration.ofSeconds(60);
        arena.backends.on("a", Script.hangs()).on("b", Script.ok("b"));
        List<Fanout.Race> stuck = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stuck.add(arena.start());
        }
        for (int i = 0; i < 1_000; i++) {
            FanoutResult result = arena.start().result().join();
            assertThat(fates(result)).containsExactly("a UNREACHABLE", "b WON");
            assertThat(result.elapsedNanos()).isZero();
        }
        assertThat(arena.fanout.inFlight(arena.candidates.get(0))).isEqualTo(8);
        stuck.forEach(Fanout.Race::cancel);
    }

    @Test
    void ofManyRequestsOneIsTheTrial() {
        eject("a");
        arena.clock.advance(Duration.ofSeconds(10));
        arena.backends.on("a", Script.ok("a").in(50)).on("b", Script.ok("b"));

        List<Fanout.Race> races = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            races.add(arena.start());
        }
        assertThat(races.subList(1, 10))
                .allSatisfy(race -> assertThat(fates(race.result().join())).containsExactly("a UNREACHABLE", "b WON"));
        arena.clock.advance(Duration.ofMillis(50));
        assertThat(fates(races.get(0).result().join())).containsExactly("a WON");
        assertThat(launches()).filteredOn(line -> line.endsWith(" a")).hasSize(1);

        Fanout.Race after = arena.start();
        arena.clock.advance(Duration.ofMillis(50));
        assertThat(fates(after.result().join())).containsExactly("a WON");
    }

    @Test
    void aLateHedgeThatEndsWithTheRequestIsNotHeldAgainstItsBackend() {
        arena.roster(8, AFTER_ONE).strategy(FanoutStrategy.hedged(Duration.ofMillis(900)));
        arena.attemptTimeout = Duration.ofSeconds(2);
        arena.backends.on("a", Script.hangs()).on("b", Script.hangs()).on("c", Script.hangs());

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a TIMED_OUT", "b TIMED_OUT");
        assertThat(arena.roster.statuses(backend -> 0))
                .extracting(status -> status.available())
                .containsExactly(false, true, true);
    }

    /** One failure ejects; the clock then stands where it stood. */
    private void eject(String name) {
        arena.roster(8, AFTER_ONE);
        Pass pass = arena.roster.admit(Arena.hosts(name).get(0), false);
        AttemptOutcome outcome = new AttemptOutcome(
                Arena.hosts(name).get(0), 1, 0, 0, AttemptOutcome.Result.BROKEN, 0, "before the test");
        arena.roster.learn(pass, outcome, true);
    }

    private List<String> launches() {
        return arena.backends.events().stream()
                .filter(event -> event.contains("launch"))
                .toList();
    }
}
