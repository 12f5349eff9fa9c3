package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A hedge that the budget refuses is tried again, ever less often, and made at the first try that finds something left. */
class RefusedHedgesTest {
    private final Arena arena = new Arena();

    @ParameterizedTest
    @CsvSource({
        // delay, when the budget has something, when the hedge is made
        "1, 0, 1",
        "1, 1, 2",
        "1, 3, 4",
        "1, 5, 8",
        "1, 100, 128",
        "1, 130, 256",
        "1, 300, 506",
        "1, 507, 756",
        "10, 11, 13",
        "10, 45, 73",
        "10, 100, 137",
        "10, 500, 515",
        "10, 516, 765",
        "160, 165, 170",
        "160, 471, 720",
        "300, 310, 318",
        "300, 610, 881"
    })
    void theBackOffDoublesFromASixteenthOfTheDelayToAQuarterOfASecondOrTheDelayItself(
            long delay, long left, long made) {
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(delay))).pace(1);
        arena.deadline = Duration.ofMillis(2_000);
        arena.attemptTimeout = arena.deadline;
        arena.backends.on("a", hangs()).on("b", ok("b"));
        Fanout.Race race = arena.start();
        while (arena.pace.tryTakeExtra(true)) {
            // until there is none
        }

        arena.clock.advance(Duration.ofMillis(left));
        assertThat(race.result()).isNotDone();
        for (int i = 0; i < 20; i++) {
            arena.pace.begin(arena.strategy, 2);
        }
        arena.clock.advance(Duration.ofMillis(1_500));

        assertThat(race.result()).isCompleted();
        assertThat(fates(race.result().join())).containsExactly("a CANCELLED", "b WON");
        assertThat(race.result().join().attempts().get(1).startNanos() / 1_000_000)
                .isEqualTo(made);
    }
}
