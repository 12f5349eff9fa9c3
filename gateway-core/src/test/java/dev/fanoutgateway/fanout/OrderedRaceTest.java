package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How better-ranked backends are waited for. */
class OrderedRaceTest {
    private final Arena arena = new Arena();

    @BeforeEach
    void waitFiftyMillis() {
        arena.strategy(FanoutStrategy.ordered(Duration.ofMillis(50)));
    }

    @Test
    void theBestRankedAnswerIsGivenAtOnce() {
        arena.backends.on("a", ok("a").in(5)).on("b", hangs()).on("c", hangs());

        assertThat(fates(arena.run())).containsExactly("a WON", "b CANCELLED", "c CANCELLED");
        assertThat(arena.backends.events()).contains("5 result ACCEPTED a");
    }

    @Test
    void aBetterRankedAnswerWithinTheGraceWins() {
        arena.backends.on("a", ok("a").in(40)).on("b", ok("b").in(10)).on("c", ok("c").in(60));

        assertThat(fates(arena.run())).containsExactly("a WON", "b LOST", "c CANCELLED");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 launch c",
                        "10 reply b 200",
                        "10 cancel c",
                        "40 reply a 200",
                        "40 result ACCEPTED a");
    }

    @Test
    void atTheEndOfTheGraceTheBestRankedSoFarIsGiven() {
        arena.backends.on("a", hangs()).on("b", ok("b").in(30)).on("c", ok("c").in(10));

        assertThat(fates(arena.run())).containsExactly("a CANCELLED", "b WON", "c LOST");
        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 launch c",
                        "10 reply c 200",
                        "30 reply b 200",
                        "60 cancel a",
                        "60 result ACCEPTED b");
    }

    @Test
    void anAnswerIsGivenAtOnceWhenAllBetterRankedAreOut() {
        arena.backends
                .on("a", answers(404, "").in(20))
                .on("b", answers(400, "").in(30))
                .on("c", ok("c").in(10));

        assertThat(fates(arena.run())).containsExactly("a ABSENT", "b REJECTED", "c WON");
        assertThat(arena.backends.events()).endsWith("30 reply b 400", "30 result ACCEPTED c");
    }

    @Test
    void anAttemptThatTimesOutIsOut() {
        arena.attemptTimeout = Duration.ofMillis(30);
        arena.backends.on("a", hangs()).on("b", ok("b").in(10)).on("c", hangs());

        assertThat(fates(arena.run())).containsExactly("a TIMED_OUT", "b WON", "c CANCELLED");
        assertThat(arena.backends.events()).endsWith("30 cancel a", "30 result ACCEPTED b");
    }

    @Test
    void atTheDeadlineTheWaitingAnswerIsGiven() {
        arena.strategy(FanoutStrategy.ordered(Duration.ofMinutes(1)));
        arena.attemptTimeout = Duration.ofMinutes(1);
        arena.backends.on("a", hangs()).on("b", ok("b").in(10)).on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.ACCEPTED);
        assertThat(result.elapsedNanos()).isEqualTo(arena.deadline.toNanos());
        assertThat(fates(result)).containsExactly("a TIMED_OUT", "b WON", "c CANCELLED");
    }

    @Test
    void withoutGraceItIsParallel() {
        arena.strategy(FanoutStrategy.ordered(Duration.ZERO));
        arena.backends.on("a", ok("a").in(11)).on("b", ok("b").in(10)).on("c", hangs());

        assertThat(fates(arena.run())).containsExactly("a CANCELLED", "b WON", "c CANCELLED");
    }
}
