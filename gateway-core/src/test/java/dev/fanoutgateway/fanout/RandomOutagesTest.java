package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/**
 * Half a minute of requests to a group whose backends fail, return and are found ill as chance will have it, each world
 * reproducible by its seed. Where all fail, they see little more than the clients ask; where one serves, no request is lost but
 * those that the budget cannot pay before it is known who fails.
 */
class RandomOutagesTest {
    private static final int WORLDS = 200;
    private static final int SECONDS = 30;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    @Test
    void withEveryBackendFailingTheySeeLittleMoreThanIsAsked() {
        Seeds.each(0, WORLDS, seed -> {
            World world = new World(seed);
            world.checkAtRandom();
            world.run(world.random.nextInt(10)); // well until then
            int before = world.requests;
            int underWay = world.underWay;
            int seen = world.seen;
            for (int i = 0; i < world.moods.length; i++) {
                world.fail(i);
                world.changeMood(i, false);
            }
            world.run(SECONDS);
            world.clock.advance(Duration.ofSeconds(40));
            int requests = world.requests - before;
            double saved = 0.15 * before + underWay;
            double floor = 1.2 * (SECONDS + 20);
            assertThat((double) world.seen - seen)
                    .as(world.label())
                    .isLessThanOrEqualTo(1.15 * requests + saved + floor);
        });
    }

    @Test
    void oneThatFallsIllBesideOthersCostsNoRequest() {
        Seeds.each(0, WORLDS, seed -> {
            World world = new World(seed);
            world.checkTrulyOrNot();
            int ill = world.random.nextInt(world.moods.length);
            world.clock.schedule((3 + world.random.nextInt(10)) * SECOND, () -> world.fail(ill));
            world.clock.schedule((13 + world.random.nextInt(20)) * SECOND, () -> world.moods[ill] = Mood.SERVES);
            world.run(SECONDS);
            world.clock.advance(Duration.ofSeconds(40));
            assertThat(world.lost).as(world.label()).isZero();
        });
    }

    @Test
    void whileOneServesWhatIsLostIsLostBeforeItIsKnownWhoFails() {
        long[] sum = new long[2];
        Seeds.each(0, WORLDS, seed -> {
            World world = new World(seed);
            world.checkTrulyOrNot();
            world.letAllFailButOne();
            assertThat(world.lostInRescue).as(world.label()).isZero();
            sum[0] += world.requests;
            sum[1] += world.lost;
        });
        assertThat(sum[1] * 2_000).as("2,000 times those lost").isLessThan(sum[0]);
    }

    /** The one that serves may be last in line: it fails its checks, and those that fail pass theirs. */
    @Test
    void checksThatAreWrongAboutEverybodyCostFewRequests() {
        long[] sum = new long[2];
        Seeds.each(0, WORLDS, seed -> {
            World world = new World(seed);
            world.checkAtRandom();
            world.letAllFailButOne();
            sum[0] += world.requests;
            sum[1] += world.lost;
        });
        assertThat(sum[1] * 200).as("200 times those lost").isLessThan(sum[0]);
    }

    private enum Mood {
        SERVES,
        HANGS,
        BREAKS_LATE,
        FAILS_LATE,
        FAILS_SOON
    }

    private static final class World implements BackendClient {
        private static final Health EACH = Health.path("/").thresholds(1, 1);

        private final SplittableRandom random;
        private final FakeClock clock = new FakeClock();
        private final List<Backend> backends;
        private final Mood[] moods;
        private final long attemptTimeout;
        private final int perSecond;
        private final boolean inTurn;
        private final FanoutStrategy strategy;
        private final int afterFailures;
        private final Roster roster;
        private final GroupLoad group;
        private final RoutePace pace;
        private final Fanout fanout = new Fanout(this, clock, Runnable::run, outcome -> {});
        private int requests;
        private int underWay;
        private int lost;
        private int lostInRescue;
        private int seen;

        World(int seed) {
            random = new SplittableRandom(seed);
            backends = random.nextBoolean() ? Arena.hosts("a", "b", "c") : Arena.hosts("a", "b", "c", "d", "e");
            moods = new Mood[backends.size()];
            Arrays.fill(moods, Mood.SERVES);
            attemptTimeout = (300 + random.nextInt(1_700)) * MILLI;
            perSecond = 1 + random.nextInt(random.nextInt(1, 150));
            inTurn = random.nextInt(4) > 0;
            strategy = switch (random.nextInt(4)) {
                case 0 -> FanoutStrategy.failover();
                case 1 -> FanoutStrategy.hedged(Duration.ofMillis(20 + random.nextInt(200)));
                default -> FanoutStrategy.hedged(HedgeDelay.percentile(95));
            };
            afterFailures = 1 + random.nextInt(5);
            Ejection ejection =
                    Ejection.afterFailures(afterFailures).pause(Duration.ofMillis(100 + random.nextInt(2_000)));
            roster = new Roster(backends, 1_000, ejection, clock, message -> {});
            group = new GroupLoad(backends.size(), 0, clock);
            pace = RoutePace.of("/x", strategy, 0.05, group, clock, step -> {});
        }

