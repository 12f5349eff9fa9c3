package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.fanout.Arena.hosts;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.fails;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.Combiner.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Collections: what is waited for, when they end, and what a combiner is told. */
class CollectTest {
    private final Arena arena = new Arena();
    private List<Part> parts = List.of();

    /** Names every attempt, and what it brought. */
    private final Combiner joined = Combiner.of((request, given) -> {
        parts = given;
        arena.backends.note("combine");
        return new GatewayResponse(
                200,
                Headers.empty(),
                Body.utf8(given.stream()
                        .filter(Part::accepted)
                        .map(part -> part.response().body().utf8())
                        .collect(Collectors.joining("+"))));
    });

    private String told() {
        return parts.stream()
                .map(part -> Arena.host(part.outcome().backend())
                        + ' '
                        + part.outcome().result()
                        + (part.late() ? " late" : "")
                        + (part.response() == null
                                ? ""
                                : " " + part.outcome().status() + " "
                                        + part.response().body().utf8()))
                .collect(Collectors.joining(", "));
    }

    @Test
    void endsWithTheQuorumAndCutsTheOthersBeforeItCombines() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.backends.on("a", ok("A").in(30)).on("b", ok("B").in(10)).on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 launch c",
                        "10 reply b 200",
                        "30 reply a 200",
                        "30 cancel c",
                        "30 combine",
                        "30 result ACCEPTED");
        assertThat(result.response().body().utf8()).isEqualTo("A+B");
        assertThat(result.backend()).isNull();
        assertThat(fates(result)).containsExactly("a WON", "b WON", "c CANCELLED");
        assertThat(told()).isEqualTo("a WON 200 A, b WON 200 B, c CANCELLED late");
    }

    @Test
    void tellsTheCombinerOfEveryAttempt() {
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.candidates = hosts("a", "b", "c", "d", "e", "f");
        arena.backends
                .on("a", ok("A").in(30))
                .on("b", answers(503, "busy").in(10))
                .on("c", hangs())
                .on("d", answers(404, "none"))
                .on("e", fails(Failure.UNREACHABLE))
                .on("f", answers(400, "bad"));

        FanoutResult result = arena.run();

        assertThat(result.elapsedNanos()).isEqualTo(Duration.ofMillis(400).toNanos());
        assertThat(told())
                .isEqualTo("a WON 200 A, b REJECTED 503 busy, c TIMED_OUT late, d ABSENT 404 none, e UNREACHABLE,"
                        + " f REJECTED 400 bad");
        assertThat(parts.get(4).outcome().detail()).isEqualTo("scripted");
        assertThat(result.response().body().utf8()).isEqualTo("A");
    }

    @Test
    void endsAtOnceWhenTheQuorumCannotBeMetAnyMore() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.backends
                .on("a", ok("A").in(5))
                .on("b", answers(500, ""))
                .on("c", fails(Failure.BROKEN).in(7));

        FanoutResult result = arena.run();

        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 reply b 500",
                        "0 launch c",
                        "5 reply a 200",
                        "7 reply c BROKEN",
                        "7 result TOO_FEW");
        assertThat(fates(result)).containsExactly("a LOST", "b REJECTED", "c BROKEN");
        assertThat(result.notes()).containsExactly("acceptable answers: 1, wanted: 2");
        assertThat(result.response()).isNull();
        assertThat(parts).isEmpty();
    }

    @Test
    void cutsThoseUnderWayWhenTooFewAreLeft() {
        arena.strategy(FanoutStrategy.collect(3, joined));
        arena.backends
                .on("a", hangs())
                .on("b", fails(Failure.UNREACHABLE).in(4))
                .on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(arena.backends.events())
                .containsExactly(
                        "0 launch a",
                        "0 launch b",
                        "0 launch c",
                        "4 reply b UNREACHABLE",
                        "4 cancel a",
                        "4 cancel c",
                        "4 result TOO_FEW");
        assertThat(result.attempts().get(0).detail()).isEqualTo("too few others had an answer");
    }

    @Test
    void waitsForTheOthersWhereAllSoFarSayThatThereIsNothing() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.backends
                .on("a", answers(404, ""))
                .on("b", answers(404, ""))
                .on("c", answers(404, "").in(9));
        assertThat(arena.cause()).isEqualTo(Cause.ABSENT);

        arena.outcomes.clear();
        arena.backends.on("c", ok("C").in(9));
        assertThat(arena.cause()).isEqualTo(Cause.TOO_FEW);

        arena.outcomes.clear();
        arena.backends.on("b", answers(500, "")).on("c", hangs());
        FanoutResult mixed = arena.run();
        assertThat(mixed.cause()).isEqualTo(Cause.TOO_FEW);
        assertThat(mixed.elapsedNanos()).isZero();
    }

    @Test
    void combinesAtTheDeadlineWhatThereIsIfAllAreWaitedFor() {
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.deadline = Duration.ofMillis(50);
        arena.backends.on("a", ok("A")).on("b", hangs()).on("c", ok("C").in(49));

        assertThat(arena.run().response().body().utf8()).isEqualTo("A+C");
        assertThat(told()).isEqualTo("a WON 200 A, b TIMED_OUT late, c WON 200 C");
        assertThat(arena.backends.events()).endsWith("50 cancel b", "50 combine", "50 result ACCEPTED");
    }

    @Test
    void isLateWithoutTheQuorum() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.deadline = Duration.ofMillis(50);
        arena.backends.on("a", ok("A")).on("b", hangs()).on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.LATE);
        assertThat(fates(result)).containsExactly("a LOST", "b TIMED_OUT", "c TIMED_OUT");
    }

    @Test
    void isLateWhereAllAreTooLateAtOnce() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.backends.on("a", hangs()).on("b", hangs()).on("c", hangs());

        FanoutResult result = arena.run();

        assertThat(result.cause()).isEqualTo(Cause.LATE);
        assertThat(fates(result)).containsExactly("a TIMED_OUT", "b TIMED_OUT", "c TIMED_OUT");
    }

    @Test
    void failsAsARaceDoesWhereNobodyHasAnAnswer() {
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.backends
                .on("a", fails(Failure.UNREACHABLE))
                .on("b", fails(Failure.UNREACHABLE))
                .on("c", fails(Failure.UNREACHABLE));
        assertThat(arena.cause()).isEqualTo(Cause.UNAVAILABLE);

        arena.outcomes.clear();
        arena.backends.on("b", answers(500, ""));
        assertThat(arena.cause()).isEqualTo(Cause.BROKEN);

        arena.outcomes.clear();
        arena.backends.on("a", answers(400, "first")).on("c", answers(422, "second"));
        FanoutResult last = arena.run();
        assertThat(last.cause()).isEqualTo(Cause.FINAL);
        assertThat(last.response().body().utf8()).isEqualTo("first");
        assertThat(fates(last)).containsExactly("a WON", "b REJECTED", "c REJECTED");

        arena.outcomes.clear();
        arena.candidates = List.of();
        assertThat(arena.cause()).isEqualTo(Cause.UNAVAILABLE);
        assertThat(parts).isEmpty();
    }

    @Test
    void isCalledOff() {
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.backends.on("a", ok("A")).on("b", hangs()).on("c", hangs());
        Fanout.Race race = arena.start();

        race.cancel();

        arena.finish(race);
        assertThat(race.result().join().cause()).isEqualTo(Cause.CANCELLED);
        assertThat(fates(race.result().join())).containsExactly("a LOST", "b CANCELLED", "c CANCELLED");
        assertThat(parts).isEmpty();
    }

    @Test
    void asksEjectedBackendsOnlyAsFarAsTheQuorumNeedsThem() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.roster(10, Ejection.afterFailures(1));
        arena.backends.on("c", answers(500, ""), ok("C")).on("a", ok("A").in(1)).on("b", ok("B").in(2));
        arena.run();
        arena.outcomes.clear();

        FanoutResult without = arena.within(Duration.ofMillis(10));
        assertThat(fates(without)).containsExactly("a WON", "b WON", "c UNREACHABLE");
        assertThat(without.attempts().get(2).wasMade()).isFalse();

        arena.outcomes.clear();
        arena.backends.on("b", answers(503, "").in(2));
        FanoutResult with = arena.within(Duration.ofMillis(10));
        assertThat(fates(with)).containsExactly("a WON", "b REJECTED", "c UNREACHABLE", "c WON");
        assertThat(with.response().body().utf8()).isEqualTo("A+C");
    }

    @Test
    void aBackendWithoutRoomIsNotAsked() {
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.roster(1, Ejection.off());
        arena.backends.on("a", hangs(), ok("A")).on("b", ok("B")).on("c", ok("C"));
        arena.start();

        Fanout.Race second = arena.fanout.start(plan());

        assertThat(second.result().join().response().body().utf8()).isEqualTo("B+C");
        assertThat(told()).startsWith("a UNREACHABLE, b WON");
    }

    private Fanout.Plan plan() {
        return new Fanout.Plan(
                arena.strategy,
                arena.candidates,
                arena.request,
                arena.acceptor,
                arena.clock.nanoTime() + 1_000_000_000,
                1_000_000_000,
                100,
                Runnable::run,
                AttemptFields.none(),
                RoutePace.unlimited(),
                arena.roster,
                outcome -> {});
    }

    @Test
    void drawsOnNoBudget() {
        arena.strategy(FanoutStrategy.collectAll(joined)).pace(0);
        arena.backends.on("a", ok("A")).on("b", ok("B")).on("c", ok("C"));
        for (int i = 0; i < 100; i++) {
            assertThat(arena.within(Duration.ZERO).attempts()).hasSize(3);
        }
        assertThat(arena.pace.figures(arena.strategy).extraAttemptsLeft()).isEqualTo(10);
    }

    @Test
    void methodsThatAreNotSafeAreNotCollected() {
        arena.strategy(FanoutStrategy.collect(2, joined));
        arena.request = GatewayRequest.of("POST", "/x");
        arena.backends.on("a", fails(Failure.UNREACHABLE)).on("b", ok("B")).on("c", ok("C"));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a UNREACHABLE", "b WON");
        assertThat(result.response().body().utf8()).isEqualTo("B");
        assertThat(result.backend()).isEqualTo(arena.candidates.get(1));
        assertThat(parts).isEmpty();
    }

    @Test
    void aStreamIsNoAnswerAndIsLetGo() {
        AtomicInteger cancelled = new AtomicInteger();
        arena.strategy(FanoutStrategy.collectAll(joined));
        arena.backends
                .on("a", answers(new GatewayResponse(200, Headers.empty(), stream(cancelled))))
                .on("b", ok("B"))
                .on("c", answers(new GatewayResponse(503, Headers.empty(), stream(cancelled))));

        FanoutResult result = arena.run();

        assertThat(told()).isEqualTo("a REJECTED, b WON 200 B, c REJECTED");
        assertThat(result.attempts().get(0).detail()).contains("a stream");
        assertThat(cancelled).hasValue(2);
    }

    private static Body stream(AtomicInteger cancelled) {
        return Body.stream(
                subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {
                        cancelled.incrementAndGet();
                    }
                }),
                -1);
    }

    @Test
    @SuppressWarnings("NullAway") // null is one of the things
    void aCombinerThatMakesNothingEndsItToo() {
        arena.backends.on("a", ok("A")).on("b", ok("B")).on("c", ok("C"));
        List<Combiner> broken = new ArrayList<>();
        broken.add((request, given) -> {
            throw new IllegalStateException("combine");
        });
        broken.add((request, given) -> null);
        broken.add((request, given) -> CompletableFuture.completedFuture(null));
        broken.add((request, given) -> CompletableFuture.failedFuture(new IllegalStateException("combine")));
        for (Combiner combiner : broken) {
            arena.outcomes.clear();
            FanoutResult result =
                    arena.strategy(FanoutStrategy.collect(3, combiner)).run();
            assertThat(result.cause()).isEqualTo(Cause.UNCOMBINED);
            assertThat(result.response()).isNull();
            assertThat(result.attempts()).extracting(AttemptOutcome::result).containsOnly(AttemptOutcome.Result.WON);
        }
    }

    @Test
    void impossibleCollectionsAreRefusedWithTheValue() {
        assertThatThrownBy(() -> FanoutStrategy.collect(0, joined)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> FanoutStrategy.collect(1_001, joined)).hasMessageContaining("got 1001");
        assertThatThrownBy(() -> FanoutStrategy.collectAll(null)).isInstanceOf(NullPointerException.class);
        assertThat(FanoutStrategy.collect(2, Combiners.majority())).hasToString("collect(2, majority)");
        assertThat(FanoutStrategy.collectAll(Combiners.jsonArray())).hasToString("collect(all, array)");
        assertThat(FanoutStrategy.parallel().combiner()).isNull();
    }
}
