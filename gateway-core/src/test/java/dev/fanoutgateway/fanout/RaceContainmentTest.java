package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.fanout.Arena.hosts;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Parts that throw, return null, or never come back do not leak out of a race. */
class RaceContainmentTest {
    private final Arena arena = new Arena();

    @Test
    void anAcceptorThatThrowsOrReturnsNullRejectsTheAttemptAndIsReported() {
        arena.strategy(FanoutStrategy.failover());
        arena.backends.on("a", ok("throw")).on("b", ok("null")).on("c", ok("good"));
        arena.acceptor = (request, response) -> switch (response.body().utf8()) {
            case "throw" -> throw new IllegalStateException(Arena.class.getName());
            case "null" -> null;
            default -> Acceptors.successful().judge(request, response);
        };

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a REJECTED", "b REJECTED", "c WON");
        assertThat(result.attempts().get(0).detail()).isEqualTo("acceptor failed: java.lang.IllegalStateException");
        assertThat(result.attempts().get(0).status()).isEqualTo(200);
        assertThat(result.attempts().get(1).detail()).isEqualTo("acceptor failed: java.lang.NullPointerException");
        assertThat(arena.acceptorFailures).hasSize(2);
    }

    @Test
    void aListenerThatThrowsChangesNothing() {
        ScriptedBackends backends = new ScriptedBackends(arena.clock)
                .on("a", answers(500, ""))
                .on("b", ok("b"))
                .on("c", hangs());
        Fanout fanout = new Fanout(backends, arena.clock, Runnable::run, outcome -> {
            throw new IllegalStateException("listener");
        });

        Fanout.Race race = fanout.start(plan(arena.clock, GatewayRequest.get("/"), hosts("a", "b", "c")));

        assertThat(race.result().join().cause()).isEqualTo(Cause.ACCEPTED);
        assertThat(backends.running()).isZero();
    }