        String label() {
            return strategy.name() + " " + perSecond + "/s, " + (inTurn ? "in turn, " : "") + afterFailures
                    + " failures, " + attemptTimeout / MILLI + " ms, " + List.of(moods);
        }

        /** Each backend passes its checks for a while and fails them for a while, whatever it does. */
        void checkAtRandom() {
            for (int i = 0; i < moods.length; i++) {
                check(i, false, (200 + random.nextInt(2_000)) * MILLI, random.nextLong(SECOND));
            }
        }

        private void check(int which, boolean passes, long every, long after) {
            clock.schedule(after, () -> {
                roster.probed(backends.get(which), passes, "flapping", EACH);
                check(which, !passes, every, every);
            });
        }

        /** Each backend passes its checks if it serves; or none is checked. */
        void checkTrulyOrNot() {
            for (int i = 0; i < moods.length && perSecond % 2 == 0; i++) {
                checkTruly(i, (100 + random.nextInt(2_000)) * MILLI);
            }
        }

        private void checkTruly(int which, long every) {
            clock.schedule(every, () -> {
                roster.probed(backends.get(which), moods[which] == Mood.SERVES, "it fails", EACH);
                checkTruly(which, every);
            });
        }

        /** It changes from time to time. */
        void changeMood(int which, boolean mayServe) {
            clock.schedule((500 + random.nextInt(10_000)) * MILLI, () -> {
                if (mayServe && random.nextBoolean()) {
                    moods[which] = Mood.SERVES;
                } else {
                    fail(which);
                }
                changeMood(which, mayServe);
            });
        }

        void fail(int which) {
            moods[which] = Mood.values()[1 + random.nextInt(Mood.values().length - 1)];
        }

        /** The others fail and return every few seconds. */
        void letAllFailButOne() {
            for (int i = 1; i < moods.length; i++) {
                changeMood(i, true);
            }
            run(SECONDS);
            clock.advance(Duration.ofSeconds(40));
        }

        void run(int seconds) {
            for (int i = 0; i < seconds * perSecond; i++) {
                begin();
                clock.advance(Duration.ofNanos(SECOND / perSecond));
            }
        }

        private void begin() {
            List<Backend> order = new ArrayList<>(backends);
            if (inTurn) {
                Collections.rotate(order, requests);
            }
            requests++;
            underWay++;
            fanout.start(new Fanout.Plan(
                            strategy,
                            order,
                            GatewayRequest.get("/"),
                            Acceptors.successful(),
                            clock.nanoTime() + 30 * SECOND,
                            attemptTimeout,
                            1,
                            Runnable::run,
                            AttemptFields.none(),
                            pace,
                            roster,
                            outcome -> {}))
                    .result()
                    .thenAccept(this::ended);
        }

        private void ended(FanoutResult result) {
            underWay--;
            if (result.cause() != Cause.ACCEPTED) {
                lost++;
                lostInRescue += group.rescues.left() == 0 ? 1 : 0;
            }
        }

        @Override
        public Call newCall(BackendRequest request) {
            seen++;
            return new OutageCall(moods[backends.indexOf(request.backend())]);
        }

        @Override
        public void close() {}

        private final class OutageCall implements Call {
            private final Mood mood;
            private final CompletableFuture<Reply> reply = new CompletableFuture<>();

            OutageCall(Mood mood) {
                this.mood = mood;
            }

            @Override
            public void start(Executor executor) {
                switch (mood) {
                    case SERVES -> in(5 + random.nextInt(20), answer(200));
                    case FAILS_SOON -> in(1 + random.nextInt(20), answer(503));
                    case FAILS_LATE -> in(200 + random.nextInt(1_000), answer(503));
                    case BREAKS_LATE ->
                        in(200 + random.nextInt(1_000), Reply.failed(Failure.BROKEN, true, "cut short"));
                    case HANGS -> {}
                }
            }

            private Reply answer(int status) {
                return Reply.of(new GatewayResponse(status, Headers.empty(), Body.empty()));
            }

            private void in(long millis, Reply answer) {
                clock.schedule(millis * MILLI, () -> reply.complete(answer));
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
}
