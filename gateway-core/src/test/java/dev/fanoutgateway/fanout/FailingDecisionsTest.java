package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A decision that throws, ends its race: it never hangs, and leaves nothing behind. */
class FailingDecisionsTest {
    private final Arena arena = new Arena();
    private final FaultyClock faulty = new FaultyClock();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenAHedgeIsDue(boolean error) {
        arena.backends.on("a", hangs());
        Fanout.Race race = race(FanoutStrategy.hedged(Duration.ofMillis(10)));
        breaks(error);
        arena.clock.advance(Duration.ofMillis(10));

        ended(race, "a CANCELLED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenAnAttemptHasFailed(boolean error) {
        arena.backends.on("a", answers(500, "").in(20));
        Fanout.Race race = race(FanoutStrategy.failover());
        breaks(error);
        arena.clock.advance(Duration.ofMillis(20));

        ended(race, "a REJECTED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenAnAttemptHasTakenTooLong(boolean error) {
        arena.backends.on("a", hangs());
        Fanout.Race race = race(FanoutStrategy.failover());
        breaks(error);
        arena.clock.advance(arena.attemptTimeout);

        ended(race, "a TIMED_OUT");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenAnAttemptHasFailedAtOnce(boolean error) {
        arena.backends.on("a", answers(500, ""));
        arena.acceptor = (request, response) -> {
            breaks(error);
            return ResponseAcceptor.Verdict.RETRYABLE;
        };
        arena.strategy(FanoutStrategy.failover());
        pace();

        ended(arena.start(), "a REJECTED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCannotBeLearnedDoesNotSpoilTheAnswer(boolean error) {
        arena.backends.on("a", ok("a").in(5));
        Fanout.Race race = race(FanoutStrategy.hedged(HedgeDelay.percentile(95)));
        breaks(error);
        arena.clock.advance(Duration.ofMillis(5));

        assertThat(race.result()).isCompleted();
        assertThat(race.result().join().cause()).isEqualTo(Cause.ACCEPTED);
        arena.finish(race);
    }

    private Fanout.Race race(FanoutStrategy strategy) {
        arena.strategy(strategy);
        pace();
        arena.roster(1, Ejection.afterFailures(3));
        Fanout.Race race = arena.start();
        assertThat(race.result()).isNotDone();
        return race;
    }

    /** Only what a decision asks has the faulty clock: the race itself knows the time. */
    private void pace() {
        arena.pace = RoutePace.of("/x", arena.strategy, 0.05, new GroupLoad(3, 0, faulty), faulty, step -> {});
        arena.backends.on("b", hangs());
    }

    private void breaks(boolean error) {
        faulty.failure = error ? new NoClassDefFoundError("a test's") : new IllegalStateException("a test's");
    }

    private void ended(Fanout.Race race, String... fates) {
        assertThat(race.result()).isCompleted();
        FanoutResult result = race.result().join();
        assertThat(result.cause()).isEqualTo(Cause.BROKEN);
        assertThat(fates(result)).containsExactly(fates);
        arena.finish(race);
        assertThat(arena.backends.running()).isZero();
    }

    private final class FaultyClock implements GatewayClock {
        private @Nullable Throwable failure;

        @Override
        public long nanoTime() {
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return arena.clock.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return arena.clock.currentTimeMillis();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return arena.clock.schedule(delayNanos, task);
        }
    }
}
