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
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hundred thousand races on random schedules, each reproducible by its seed: exactly one result, nothing left running but
 * what drains, and that not for long, no timer left, no hang, and the result is the one that the schedule calls for.
 */
class RandomRacesTest {
    private static final int RACES = 20_000;
    private static final long MILLI = 1_000_000;

    @ParameterizedTest
    @ValueSource(strings = {"parallel", "ordered", "hedged", "failover", "single"})
    void everyScheduleEndsAsItMust(String strategy) {
        Seeds.each(0, RACES, seed -> new Schedule(strategy, seed).run());
    }

    /** One random race: at each backend something that comes after a while, or never. */
    private static final class Schedule implements BackendClient {
        private final String label;
        private final Random random;
        private final FakeClock clock = new FakeClock();
        private final long start = clock.nanoTime();
        private final List<Script> scripts = new ArrayList<>();
        private final List<Backend> candidates = new ArrayList<>();
        private final List<AttemptOutcome> reported = new ArrayList<>();
        private final FanoutStrategy strategy;
        private final boolean safe;
        private final long attemptTimeout;
        private final long deadline;
        private final long cancelAt;
        private int running;
        private int draining;
        private int completions;

        Schedule(String name, int seed) {
            label = name + " " + seed;
            random = new Random(seed * 31L + name.hashCode());
            int size = random.nextInt(6);
            for (int i = 0; i < size; i++) {
                candidates.add(Backend.of("group", "http://h" + i));
                scripts.add(randomScript());
            }
            Duration some = Duration.ofMillis(random.nextInt(25));
            strategy = switch (name) {
                case "parallel" -> FanoutStrategy.parallel();
                case "ordered" -> FanoutStrategy.ordered(some);
                case "hedged" -> FanoutStrategy.hedged(some);
                case "failover" -> FanoutStrategy.failover();
                default -> FanoutStrategy.single();
            };
            safe = random.nextInt(4) > 0;
            attemptTimeout = between(1, 40);
            deadline = between(1, 80);
            cancelAt = random.nextInt(10) == 0 ? between(0, 60) : Long.MAX_VALUE;
        }

        private Script randomScript() {
            Script script = switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> response(200);
                case 4 -> response(404);
                case 5 -> response(503);
                case 6 -> response(400);
                case 7 -> Script.fails(Failure.UNREACHABLE);
                case 8 -> Script.fails(Failure.values()[random.nextInt(Failure.values().length)], random.nextBoolean());
                default -> Script.hangs();
            };
            return random.nextInt(5) == 0 ? script : new Script(Duration.ofNanos(between(0, 60)), script.reply());
        }

        /** Some time between two numbers of milliseconds, so odd that no two are the same: ties have no right order. */
        private long between(int from, int to) {
            return (from + random.nextInt(to - from)) * MILLI + 1 + random.nextInt((int) MILLI - 1);
        }

        private static Script response(int status) {
            return Script.answers(new GatewayResponse(status, Headers.empty(), Body.empty()));
        }

        void run() {
            Executor executor = Runnable::run;
            Fanout fanout = new Fanout(this, clock, executor, reported::add);
            Fanout.Race race = fanout.start(new Fanout.Plan(
                    strategy,
                    candidates,
                    GatewayRequest.of(safe ? "GET" : "POST", "/"),
                    Acceptors.successful(),
                    start + deadline,
                    attemptTimeout,
                    1,
                    executor));
            CompletableFuture<Void> seen = race.result().thenAccept(result -> {
                completions++;
                assertThat(running).as("%s: but for those that drain", label).isEqualTo(draining);
                assertThat(candidates.stream().mapToInt(fanout::inFlight).sum())
                        .as(label)
                        .isEqualTo(draining);
            });
            if (cancelAt != Long.MAX_VALUE) {
                clock.advance(Duration.ofNanos(cancelAt));
                race.cancel();
            }
            clock.advance(Duration.ofMillis(200));

            assertThat(race.result()).as(label).isCompleted();
            seen.join(); // or nobody would hear of what failed there
            assertThat(completions).as(label).isEqualTo(1);
            assertThat(running).as(label).isZero();
            assertThat(clock.pending()).as(label).isZero();
            FanoutResult result = race.result().join();
            candidates.forEach(
                    backend -> assertThat(fanout.inFlight(backend)).as(label).isZero());
            assertThat(reported).as(label).containsExactlyInAnyOrderElementsOf(result.attempts());
            assertThat(result.elapsedNanos()).as(label).isLessThanOrEqualTo(deadline);
            checkAttempts(result);
            checkResult(result);
        }

        private void checkAttempts(FanoutResult result) {
            List<AttemptOutcome> attempts = result.attempts();
            long winners = 0;
            for (int i = 0; i < attempts.size(); i++) {
                AttemptOutcome attempt = attempts.get(i);
                winners += attempt.result() == Result.WON ? 1 : 0;
                assertThat(attempt.number()).as(label).isEqualTo(i + 1);
                assertThat(attempt.backend()).as(label).isEqualTo(candidates.get(i));
                assertThat(attempt.durationNanos()).as(label).isBetween(0L, attemptTimeout);
                if (!safe && i > 0) {
                    AttemptOutcome before = attempts.get(i - 1);
                    assertThat(before.status()).as(label).isZero();
                    assertThat(attempt.startNanos())
                            .as(label)
                            .isGreaterThanOrEqualTo(before.startNanos() + before.durationNanos());
                    assertThat(scripts.get(i - 1).reply().requestSent())
                            .as(label)
                            .isFalse();
                }
            }
            assertThat(winners).as(label).isEqualTo(result.response() == null ? 0 : 1);
            assertThat(attempts.size())
                    .as(label)
                    .isLessThanOrEqualTo(label.startsWith("single") ? 1 : candidates.size());
        }

