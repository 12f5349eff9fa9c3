package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.ResponseAcceptor;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** What a test of a race needs: a clock that stands still, backends by script, and a plan to vary. */
final class Arena {
    final FakeClock clock = new FakeClock();
    final ScriptedBackends backends = new ScriptedBackends(clock);
    final List<AttemptOutcome> outcomes = new ArrayList<>();
    private final List<CompletableFuture<Void>> seen = new ArrayList<>();
    final List<Throwable> acceptorFailures = new ArrayList<>();
    final Executor executor = Runnable::run;
    final Fanout fanout;

    FanoutStrategy strategy = FanoutStrategy.parallel();
    List<Backend> candidates = hosts("a", "b", "c");
    GatewayRequest request = GatewayRequest.get("/x");
    ResponseAcceptor acceptor = Acceptors.successful();
    Duration deadline = Duration.ofMillis(1_000);
    Duration attemptTimeout = Duration.ofMillis(400);
    Executor first = executor;
    AttemptFields fields = AttemptFields.none();
    RoutePace pace = RoutePace.unlimited();

    /** Who may be asked; null for all. */
    Roster roster;

    Arena() {
        fanout = new Fanout(backends, clock, executor, outcomes::add, acceptorFailures::add);
    }

    Arena(BackendClient client) {
        fanout = new Fanout(client, clock, executor, outcomes::add, acceptorFailures::add);
    }

    static List<Backend> hosts(String... names) {
        return Arrays.stream(names)
                .map(name -> Backend.of("group", "http://" + name))
                .toList();
    }

    Arena strategy(FanoutStrategy other) {
        strategy = other;
        return this;
    }

    /** Has the candidates watched from now on. */
    Arena roster(int maxConcurrent, Ejection ejection) {
        roster = new Roster(candidates, maxConcurrent, ejection, clock, message -> {});
        return this;
    }

    /** Lets races know of each other, with this share for extra attempts. */
    Arena pace(double extraLoad) {
        return pace(extraLoad, new GroupLoad(candidates.size(), 0, clock));
    }

    Arena pace(double extraLoad, GroupLoad group) {
        pace = RoutePace.of("/x", strategy, extraLoad, group, clock, step -> backends.note(step.to()));
        return this;
    }

    Fanout.Race start() {
        Fanout.Race race = unchecked();
        seen.add(race.result().thenAccept(result -> {
            assertNothingRuns(result);
            backends.note("result " + result.cause() + (result.backend() == null ? "" : " " + host(result.backend())));
        }));
        return race;
    }

    /** A race of which something may be left when it has its result. */
    Fanout.Race unchecked() {
        return fanout.start(new Fanout.Plan(
                strategy,
                candidates,
                request,
                acceptor,
                clock.nanoTime() + deadline.toNanos(),
                attemptTimeout.toNanos(),
                1 << 20,
                first,
                fields,
                pace,
                roster,
                outcome -> {}));
    }

    /** Runs a race to its end, however long it takes. */
    FanoutResult run() {
        Fanout.Race race = start();
        finish(race);
        return race.result().join();
    }

    /** Runs one of several races, which is over within {@code time}. */
    FanoutResult within(Duration time) {
        Fanout.Race race = start();
        clock.advance(time);
        assertThat(race.result()).isCompleted();
        return race.result().join();
    }

    void finish(Fanout.Race race) {
        clock.advance(deadline.multipliedBy(2));
        assertThat(race.result()).isCompleted();
        seen.forEach(CompletableFuture::join); // or nobody would hear of what failed there
        assertNothingRuns(race.result().join());
        assertThat(outcomes)
                .containsExactlyInAnyOrderElementsOf(race.result().join().attempts());
    }

    Cause cause() {
        return run().cause();
    }

    /** But for an answer that is a stream: it keeps its backend busy until somebody has read it. */
    private void assertNothingRuns(FanoutResult result) {
        boolean streams = result.response() != null && !result.response().body().isBuffered();
        assertThat(backends.running()).as("calls under way").isZero();
        assertThat(clock.pending()).as("timers").isZero();
        for (Backend backend : candidates) {
            assertThat(fanout.inFlight(backend))
                    .as("in flight at " + backend)
                    .isEqualTo(streams && backend.equals(result.backend()) ? 1 : 0);
        }
    }

    static String host(Backend backend) {
        return backend.base().getHost();
    }

    /** What became of each attempt, in the order of launches, such as {@code a LOST}. */
    static List<String> fates(FanoutResult result) {
        return result.attempts().stream()
                .map(attempt -> host(attempt.backend()) + " " + attempt.result())
                .toList();
    }
}
