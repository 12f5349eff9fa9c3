package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Collections on random schedules, each reproducible by its seed: one answer, one combination at most, nothing left running,
 * and the end comes when the schedule says that it must.
 */
class RandomCollectionsTest {
    private static final int COLLECTIONS = 25_000;
    private static final GatewayResponse COMBINED = new GatewayResponse(200, Headers.empty(), Body.empty());

    @Test
    void everyScheduleEndsAsItMust() {
        Seeds.each(0, COLLECTIONS, seed -> new Schedule(seed).run());
    }

    private static final class Schedule {
        private final int seed;
        private final Random random;
        private final Arena arena = new Arena();
        private final List<Script> scripts = new ArrayList<>();
        private final boolean everybody;
        private final int wanted;
        private int combinations;
        private int completions;

        Schedule(int seed) {
            this.seed = seed;
            random = new Random(seed * 17L);
            String[] names = new String[1 + random.nextInt(6)];
            for (int i = 0; i < names.length; i++) {
                names[i] = "h" + i;
                Script raw = script();
                Script script = new Script(Duration.ofMillis(random.nextInt(60)).plusNanos(1 + i), raw.reply());
                scripts.add(script);
                arena.backends.on(names[i], script);
            }
            arena.candidates = Arena.hosts(names);
            everybody = random.nextInt(3) == 0;
            wanted = everybody ? 1 : 1 + random.nextInt(names.length);
            Combiner combiner = Combiner.of((request, parts) -> {
                combinations++;
                assertThat(arena.backends.running()).as("seed " + seed).isZero();
                assertThat(parts.stream().filter(Combiner.Part::accepted).count())
                        .as("seed " + seed)
                        .isGreaterThanOrEqualTo(wanted);
                return COMBINED;
            });
            arena.strategy(everybody ? FanoutStrategy.collectAll(combiner) : FanoutStrategy.collect(wanted, combiner));
            arena.deadline = Duration.ofMillis(1 + random.nextInt(80));
            arena.attemptTimeout = Duration.ofMillis(1 + random.nextInt(60));
        }

        private Script script() {
            return switch (random.nextInt(8)) {
                case 0, 1, 2, 3 -> Script.ok("");
                case 4 -> Script.answers(404, "");
                case 5 -> Script.answers(503, "");
                case 6 -> Script.fails(Failure.UNREACHABLE);
                default -> Script.hangs();
            };
        }

        void run() {
            Fanout.Race race = arena.start();
            race.result().thenRun(() -> completions++);
            boolean calledOff = random.nextInt(10) == 0;
            if (calledOff) {
                arena.clock.advance(Duration.ofMillis(random.nextInt(40)));
                race.cancel();
            }
            arena.finish(race);
            FanoutResult result = race.result().join();
            assertThat(completions).as("seed " + seed).isEqualTo(1);
            assertThat(combinations).as("seed " + seed).isEqualTo(result.cause() == Cause.ACCEPTED ? 1 : 0);
            assertThat(result.attempts()).as("seed " + seed).hasSameSizeAs(scripts);
            long won = result.attempts().stream()
                    .filter(attempt -> attempt.result() == Result.WON)
                    .count();
            if (result.cause() == Cause.ACCEPTED) {
                assertThat(won).as("seed " + seed).isGreaterThanOrEqualTo(wanted);
            } else {
                assertThat(won).as("seed " + seed).isZero();
            }
            if (result.cause() != Cause.CANCELLED) {
                assertThat(result.cause() == Cause.ACCEPTED).as("seed " + seed).isEqualTo(inTime() >= wanted);
                assertThat(result.elapsedNanos()).as("seed " + seed).isLessThanOrEqualTo(expectedEnd());
            }
        }

        /** How many acceptable answers come in time, by the schedule alone. */
        private long inTime() {
            return scripts.stream()
                    .filter(script -> isAcceptable(script) && script.after().compareTo(limit()) < 0)
                    .count();
        }

        /** When all is known at the latest: the quorum is there, or everybody is through. */
        private long expectedEnd() {
            List<Long> ends = scripts.stream()
                    .filter(script -> !everybody && inTime() >= wanted ? isAcceptable(script) : true)
                    .map(script -> script.reply() == null || script.after().compareTo(limit()) > 0
                            ? limit().toNanos()
                            : script.after().toNanos())
                    .sorted()
                    .toList();
            return ends.get(!everybody && inTime() >= wanted ? wanted - 1 : ends.size() - 1);
        }

        private Duration limit() {
            return arena.deadline.compareTo(arena.attemptTimeout) < 0 ? arena.deadline : arena.attemptTimeout;
        }

        private static boolean isAcceptable(Script script) {
            return script.reply() != null
                    && script.reply().response() != null
                    && script.reply().response().status() == 200;
        }
    }
}