        private void checkResult(FanoutResult result) {
            List<AttemptOutcome> attempts = result.attempts();
            switch (result.cause()) {
                case ACCEPTED ->
                    assertThat(result.response().status()).as(label).isEqualTo(200);
                case FINAL -> {
                    assertThat(result.response().status()).as(label).isEqualTo(400);
                    assertThat(firstAcceptable(attempts)).as(label).isNull();
                }
                case ABSENT -> {
                    assertThat(attempts).as(label).allMatch(a -> a.result() == Result.ABSENT);
                    assertThat(attempts.size())
                            .as(label)
                            .isEqualTo(safe && strategy != FanoutStrategy.single() ? candidates.size() : 1);
                }
                case UNAVAILABLE -> assertThat(attempts).as(label).allMatch(RandomRacesTest::isUnavailable);
                case INCOMPLETE ->
                    assertThat(attempts)
                            .as(label)
                            .allMatch(a -> a.result() == Result.ABSENT || isUnavailable(a))
                            .anyMatch(a -> a.result() == Result.ABSENT)
                            .anyMatch(RandomRacesTest::isUnavailable);
                case CANCELLED -> assertThat(result.elapsedNanos()).as(label).isEqualTo(cancelAt);
                case TOO_FEW, UNCOMBINED -> throw new AssertionError(label + " collects nothing");
                case LATE, BROKEN ->
                    assertThat(firstAcceptable(attempts)).as(label).isNull();
            }
            if (result.cause() == Cause.ACCEPTED) {
                checkRank(result);
            }
            if (result.cause() == Cause.ACCEPTED && strategy.graceNanos() == 0) {
                assertThat(end(firstAcceptable(attempts))).as(label).isEqualTo(result.elapsedNanos());
            }
        }

        private void checkRank(FanoutResult result) {
            AttemptOutcome first = firstAcceptable(result.attempts());
            long graceEnd = end(first) + strategy.graceNanos();
            AttemptOutcome expected = result.attempts().stream()
                    .filter(attempt -> isAcceptable(attempt) && end(attempt) <= graceEnd)
                    .findFirst()
                    .orElseThrow();
            assertThat(result.backend()).as(label).isEqualTo(expected.backend());
        }

        /** The attempt whose 200 came first among those that came in time, by the schedule alone. */
        private AttemptOutcome firstAcceptable(List<AttemptOutcome> attempts) {
            AttemptOutcome best = null;
            for (AttemptOutcome attempt : attempts) {
                if (isAcceptable(attempt) && (best == null || end(attempt) < end(best))) {
                    best = attempt;
                }
            }
            return best;
        }

        private boolean isAcceptable(AttemptOutcome attempt) {
            Reply reply = scripts.get(attempt.number() - 1).reply();
            return reply != null
                    && reply.response() != null
                    && reply.response().status() == 200
                    && end(attempt) < Math.min(deadline, attempt.startNanos() + attemptTimeout)
                    && end(attempt) < cancelAt;
        }

        private long end(AttemptOutcome attempt) {
            return attempt.startNanos()
                    + scripts.get(attempt.number() - 1).after().toNanos();
        }

        @Override
        public Call newCall(BackendRequest request) {
            return new RandomCall(scripts.get(candidates.indexOf(request.backend())));
        }

        @Override
        public void close() {}

        private final class RandomCall implements Call {
            private final Script script;
            private final CompletableFuture<Reply> reply = new CompletableFuture<>();
            private dev.fanoutgateway.spi.GatewayClock.Timer timer = () -> {};
            private boolean started;
            private boolean drains;

            RandomCall(Script script) {
                this.script = script;
            }

            @Override
            public void start(Executor executor) {
                running++;
                started = true;
                if (script.reply() == null) {
                    return;
                }
                if (script.after().isZero()) {
                    end(script.reply());
                } else {
                    timer = clock.schedule(script.after().toNanos(), () -> end(script.reply()));
                }
            }

            @Override
            public CompletionStage<Reply> reply() {
                return reply;
            }

            @Override
            public void cancel() {
                timer.cancel();
                end(Reply.failed(Failure.CANCELLED, true, "cut"));
            }

            @Override
            public boolean tryDrain(long maxBytes) {
                drains = started && random.nextBoolean();
                draining += drains ? 1 : 0;
                return drains;
            }

            private void end(Reply with) {
                if (!reply.isDone()) {
                    running -= started ? 1 : 0;
                    draining -= drains ? 1 : 0;
                    reply.complete(with);
                }
            }
        }
    }

    private static boolean isUnavailable(AttemptOutcome attempt) {
        return attempt.result() == Result.UNREACHABLE || attempt.status() == 503;
    }
}
