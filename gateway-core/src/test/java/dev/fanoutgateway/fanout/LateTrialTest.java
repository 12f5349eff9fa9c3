package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Trials of an ejected backend among others that are faster. */
class LateTrialTest {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Arena arena = new Arena();
    private Backend ejected;

    /** The first is ejected, and its pause is over. */
    @BeforeEach
    void eject() {
        ejected = arena.candidates.get(0);
        arena.roster = new Roster(arena.candidates, 2, Ejection.afterFailures(1), arena.clock, message -> {});
        Pass pass = arena.roster.admit(ejected, false);
        arena.roster.learn(pass, new AttemptOutcome(ejected, 1, 0, 0, Result.BROKEN, 0, "before the test"), true);
        arena.clock.advance(PAUSE);
        arena.backends.on("b", Script.ok("b").in(30)).on("c", Script.ok("c").in(40));
    }

    @Test
    void oneThatIsWellAgainButSlowerThanTheOthersReturns() {
        arena.backends.on("a", Script.ok("a").in(45));
        List<String> fates = race();

        assertThat(fates).containsExactly("a CANCELLED", "b WON", "c CANCELLED");
        assertThat(arena.roster.condition(ejected)).matches(Condition::ejected).matches(Condition::onTrial);
        assertThat(arena.fanout.inFlight(ejected)).isEqualTo(1);

        arena.clock.advance(Duration.ofMillis(15));
        assertThat(arena.roster.isInGoodHealth(ejected)).isTrue();
        assertNothingIsLeft();
        assertThat(arena.outcomes).as("told once").hasSize(3);
    }

    @Test
    void oneThatFailsAfterAnotherHasAnsweredStaysOutForItsPause() {
        for (Script late : List.of(
                Script.answers(503, "").in(45), Script.fails(Failure.BROKEN).in(45))) {
            arena.backends.on("a", late);
            race();
            arena.clock.advance(Duration.ofMillis(15));
            assertThat(arena.roster.condition(ejected))
                    .matches(Condition::ejected)
                    .matches(it -> !it.onTrial());
            arena.clock.advance(PAUSE.minusMillis(1));
            assertThat(arena.roster.admit(ejected, false)).isEqualTo(Pass.REFUSED);
            arena.clock.advance(Duration.ofMillis(1));
            assertNothingIsLeft();
        }
    }

    @Test
    void anAnswerThatIsNotAcceptableIsNoSignOfLifeEvenIfItIsLate() {
        arena.acceptor = Acceptors.jsonFlag("status");
        arena.backends
                .on("a", Script.answers(200, "<<<").in(45))
                .on("b", Script.answers(200, "{\"status\":true}").in(30));
        race();
        arena.clock.advance(Duration.ofMillis(15));
        assertThat(arena.roster.condition(ejected)).matches(Condition::ejected).matches(it -> !it.onTrial());
    }

    @Test
    void itIsHeardHoweverMuchSlowerItIsWithinTheAttemptsOwnTime() {
        arena.backends.on("a", Script.ok("a").in(399));
        race();
        arena.clock.advance(Duration.ofMillis(368));
        assertThat(arena.roster.condition(ejected).onTrial()).isTrue();
        assertThat(race()).as("one trial at a time").containsExactly("a UNREACHABLE", "b WON", "c CANCELLED");
        arena.clock.advance(Duration.ofMillis(1));
        assertThat(arena.roster.isInGoodHealth(ejected)).isTrue();
        arena.clock.advance(Duration.ofMillis(50));
        assertNothingIsLeft();
    }

    @Test
    void oneThatHangsIsCutWhenTheAttemptsTimeIsUpAndStaysOutForItsPause() {
        arena.backends.on("a", Script.hangs());
        race();
        arena.clock.advance(Duration.ofMillis(369));
        assertThat(arena.roster.condition(ejected).onTrial()).isTrue();
        arena.clock.advance(Duration.ofMillis(1));
        assertThat(arena.roster.condition(ejected)).matches(Condition::ejected).matches(it -> !it.onTrial());
        assertNothingIsLeft();
        arena.clock.advance(PAUSE.minusMillis(1));
        assertThat(arena.roster.admit(ejected, false)).isEqualTo(Pass.REFUSED);
        arena.clock.advance(Duration.ofMillis(1));
        arena.backends.on("a", Script.ok("a").in(45));
        race();
        arena.clock.advance(Duration.ofMillis(15));
        assertThat(arena.roster.isInGoodHealth(ejected)).isTrue();
    }

    @Test
    void oneThatGivesWayToAnotherAttemptHasSaidNothing() {
        arena.roster.returned(arena.roster.admit(ejected, false));
        arena.backends.on("a", Script.hangs());
        race();
        Step step = new Step();
        assertThat(arena.fanout.losers.giveWay(ejected, step)).isTrue();
        Losers.cut(step);
        arena.fanout.inFlight.exit(ejected);
        assertThat(arena.roster.condition(ejected)).matches(Condition::ejected).matches(it -> !it.onTrial());
        assertNothingIsLeft();
    }

    @Test
    void closingEndsItsTrial() {
        arena.backends.on("a", Script.hangs());
        race();
        arena.fanout.close();
        assertThat(arena.roster.condition(ejected).onTrial()).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void itsThreadIsNotTheCallers() {
        List<Runnable> onTheCallers = new ArrayList<>();
        arena.first = onTheCallers::add;
        arena.backends.on("a", Script.ok("a").in(45));
        race();
        arena.clock.advance(Duration.ofMillis(15));
        assertThat(onTheCallers).isEmpty();
        assertThat(arena.roster.isInGoodHealth(ejected)).isTrue();
    }

    @Test
    void aRequestThatIsCalledOffCutsItAtOnce() {
        arena.backends.on("a", Script.ok("a").in(45));
        Fanout.Race race = arena.start();
        race.cancel();
        assertThat(arena.roster.condition(ejected)).matches(Condition::ejected).matches(it -> !it.onTrial());
        assertNothingIsLeft();
    }

    /** What all but the trial come to; the trial goes on. */
    private List<String> race() {
        Fanout.Race race = arena.unchecked();
        arena.clock.advance(Duration.ofMillis(30));
        return fates(race.result().join());
    }

    private void assertNothingIsLeft() {
        assertThat(arena.clock.pending()).isZero();
        assertThat(arena.backends.running()).isZero();
        for (Backend backend : arena.candidates) {
            assertThat(arena.fanout.inFlight(backend)).isZero();
        }
    }
}
