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
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendSelector.Demand;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/**
 * Many races at a time among the same backends, which fail as chance will have it, each world reproducible by its seed: one
 * result each, nothing left running, no backend with more attempts than it may have, no trial forgotten, and nobody goes
 * without an answer whom a backend in good health would have given one.
 */
class RandomHealthRacesTest {
    private static final int WORLDS = 3_000;
    private static final int RACES = 40;

    @Test
    void everyWorldComesToRest() {
        Seeds.each(0, WORLDS, seed -> new World(seed).run());
    }

    private static final class World implements BackendClient {
        private final String label;
        private final SplittableRandom random;
        private final FakeClock clock = new FakeClock();
        private final List<Backend> backends;
        private final int room;
        private final Roster roster;
        private final BackendSelector selector;
        private final Fanout fanout;
        private final Map<Backend, Integer> running = new HashMap<>();
        private final Map<Backend, Integer> moods = new HashMap<>();
        private final List<AttemptOutcome> reported = new ArrayList<>();
        private int completions;
        private int most;

        World(int seed) {
            label = "seed " + seed;
            random = new SplittableRandom(seed);
            backends = Arena.hosts("a", "b", "c", "d").subList(0, 1 + random.nextInt(4));
            room = 1 + random.nextInt(4);
            Ejection ejection = new Ejection(
                    1 + random.nextInt(3),
                    0,
                    Duration.ofSeconds(10),
                    5,
                    Duration.ofMillis(20 + random.nextInt(100)),
                    random.nextInt(3) / 2.0);
            roster = new Roster(backends, room, ejection, clock, message -> {});
            selector = switch (random.nextInt(5)) {
                case 0 -> Selectors.roundRobin();
                case 1 -> Selectors.leastLoaded(seed);
                case 2 -> Selectors.fastest(clock, seed);
                case 3 -> Selectors.learned(seed);
                default -> Selectors.consistentHashByPath();
            };
            fanout = new Fanout(this, clock, Runnable::run, reported::add);
        }

        void run() {
            List<Fanout.Race> races = new ArrayList<>();
            for (int i = 0; i < RACES; i++) {
                Fanout.Race race = start(i);
                races.add(race);
                race.result().thenRun(() -> completions++);
                if (random.nextInt(12) == 0) {
                    race.cancel();
                }
                clock.advance(Duration.ofMillis(random.nextInt(12)));
            }
            clock.advance(Duration.ofSeconds(2));

            assertThat(completions).as(label).isEqualTo(RACES);
            assertThat(most).as(label).isBetween(1, room);
            assertThat(running.values()).as(label).allMatch(count -> count == 0);
            assertThat(clock.pending()).as(label).isZero();
            List<AttemptOutcome> all = new ArrayList<>();
            for (Fanout.Race race : races) {
                check(race.result().join());
                all.addAll(race.result().join().attempts());
            }
            assertThat(reported).as(label).containsExactlyInAnyOrderElementsOf(all);
            for (Backend backend : backends) {
                assertThat(fanout.inFlight(backend)).as(label).isZero();
                assertThat(roster.condition(backend).onTrial()).as(label).isFalse();
            }
        }

        private Fanout.Race start(int number) {
            GatewayRequest request = GatewayRequest.of(random.nextInt(5) == 0 ? "POST" : "GET", "/" + number % 7);
            Demand demand = new Demand(request, "/**", Optional.empty());
            return fanout.start(new Fanout.Plan(
                    strategy(),
                    selector.plan(demand, roster.statuses(fanout::inFlight)),
                    request,
                    Acceptors.successful(),
                    clock.nanoTime()
                            + Duration.ofMillis(1 + random.nextInt(300)).toNanos(),
                    Duration.ofMillis(1 + random.nextInt(100)).toNanos(),
                    1,
                    Runnable::run,
                    AttemptFields.none(),
                    RoutePace.unlimited(),
                    roster,
                    outcome -> selector.onOutcome(demand, outcome)));
        }

        private FanoutStrategy strategy() {
            return switch (random.nextInt(5)) {
                case 0 -> FanoutStrategy.parallel();
                case 1 -> FanoutStrategy.ordered(Duration.ofMillis(random.nextInt(20)));
                case 2 -> FanoutStrategy.hedged(Duration.ofMillis(random.nextInt(20)));
                case 3 -> FanoutStrategy.single();
                default -> FanoutStrategy.failover();
            };
        }

        private void check(FanoutResult result) {
            long won = result.attempts().stream()
                    .filter(attempt -> attempt.result() == Result.WON)
                    .count();
            assertThat(won).as(label).isEqualTo(result.response() == null ? 0 : 1);
            for (AttemptOutcome attempt : result.attempts()) {
                if (!attempt.wasMade()) {
                    assertThat(attempt.durationNanos()).as(label).isZero();
                }
            }
            long made =
                    result.attempts().stream().filter(AttemptOutcome::wasMade).count();
            if (made == 0) {
                assertThat(result.cause()).as(label).isIn(Cause.UNAVAILABLE, Cause.CANCELLED);
                assertThat(result.attempts())
                        .as("for want of room only: whoever is out is asked as the last resort " + label)
                        .filteredOn(attempt -> attempt.detail().equals(AttemptOutcome.NO_ROOM))
                        .isNotEmpty();
            }
            if (result.cause() == Cause.ABSENT) {
                assertThat(result.attempts()).as(label).allMatch(attempt -> attempt.result() == Result.ABSENT);
            }
        }

        @Override
        public Call newCall(BackendRequest request) {
            Backend backend = request.backend();
            int mood = moods.compute(
                    backend, (key, old) -> old == null || random.nextInt(8) == 0 ? random.nextInt(5) : old);
            return new RandomCall(backend, reply(mood), random.nextInt(4) == 0 ? 0 : random.nextInt(60));
        }

        /** Backends have their moods for a while, so that they are ejected and come back. */
        private Reply reply(int mood) {
            return switch (mood) {
                case 0, 1 -> answer(200);
                case 2 -> random.nextBoolean() ? answer(503) : answer(200);
                case 3 -> Reply.failed(Failure.UNREACHABLE, false, "down");
                default ->
                    switch (random.nextInt(4)) {
                        case 0 -> answer(404);
                        case 1 -> answer(400);
                        case 2 -> Reply.failed(Failure.BROKEN, true, "broken");
                        default -> null;
                    };
            };
        }

        private static Reply answer(int status) {
            return Reply.of(new GatewayResponse(status, Headers.empty(), Body.empty()));
        }

        @Override
        public void close() {}

        private final class RandomCall implements Call {
            private final Backend backend;
            private final Reply coming;
            private final long millis;
            private final CompletableFuture<Reply> reply = new CompletableFuture<>();
            private GatewayClock.Timer timer = () -> {};
            private boolean started;

            RandomCall(Backend backend, Reply coming, long millis) {
                this.backend = backend;
                this.coming = coming;
                this.millis = millis;
            }

            @Override
            public void start(Executor executor) {
                started = true;
                most = Math.max(most, running.merge(backend, 1, Integer::sum));
                if (coming == null) {
                    return;
                }
                if (millis == 0) {
                    end(coming);
                } else {
                    timer = clock.schedule(Duration.ofMillis(millis).toNanos(), () -> end(coming));
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

            private void end(Reply with) {
                if (!reply.isDone()) {
                    if (started) {
                        running.merge(backend, -1, Integer::sum);
                    }
                    reply.complete(with);
                }
            }
        }
    }
}