    @Test
    void aClientThatThrowsOrGivesNullBreaksItsAttemptOnly() {
        Reply good = Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty()));
        Arena odd = new Arena(client(request -> switch (request.backend().base().getHost()) {
            case "throws" -> throw new IllegalStateException("new");
            case "error" -> throw new NoClassDefFoundError("new");
            case "null" -> null;
            case "noreply" -> new OddCall(null, null);
            case "nullreply" -> new OddCall(CompletableFuture.completedFuture(null), null);
            case "fails" -> new OddCall(CompletableFuture.failedFuture(new IllegalStateException("reply")), null);
            case "starts" -> new OddCall(new CompletableFuture<>(), new IllegalStateException("start"));
            case "empty" -> new OddCall(CompletableFuture.completedFuture(new Reply(null, null, true, "")), null);
            case "hangs" -> new OddCall(new CompletableFuture<>(), null);
            default -> new OddCall(CompletableFuture.completedFuture(good), null);
        }));
        String[] hosts = {"throws", "error", "null", "noreply", "nullreply", "fails", "starts", "empty", "hangs", "good"
        };
        odd.candidates = hosts(hosts);
        for (FanoutStrategy strategy : List.of(
                FanoutStrategy.failover(),
                FanoutStrategy.hedged(Duration.ofMillis(1)),
                FanoutStrategy.ordered(Duration.ofMillis(500)),
                FanoutStrategy.parallel())) {
            odd.outcomes.clear();

            FanoutResult result = odd.strategy(strategy).run();

            assertThat(result.cause()).as(strategy.name()).isEqualTo(Cause.ACCEPTED);
            assertThat(fates(result))
                    .startsWith(
                            "throws BROKEN",
                            "error BROKEN",
                            "null BROKEN",
                            "noreply BROKEN",
                            "nullreply BROKEN",
                            "fails BROKEN",
                            "starts BROKEN",
                            "empty BROKEN")
                    .endsWith("good WON");
        }
    }

    @Test
    void anUnsafeRequestGoesOnOnlyWhereTheClientFailedBeforeSendingIt() {
        Reply good = Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty()));
        Arena odd = new Arena(client(request -> switch (request.backend().base().getHost()) {
            case "throws" -> throw new IllegalStateException("new");
            case "starts" -> new OddCall(new CompletableFuture<>(), new IllegalStateException("start"));
            default -> new OddCall(CompletableFuture.completedFuture(good), null);
        }));
        odd.request = GatewayRequest.of("POST", "/");
        odd.candidates = hosts("throws", "starts", "good");

        assertThat(fates(odd.run())).containsExactly("throws BROKEN", "starts BROKEN");
    }

    @Test
    void aClientWhoseCancelThrowsDoesNotSpoilTheAnswer() {
        Reply good = Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty()));
        Arena odd =
                new Arena(client(request -> request.backend().base().getHost().equals("c")
                        ? new OddCall(CompletableFuture.completedFuture(good), null)
                        : new OddCall(new CompletableFuture<>(), null) {
                            @Override
                            public void cancel() {
                                throw new IllegalStateException("cancel");
                            }
                        }));

        assertThat(fates(odd.run())).containsExactly("a CANCELLED", "b CANCELLED", "c WON");
    }

    @Test
    void aClockThatRefusesToSetTimersEndsTheRaceInsteadOfLeavingItWithoutADeadline() {
        FakeClock time = new FakeClock();
        GatewayClock stopped = new GatewayClock() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public long currentTimeMillis() {
                return time.currentTimeMillis();
            }

            @Override
            public Timer schedule(long delayNanos, Runnable task) {
                throw new java.util.concurrent.RejectedExecutionException("stopped");
            }
        };
        ScriptedBackends backends = new ScriptedBackends(time).on("a", hangs());
        Fanout fanout = new Fanout(backends, stopped, Runnable::run, outcome -> {});

        Fanout.Race race = fanout.start(plan(time, GatewayRequest.get("/"), hosts("a")));

        assertThat(race.result().join().cause()).isEqualTo(Cause.BROKEN);
        assertThat(backends.running()).isZero();
        assertThat(fanout.inFlight(hosts("a").get(0))).isZero();
    }

    @Test
    void aTimerThatFiresTooEarlyIsSetAgain() {
        FakeClock time = new FakeClock();
        GatewayClock hasty = new GatewayClock() {
            @Override
            public long nanoTime() {
                return time.nanoTime();
            }

            @Override
            public long currentTimeMillis() {
                return time.currentTimeMillis();
            }

            @Override
            public Timer schedule(long delayNanos, Runnable task) {
                return time.schedule(delayNanos - delayNanos / 3, task);
            }
        };
        ScriptedBackends backends = new ScriptedBackends(time).on("a", hangs());
        Fanout fanout = new Fanout(backends, hasty, Runnable::run, outcome -> {});
        Fanout.Race race = fanout.start(plan(time, GatewayRequest.get("/"), hosts("a")));

        time.advance(Duration.ofMillis(99));
        assertThat(race.result()).isNotDone();
        time.advance(Duration.ofMillis(1));

        assertThat(race.result().join().cause()).isEqualTo(Cause.LATE);
        assertThat(time.pending()).isZero();
    }

    @Test
    void theStreamsOfAnswersThatAreNotGivenAreLetGo() {
        AtomicInteger cancelled = new AtomicInteger();
        arena.acceptor = Acceptors.successful();
        arena.strategy(FanoutStrategy.ordered(Duration.ofMillis(100)));
        arena.backends
                .on("a", answers(streamed(200, cancelled)).in(20))
                .on("b", answers(streamed(200, cancelled)).in(10))
                .on("c", answers(streamed(500, cancelled)));

        FanoutResult result = arena.run();

        assertThat(fates(result)).containsExactly("a WON", "b LOST", "c REJECTED");
        assertThat(cancelled).hasValue(2);
    }

    @Test
    void aReplyAfterTheEndIsLetGoAndChangesNothing() {
        AtomicInteger cancelled = new AtomicInteger();
        CompletableFuture<Reply> late = new CompletableFuture<>();
        Reply good = Reply.of(new GatewayResponse(200, Headers.empty(), Body.empty()));
        Arena odd = new Arena(client(request -> new OddCall(
                request.backend().base().getHost().equals("a") ? late : CompletableFuture.completedFuture(good),
                null)));

        FanoutResult result = odd.run();
        late.complete(Reply.of(streamed(200, cancelled)));

        assertThat(cancelled).hasValue(1);
        assertThat(fates(result)).containsExactly("a CANCELLED", "b WON", "c CANCELLED");
        assertThat(odd.outcomes).hasSize(3);
    }

    @Test
    void impossiblePlansAreRefusedWithTheValue() {
        assertThatThrownBy(() -> FanoutStrategy.ordered(Duration.ofNanos(-1)))
                .hasMessageContaining("got PT-0.000000001S");
        assertThatThrownBy(() -> FanoutStrategy.hedged(Duration.ofDays(1))).hasMessageContaining("got PT24H");
        assertThatThrownBy(() -> new Fanout.Plan(
                        FanoutStrategy.single(),
                        List.of(),
                        GatewayRequest.get("/"),
                        Acceptors.any(),
                        0,
                        0,
                        0,
                        Runnable::run))
                .hasMessageContaining("got 0");
        assertThat(FanoutStrategy.hedged(Duration.ofMillis(20))).hasToString("hedged(PT0.02S)");
        assertThat(FanoutStrategy.ordered(Duration.ofMillis(20))).hasToString("ordered(PT0.02S)");
        assertThat(FanoutStrategy.failover()).hasToString("failover");
    }

    private static Fanout.Plan plan(FakeClock clock, GatewayRequest request, List<Backend> candidates) {
        return new Fanout.Plan(
                FanoutStrategy.parallel(),
                candidates,
                request,
                Acceptors.successful(),
                clock.nanoTime() + Duration.ofMillis(100).toNanos(),
                Duration.ofMillis(100).toNanos(),
                1,
                Runnable::run);
    }

    private static GatewayResponse streamed(int status, AtomicInteger cancelled) {
        Flow.Publisher<ByteBuffer> publisher = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {
                cancelled.incrementAndGet();
            }
        });
        return new GatewayResponse(status, Headers.empty(), Body.stream(publisher, -1));
    }

    private static BackendClient client(Function<BackendRequest, Call> calls) {
        return new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                return calls.apply(request);
            }

            @Override
            public void close() {}
        };
    }

    private static class OddCall implements Call {
        private final CompletionStage<Reply> reply;
        private final RuntimeException onStart;

        OddCall(CompletionStage<Reply> reply, RuntimeException onStart) {
            this.reply = reply;
            this.onStart = onStart;
        }

        @Override
        public void start(Executor executor) {
            if (onStart != null) {
                throw onStart;
            }
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {}
    }
}
