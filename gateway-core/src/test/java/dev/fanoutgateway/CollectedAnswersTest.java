package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Combiners;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.Combiner;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.PluginFailure;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are combined from several, on their whole way through the gateway. */
class CollectedAnswersTest {
    private final Stand stand = new Stand();

    private static Script json(String text, String... fields) {
        return Script.answers(new GatewayResponse(
                200,
                Headers.of(fields).toBuilder()
                        .add("Content-Type", "application/json")
                        .build(),
                Body.utf8(text)));
    }

    private Stand collecting(FanoutStrategy strategy) {
        stand.on("a", json("[1]")).on("b", json("[2]")).on("c", json("[3]"));
        return stand.route(everything().strategy(strategy));
    }

    @Test
    void aCombinedAnswerIsCachedAsAnyOther() {
        collecting(FanoutStrategy.collectAll(Combiners.jsonArray()));

        GatewayResponse first = stand.answer("/x");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body().utf8()).isEqualTo("[1,2,3]");
        assertThat(field(first, "Cache-Status")).contains("stored");
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.FORWARDED);
        assertThat(stand.lastRecord().attempts()).hasSize(3);

        assertThat(stand.answer("/x").body().utf8()).isEqualTo("[1,2,3]");
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT);
        assertThat(stand.backends.requests()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "unreachable", "hung"})
    void whatIsMissingBecauseOneFailedIsNotRemembered(String failure) {
        stand.all(json("[3]"));
        stand.route(everything()
                .strategy(FanoutStrategy.collectAll(Combiners.jsonArray()))
                .attemptTimeout(Duration.ofSeconds(5)));
        Script failing = switch (failure) {
            case "error" -> Script.answers(500, "");
            case "unreachable" -> Script.fails(Failure.UNREACHABLE);
            default -> Script.hangs();
        };
        stand.on("a", json("[1]", "Cache-Control", "max-age=60")).on("b", failing, json("[2]"));

        CompletableFuture<GatewayResponse> first = stand.ask("/x");
        stand.pass(1);
        CompletableFuture<GatewayResponse> other = stand.ask("/x");
        stand.pass(4_999);
        assertThat(Stand.now(first).body().utf8()).isEqualTo("[1,3]");
        assertThat(field(Stand.now(first), "Cache-Control"))
                .isEqualTo("max-age=" + (failure.equals("hung") ? 6 : 1) + ", must-revalidate");
        assertThat(Stand.now(other).body().utf8()).as("a crowd shares it").isEqualTo("[1,3]");
        stand.pass(1_000);
        GatewayResponse whole = stand.answer("/x");
        assertThat(whole.body().utf8()).isEqualTo("[1,2,3]");
        assertThat(field(whole, "Cache-Control")).isEqualTo("max-age=60");
        assertThat(stand.answer("/x").body().utf8()).isEqualTo("[1,2,3]");
        assertThat(stand.backends.requests()).hasSize(6);
    }

    @Test
    void whatIsMissingIsNotRememberedEitherWhereTheOriginHasNoSay() {
        stand.route(everything()
                .strategy(FanoutStrategy.collectAll(Combiners.majority()))
                .cache(CachePolicy.standard().respectOrigin(false)));
        stand.all(json("[1]")).on("b", Script.answers(503, ""), json("[1]"));

        assertThat(field(stand.answer("/x"), "Cache-Control")).isEqualTo("no-store");
        assertThat(field(stand.answer("/x"), "Cache-Control")).isEmpty();
    }

    @Test
    void whoProperlyHasNothingLeavesNoGapNorDoesOneBeyondTheQuorum() {
        collecting(FanoutStrategy.collectAll(Combiners.jsonArray()));
        stand.on("b", Script.answers(404, ""));
        GatewayResponse all = stand.answer("/x");
        assertThat(all.body().utf8()).isEqualTo("[1,3]");
        assertThat(field(all, "Cache-Control")).isEmpty();

        Stand two = new Stand().route(everything().strategy(FanoutStrategy.collect(2, Combiners.jsonArray())));
        two.on("a", Script.answers(500, "")).on("b", json("[2]")).on("c", json("[3]"));
        GatewayResponse enough = two.answer("/x");
        assertThat(enough.body().utf8()).isEqualTo("[2,3]");
        assertThat(field(enough, "Cache-Control")).isEmpty();
    }

    @Test
    void thoseWhoWaitForTheSameShareOneCollection() {
        collecting(FanoutStrategy.collect(2, Combiners.jsonArray()));
        stand.on("a", json("[1]").in(10)).on("b", json("[2]").in(20)).on("c", Script.hangs());
        CompletableFuture<GatewayResponse> one = stand.ask("/x");
        CompletableFuture<GatewayResponse> other = stand.ask("/x");
        stand.pass(20);

        assertThat(Stand.now(one).body().utf8()).isEqualTo("[1,2]");
        assertThat(Stand.now(other).body().utf8()).isEqualTo("[1,2]");
        assertThat(stand.backends.requests()).hasSize(3);
        assertThat(stand.backends.running()).isZero();
        assertThat(stand.outcomes()).containsExactlyInAnyOrder(Outcome.FORWARDED, Outcome.COLLAPSED);
    }

    @Test
    void theLastClientThatLeavesEndsTheCollection() {
        collecting(FanoutStrategy.collectAll(Combiners.jsonArray()));
        stand.all(Script.hangs());
        CompletableFuture<GatewayResponse> one = stand.ask("/x");
        one.cancel(false);

        assertThat(stand.backends.running()).isZero();
        assertThat(stand.outcomes()).containsExactly(Outcome.ABANDONED);
    }

    @ParameterizedTest
    @CsvSource({
        "'',          '',          'none'",
        "max-age=60,  '',          max-age=60",
        "max-age=60,  max-age=10,  max-age=10",
        "private,     '',          no-store",
        "no-store,    max-age=60,  no-store"
    })
    void whatOneAnswerSaysOfCachingHoldsForAll(String one, String other, String combined) {
        collecting(FanoutStrategy.collectAll(Combiners.jsonArray()));
        stand.on("a", one.isEmpty() ? json("[1]", "Vary", "X-A") : json("[1]", "Vary", "X-A", "Cache-Control", one));
        stand.on("b", other.isEmpty() ? json("[2]") : json("[2]", "Vary", "X-B", "Cache-Control", other));

        GatewayResponse answer = stand.answer("/x");

        assertThat(field(answer, "Cache-Control")).isEqualTo(combined.equals("none") ? "" : combined);
        assertThat(field(answer, "Vary")).contains("X-A");
        assertThat(field(answer, "Cache-Status").contains("stored")).isEqualTo(!combined.equals("no-store"));
    }

    @Test
    void theCombinersOwnWordOnCachingCounts() {
        Combiner combiner = Combiner.of((request, parts) -> new GatewayResponse(
                200,
                Headers.of("Cache-Control", "max-age=5", "Content-Length", "99", "Connection", "close"),
                Body.utf8("own")));
        collecting(FanoutStrategy.collectAll(combiner));
        stand.on("a", json("[1]", "Cache-Control", "private"));

        GatewayResponse answer = stand.answer("/x");

        assertThat(Stand.wire(answer)).contains("Cache-Control: max-age=5").doesNotContain("99", "close");
    }

    @Test
    void backendsAreAskedForTheWholeInAnEncodingThatCanBeRead() {
        stand.route(everything().cache(CachePolicy.off()).strategy(FanoutStrategy.collectAll(Combiners.jsonArray())));
        stand.all(json("[1]"));

        stand.answer(GatewayRequest.get("/x")
                .header("Range", "bytes=0-1")
                .header("If-None-Match", "\"a\"")
                .header("Accept-Encoding", "br"));

        assertThat(stand.backends.requests()).hasSize(3).allSatisfy(sent -> {
            assertThat(sent.request().headers().first("Range")).isEmpty();
            assertThat(sent.request().headers().first("If-None-Match")).isEmpty();
            assertThat(sent.request().headers().first("Accept-Encoding")).contains("identity");
        });
    }

    @Test
    void tooFewAnswersAreAFailureThatSaysSo() {
        stand.route(everything()
                .onFailure(FailurePolicy.BY_CAUSE)
                .strategy(FanoutStrategy.collect(2, Combiners.majority())));
        stand.all(Script.answers(500, "")).on("a", json("[1]"));

        GatewayResponse answer = stand.answer("/x");

        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body().utf8())
                .isEqualTo("{\"status\": false, \"message\": \"Too few backends gave an acceptable answer.\","
                        + " \"reason\": \"too-few\"}");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
        DevMessage message = stand.messages.get(0);
        assertThat(message.title()).isEqualTo("backends of group 'default' failed, and too few others had an answer");
        assertThat(message.details()).contains("acceptable answers: 1, wanted: 2");
        assertThat(stand.lastRecord().outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void theDevelopersAreToldWhyNothingCouldBeCombined() {
        collecting(FanoutStrategy.collectAll(Combiner.of((request, parts) -> {
            throw new PluginFailure("not today");
        })));
        assertThat(stand.answer("/x").body().utf8()).contains("uncombined");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(stand.messages.get(0).details()).containsExactly("not today");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "array | <html> | no JSON, which is to be combined",
                "array | {\"a\": | no JSON, which is to be combined",
                "array | [1] [2] | no JSON, which is to be combined",
                "array | '' | no JSON, which is to be combined",
                "merge | <html> | no JSON, which is to be combined",
                "merge | [1] | no JSON object, which is to be combined"
            })
    void garbageForABuiltInCombinerIsItsBackendsFailure(String combine, String garbage, String why) {
        boolean merge = combine.equals("merge");
        Combiner combiner = merge ? Combiners.jsonMerge() : Combiners.jsonArray();
        stand.route(everything()
                .cache(CachePolicy.off())
                .onFailure(FailurePolicy.BY_CAUSE)
                .strategy(FanoutStrategy.collect(2, combiner)));
        stand.all(json(merge ? "{\"a\":1}" : "[1]")).on("b", json(garbage));

        assertThat(stand.answer("/x").body().utf8()).as("of two others").isEqualTo(merge ? "{\"a\":1}" : "[1,1]");
        assertThat(stand.lastRecord().attempts().get(1)).satisfies(attempt -> {
            assertThat(attempt.result()).isEqualTo(Result.REJECTED);
            assertThat(attempt.detail()).isEqualTo("not acceptable: " + why);
        });
        assertThat(stand.messages).isEmpty();

        stand.on("c", json(garbage));
        GatewayResponse tooFew = stand.answer("/x");
        assertThat(tooFew.status()).isEqualTo(502);
        assertThat(tooFew.body().utf8()).contains("too-few");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
        assertThat(String.join("\n", stand.messages.get(0).details())).contains(why);
    }

    @Test
    void whatIsNotCombinedNeedsNotFitTheCombiner() {
        collecting(FanoutStrategy.collectAll(Combiners.jsonMerge()));
        stand.all(json("<html>"));
        assertThat(stand.answer(GatewayRequest.of("POST", "/x")).body().utf8()).isEqualTo("<html>");
        assertThat(stand.answer(GatewayRequest.of("HEAD", "/y")).status()).isEqualTo(200);
    }

    @Test
    void aGapThatGarbageLeavesIsNotRememberedForLong() {
        collecting(FanoutStrategy.collectAll(Combiners.jsonArray()));
        stand.on("b", json("<html>"));
        GatewayResponse answer = stand.answer("/x");
        assertThat(answer.body().utf8()).isEqualTo("[1,3]");
        assertThat(field(answer, "Cache-Control")).contains("max-age=1,");
    }

    @Test
    void anInterimAnswerIsNone() {
        collecting(FanoutStrategy.collectAll(
                Combiner.of((request, parts) -> new GatewayResponse(100, Headers.empty(), Body.empty()))));
        assertThat(stand.answer("/x").body().utf8()).contains("uncombined");
        assertThat(stand.messages.get(0).details()).containsExactly("expected an answer with a final status, got 100");
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenCombinerIsContained(Misconduct misconduct) {
        Misconduct.Switch plugin = new Misconduct.Switch();
        plugin.misconduct = misconduct;
        GatewayResponse good = new GatewayResponse(200, Headers.empty(), Body.utf8("good"));
        collecting(FanoutStrategy.collectAll(
                (request, parts) -> plugin.stage(() -> good, () -> CompletableFuture.completedFuture(good))));

        for (int i = 0; i < 3; i++) {
            CompletableFuture<GatewayResponse> answer = stand.ask("/" + i);
            if (misconduct.takesTime()) {
                stand.pass(1_000);
            }
            assertThat(Stand.wire(Stand.now(answer)))
                    .startsWith("404")
                    .contains("The backends' answers could not be combined.", "\"reason\": \"uncombined\"")
                    .doesNotContain(Misconduct.SECRET, "Exception");
        }
        plugin.late.come();
        stand.clock.runDue();
        assertThat(stand.outcomes()).containsOnly(Outcome.ERROR);
        assertThat(stand.lastRecord().attempts()).hasSize(3);
        assertThat(stand.messages).isNotEmpty().allSatisfy(message -> {
            assertThat(message.type()).isEqualTo(Type.PLUGIN_FAILED);
            assertThat(message.fingerprint()).isEqualTo("plugin-failed:combiner of route '/**'");
            assertThat(message.toString()).doesNotContain(Misconduct.SECRET);
        });
        assertThat(stand.delivered).hasSize(1);
        assertThat(stand.backends.running()).isZero();

        plugin.misconduct = null;
        stand.pass(2_000);
        assertThat(stand.answer("/well").body().utf8()).isEqualTo("good");
        assertThat(stand.types()).endsWith(Type.RECOVERED);
    }

    @Test
    void aCombinerRunsOnTheGatewaysExecutorAndMayBlockThereForever() throws Exception {
        HandBackends network = new HandBackends();
        AtomicReference<Thread> combining = new AtomicReference<>();
        ExecutorService own = Executors.newCachedThreadPool(Threads.daemons("host-"));
        Combiner blocking = Combiner.of((request, parts) -> {
            combining.set(Thread.currentThread());
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new IllegalStateException("interrupted");
        });
        try (FanoutGateway gateway = Gateway.builder()
                .backends("http://a", "http://b")
                .client(network)
                .executor(own)
                .pluginTimeout(Duration.ofMillis(50))
                .route(everything()
                        .strategy(FanoutStrategy.collectAll(blocking))
                        .build())
                .build()) {
            CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/x"));
            Thread network1 = new Thread(() -> network.answerAll(HandBackends.ok("x")), "network-1");
            network1.start();
            network1.join(TimeUnit.SECONDS.toMillis(30));

            assertThat(network1.isAlive()).as("the network's thread is free").isFalse();
            assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(404);
            Awaitility.await().until(() -> combining.get() != null);
            assertThat(combining.get().getName()).startsWith("host-");
        } finally {
            own.shutdownNow();
        }
    }

    @Test
    void anExecutorThatRefusesIsAFailureOfTheCombination() {
        AtomicReference<Boolean> full = new AtomicReference<>(false);
        HandBackends network = new HandBackends();
        stand.builder.client(network).executor(task -> {
            if (full.get()) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        stand.route(everything().strategy(FanoutStrategy.collectAll(Combiners.jsonArray())));
        CompletableFuture<GatewayResponse> answer = stand.ask("/x");
        full.set(true);
        network.answerAll(HandBackends.ok("[1]"));

        assertThat(Stand.now(answer).body().utf8()).contains("uncombined");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void aQuorumThatTheGroupCannotMeetIsRefused() {
        stand.route(everything().strategy(FanoutStrategy.collect(4, Combiners.majority())));
        assertThatThrownBy(stand::gateway)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("collects 4 answers, expected 1 to 3");
    }

    @Test
    void theBuiltInCombiners() {
        assertThat(combined(Combiners.jsonArray(), "{\"a\":1}", "[2,3.10]", "no json"))
                .isEqualTo("[{\"a\":1},2,3.10]");
        assertThat(combined(
                        Combiners.jsonMerge(), "{\"a\":{\"x\":1},\"b\":1}", "{\"a\":{\"x\":2,\"y\":[3]},\"c\":4}", "7"))
                .isEqualTo("{\"a\":{\"x\":1,\"y\":[3]},\"b\":1,\"c\":4}");
        assertThat(combined(Combiners.majority(), "{\"a\":1,\"b\":2}", "{\"a\":2}", "{\"b\":2.0, \"a\":1}"))
                .isEqualTo("{\"a\":1,\"b\":2}");
        assertThat(combined(Combiners.majority(), "x", "y", "y")).isEqualTo("y");
        assertThat(combined(Combiners.majority(), "x", "y", "z")).isEqualTo("x");
        assertThat(combined(Combiners.jsonMerge(), "1", "2", "x")).contains("broken");
        assertThat(combined(Combiners.jsonArray(), "{\"a\":1", "", "x")).contains("broken");
    }

    private static String combined(Combiner combiner, String... contents) {
        Stand fresh = new Stand().route(everything().strategy(FanoutStrategy.collectAll(combiner)));
        List<String> hosts = List.of("a", "b", "c");
        for (int i = 0; i < contents.length; i++) {
            fresh.on(hosts.get(i), json(contents[i]));
        }
        GatewayResponse head = fresh.answer(GatewayRequest.of("HEAD", "/x"));
        assertThat(head.body().length()).isZero();
        return fresh.answer("/x").body().utf8();
    }
}
