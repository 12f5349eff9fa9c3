package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A hundred thousand races, many at once, over the same backends, on random schedules that are reproducible by their seed: each
 * ends once and in time, nothing is left running, and together they never take more from the budget than there is.
 */
class RandomTrafficTest {
    private static final int RACES = 250;

    @ParameterizedTest
    @ValueSource(ints = {0, 40, 80, 120, 160, 200, 240, 280, 320, 360})
    void everyRaceEndsAndTheBudgetHolds(int from) {
        Seeds.each(from, from + 40, seed -> new Traffic(seed).run());
    }

    /** Routes to one group of backends, each of which is in a mood that changes now and then. */
    private static final class Traffic implements BackendClient {
        private static final long MILLI = 1_000_000;

        private final int seed;
        private final SplittableRandom random;
        private final FakeClock clock = new FakeClock();
        private final List<Backend> backends = Arena.hosts("a", "b", "c", "d");
        private final int[] moods = new int[4];
        private final Fanout fanout = new Fanout(this, clock, Runnable::run, outcome -> {});
        private final List<Lane> lanes = new ArrayList<>();
        private final List<Fanout.Race> races = new ArrayList<>();
        private final List<CompletableFuture<Void>> seen = new ArrayList<>();
        private int running;

        Traffic(int seed) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            GroupLoad group = new GroupLoad(backends.size(), random.nextInt(3), clock);
            for (int i = 0; i < 3; i++) {
                double extraLoad = random.nextInt(4) * 0.1;
                FanoutStrategy strategy = strategy();
                lanes.add(new Lane(
                        strategy, extraLoad, RoutePace.of("/" + i, strategy, extraLoad, group, clock, step -> {})));
            }
        }

        private FanoutStrategy strategy() {
            return switch (random.nextInt(4)) {
                case 0 -> FanoutStrategy.hedged(Duration.ofMillis(1 + random.nextInt(20)));
                case 1 -> FanoutStrategy.hedged(HedgeDelay.percentile(5 + random.nextInt(60)));
                case 2 -> FanoutStrategy.failover();
                default -> FanoutStrategy.adaptive(HedgeDelay.percentile(20));
            };
        }

        void run() {
            long start = clock.nanoTime();
            for (int i = 0; i < RACES; i++) {
                if (random.nextInt(20) == 0) {
                    moods[random.nextInt(4)] = random.nextInt(5);
                }
                begin(lanes.get(random.nextInt(lanes.size())));
                clock.advance(Duration.ofNanos(random.nextLong(20 * MILLI)));
            }
            clock.advance(Duration.ofMillis(200));
            double seconds = (clock.nanoTime() - start) / 1e9;

            assertThat(running).as("seed %d", seed).isZero();
            assertThat(clock.pending()).as("seed %d", seed).isZero();
            assertThat(races).as("seed %d", seed).allMatch(race -> race.result().isDone());
            backends.forEach(backend -> assertThat(fanout.inFlight(backend)).isZero());
            seen.forEach(CompletableFuture::join); // or nobody would hear of what failed there
            checkBudget(seconds);
        }

        private void begin(Lane lane) {
            long deadline = clock.nanoTime() + (10 + random.nextInt(100)) * MILLI;
            Fanout.Race race = fanout.start(new Fanout.Plan(
                    lane.strategy,
                    backends,
                    GatewayRequest.get("/"),
                    Acceptors.successful(),
                    deadline,
                    (5 + random.nextInt(60)) * MILLI,
                    1,
                    Runnable::run,
                    AttemptFields.standard(),
                    lane.pace,
                    null,
                    outcome -> {}));
            races.add(race);
            seen.add(race.result().thenAccept(result -> {
                assertThat(clock.nanoTime()).as("seed %d", seed).isLessThanOrEqualTo(deadline);
                lane.ended(result);
            }));
            if (random.nextInt(20) == 0) {
                race.cancel();
            }
        }

        private void checkBudget(double seconds) {
            double allowed = (Math.floor(seconds / AttemptBudget.WINDOW_SECONDS) + 1)
                    * AttemptBudget.WINDOW_SECONDS
                    * AttemptBudget.FLOOR_PER_SECOND;
            long extra = 0;
            for (Lane lane : lanes) {
                assertThat((double) lane.extra)
                        .as("seed %d, %s", seed, lane.strategy)
                        .isLessThanOrEqualTo(lane.requests * lane.extraLoad + allowed + 1e-6);
                extra += lane.extra;
            }
            double added = lanes.stream()
                    .mapToDouble(lane -> lane.requests * lane.extraLoad)
                    .sum();
            assertThat((double) extra).as("seed %d", seed).isLessThanOrEqualTo(added + allowed + 1e-6);
        }

        @Override
        public Call newCall(BackendRequest request) {
            int mood = moods[backends.indexOf(request.backend())];
            return new TrafficCall(mood, random.nextInt(8) * random.nextLong(6 * MILLI));
        }

        @Override
        public void close() {}

        private final class TrafficCall implements Call {
            private final int mood;
            private final long nanos;
            private final CompletableFuture<Reply> reply = new CompletableFuture<>();

            TrafficCall(int mood, long nanos) {
                this.mood = mood;
                this.nanos = nanos;
            }

            @Override
            public void start(Executor executor) {
                running++;
                reply.thenRun(() -> running--);
                switch (mood) {
                    case 0, 1 -> answerIn(nanos, 200, Headers.empty());
                    case 2 -> answerIn(nanos / 4, 500, Headers.empty());
                    case 3 -> answerIn(nanos, 503, Headers.of("Retry-After", "1"));
                    default -> {} // hangs
                }
            }

            private void answerIn(long time, int status, Headers headers) {
                Reply answer = Reply.of(new GatewayResponse(status, headers, Body.empty()));
                if (time == 0) {
                    reply.complete(answer);
                } else {
                    clock.schedule(time, () -> reply.complete(answer));
                }
            }

            @Override
            public CompletionStage<Reply> reply() {
                return reply;
            }

            @Override
            public void cancel() {
                reply.complete(Reply.failed(Failure.CANCELLED, true, "cancelled"));
            }
        }
    }

    /** A route, and what it has cost. */
    private static final class Lane {
        private final FanoutStrategy strategy;
        private final double extraLoad;
        private final RoutePace pace;
        private int requests;
        private int extra;

        Lane(FanoutStrategy strategy, double extraLoad, RoutePace pace) {
            this.strategy = strategy;
            this.extraLoad = extraLoad;
            this.pace = pace;
        }

        void ended(FanoutResult result) {
            requests++;
            long made = result.attempts().stream().filter(Lane::wasMade).count();
            extra += (int) Math.max(0, made - 1);
        }

        private static boolean wasMade(AttemptOutcome attempt) {
            return attempt.result() != Result.UNREACHABLE;
        }
    }
}
