package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RaceRecord;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What callers are told of how their answers came about, and what nobody else is. */
class ExplainTest {
    private static final String KEY = "s3cr3t-K3Y~x";
    private final Stand stand = new Stand();

    private static Route.Builder open(FanoutStrategy strategy) {
        return everything().strategy(strategy).explain(Explain.FULL);
    }

    private static GatewayRequest explained(GatewayRequest request) {
        return request.header("X-Gateway-Explain", "1");
    }

    private static GatewayRequest explained(String target) {
        return explained(GatewayRequest.get(target));
    }

    private static JsonNode json(GatewayResponse response) {
        assertThat(field(response, "Content-Type")).isEqualTo("application/json");
        assertThat(field(response, "Cache-Control")).isEqualTo("no-store");
        assertThat(field(response, "X-Gateway-Explain")).isEqualTo("1");
        try {
            return new ObjectMapper().readTree(response.body().bytes());
        } catch (IOException e) {
            throw new AssertionError(response.body().utf8(), e);
        }
    }

    /** Such as {@code a START 0 WON 200}: host, occasion, begin, fate. */
    private static List<String> fates(JsonNode explanation) {
        List<String> fates = new ArrayList<>();
        explanation
                .get("race")
                .get("attempts")
                .forEach(attempt -> fates.add(attempt.get("backend").textValue().replace("http://", "")
                        + ' '
                        + attempt.get("occasion").textValue()
                        + ' '
                        + attempt.get("startMs")
                        + ' '
                        + attempt.get("result").textValue()
                        + (attempt.get("status").isNull() ? "" : " " + attempt.get("status"))));
        return fates;
    }

    private JsonNode after(long millis, CompletableFuture<GatewayResponse> answer) {
        stand.pass(millis);
        return json(Stand.now(answer));
    }

    @Test
    void parallelNamesTheWinnerTheLosersAndWhoWasCut() {
        stand.route(open(FanoutStrategy.parallel()))
                .on("a", Script.answers(500, "broken").in(3))
                .on("b", Script.ok("prices").in(10))
                .on("c", Script.hangs());
        JsonNode explanation = after(10, stand.ask(explained("/a")));
        assertThat(fates(explanation))
                .containsExactly("a START 0 REJECTED 500", "b START 0 WON 200", "c START 0 CANCELLED");
        assertThat(explanation.get("race").get("cause").textValue()).isEqualTo("ACCEPTED");
        assertThat(explanation.get("race").get("budget").isNull()).isTrue();
        assertThat(explanation.get("race").get("attempts").get(2).get("why").textValue())
                .isEqualTo("another answer was given");
        assertThat(explanation.get("answer").get("bytes").intValue()).isEqualTo(6);
    }

    @Test
    void orderedNamesAnAcceptableAnswerThatLost() {
        stand.route(open(FanoutStrategy.ordered(Duration.ofMillis(20))))
                .on("a", Script.ok("first").in(15))
                .on("b", Script.ok("second").in(5))
                .on("c", Script.hangs());
        JsonNode explanation = after(15, stand.ask(explained("/a")));
        assertThat(fates(explanation))
                .containsExactly("a START 0 WON 200", "b START 0 LOST 200", "c START 0 CANCELLED");
    }

    @Test
    void hedgedTellsWhenAndWhyTheNextWasAskedAndWhatIsLeft() {
        stand.route(open(FanoutStrategy.hedged(Duration.ofMillis(20))))
                .on("a", Script.hangs())
                .on("b", Script.ok("prices").in(5));
        JsonNode explanation = after(25, stand.ask(explained("/a")));
        assertThat(fates(explanation)).containsExactly("a START 0 CANCELLED", "b DELAY 20 WON 200");
        JsonNode race = explanation.get("race");
        assertThat(race.get("strategy").textValue()).isEqualTo("hedged");
        assertThat(race.get("delayMs").intValue()).isEqualTo(20);
        assertThat(race.get("elapsedMs").intValue()).isEqualTo(25);
        assertThat(race.get("candidates").intValue()).isEqualTo(3);
        assertThat(race.get("budget").get("extraLoad").doubleValue()).isEqualTo(0.05);
        assertThat(race.get("budget").get("left").intValue()).isEqualTo(9);
    }

    @Test
    void aHedgeThatTheBudgetRefusedIsTold() {
        stand.route(open(FanoutStrategy.hedged(Duration.ofMillis(20))).extraLoad(0))
                .all(Script.ok("prices").in(25));
        for (int i = 0; i < 10; i++) {
            stand.ask("/" + i);
        }
        stand.pass(25);
        JsonNode explanation = after(25, stand.ask(explained("/z")));
        assertThat(fates(explanation)).containsExactly("a START 0 WON 200");
        assertThat(explanation.get("race").get("budget").get("left").intValue())
                .as("what hedges leave to requests that would fail")
                .isEqualTo(6);
        assertThat(explanation.get("race").get("notes").get(0).textValue()).startsWith("budget exhausted: ");
    }

    @Test
    void failoverTellsAfterWhichFailureTheNextWasAsked() {
        stand.route(open(FanoutStrategy.failover()))
                .on("a", Script.fails(Failure.BROKEN).in(7))
                .on("b", Script.ok("prices").in(5));
        JsonNode explanation = after(12, stand.ask(explained("/a")));
        assertThat(fates(explanation)).containsExactly("a START 0 BROKEN", "b FAILURE 7 WON 200");
        assertThat(explanation.get("race").get("delayMs").isNull()).isTrue();
        assertThat(explanation.get("race").get("budget").get("left").intValue()).isEqualTo(9);
    }

    @Test
    void singleAndMethodsThatAreNotSafeAskOne() {
        stand.route(Route.path("/one").strategy(FanoutStrategy.single()).explain(Explain.FULL))
                .route(open(FanoutStrategy.parallel()))
                .all(Script.ok("prices"));
        assertThat(fates(json(stand.answer(explained("/one"))))).containsExactly("a START 0 WON 200");
        JsonNode posted = json(stand.answer(explained(GatewayRequest.of("POST", "/a"))));
        assertThat(fates(posted)).containsExactly("a START 0 WON 200");
        assertThat(posted.get("race").get("strategy").textValue()).isEqualTo("parallel");
        assertThat(posted.get("race").get("level").textValue()).isEqualTo("single");
    }

    @Test
    void adaptiveTellsWhereItStands() {
        stand.route(open(FanoutStrategy.adaptive())).all(Script.ok("prices"));
        JsonNode race = json(stand.answer(explained("/a"))).get("race");
        assertThat(race.get("strategy").textValue()).isEqualTo("adaptive");
        assertThat(race.get("level").textValue()).isEqualTo("hedged");
        assertThat(race.get("delayMs").isNull()).isTrue(); // too few latencies yet
    }

    @Test
    void aFailureKeepsItsStatusAndIsExplained() {
        stand.route(open(FanoutStrategy.failover())
                        .onFailure(FailurePolicy.BY_CAUSE)
                        .timeout(Duration.ofMillis(30)))
                .on("a", Script.fails(Failure.UNREACHABLE))
                .on("b", Script.answers(503, "no"))
                .on("c", Script.hangs());
        CompletableFuture<GatewayResponse> answer = stand.ask(explained("/a"));
        JsonNode explanation = after(30, answer);
        assertThat(answer.join().status()).isEqualTo(504);
        assertThat(fates(explanation))
                .containsExactly("a START 0 UNREACHABLE", "b FAILURE 0 REJECTED 503", "c FAILURE 0 TIMED_OUT");
        assertThat(explanation.get("outcome").textValue()).isEqualTo("FAILED");
        assertThat(explanation.get("answer").get("status").intValue()).isEqualTo(504);
        assertThat(explanation.get("race").get("cause").textValue()).isEqualTo("LATE");
    }

    @Test
    void oneRecordIsWhatEverybodyIsTold() {
        stand.route(open(FanoutStrategy.failover())).all(Script.answers(500, "broken"));
        JsonNode explanation = json(stand.answer(explained("/a?api_key=" + KEY)));
        stand.clock.runDue();
        RaceRecord race = stand.lastRecord().race();
        assertThat(race).isNotNull();
        DevMessage message = stand.delivered.get(0);
        List<String> lines = new ArrayList<>(race.lines());
        lines.set(0, "GET /a -> " + lines.get(0));
        assertThat(message.details()).isEqualTo(lines);
        assertThat(lines)
                .containsExactly(
                        "GET /a -> BROKEN after 0 ms, failover",
                        "http://a REJECTED 500 after 0 ms: not acceptable",
                        "http://b REJECTED 500 after 0 ms, begun at 0 ms: not acceptable",
                        "http://c REJECTED 500 after 0 ms, begun at 0 ms: not acceptable",
                        "8 extra attempts left");
        assertThat(stand.lastRecord().describe()).contains(race.describe());
        assertThat(explanation.get("race").get("budget").get("left").intValue()).isEqualTo(8);
        assertThat(stand.lastRecord().attempts()).isEqualTo(race.attempts()).hasSize(3);
    }

    @Test
    void theBudgetIsNotLookedAtForAnAnswerThatNobodyWantsExplained() {
        stand.route(open(FanoutStrategy.failover())).all(Script.ok("prices"));
        stand.answer("/a");
        assertThat(stand.lastRecord().race())
                .isNotNull()
                .matches(race -> race.budget().isEmpty());
    }

    @Test
    void hitsAndMissesAreExplainedAndTheExplanationIsNeverStored() {
        stand.route(open(FanoutStrategy.parallel()).cache(CachePolicy.standard()))
                .all(Script.ok("prices"));
        JsonNode miss = json(stand.answer(explained("/a")));
        assertThat(miss.get("cache").textValue()).isEqualTo("fanout-gateway; fwd=uri-miss; stored");
        GatewayResponse ordinary = stand.answer("/a");
        assertThat(ordinary.body().utf8()).isEqualTo("prices");
        assertThat(field(ordinary, "X-Gateway-Explain")).isEmpty();
        assertThat(field(ordinary, "Content-Type")).startsWith("text/plain");
        JsonNode hit = json(stand.answer(explained("/a")));
        assertThat(hit.get("outcome").textValue()).isEqualTo("HIT");
        assertThat(hit.get("cache").textValue()).isEqualTo("fanout-gateway; hit; ttl=3600");
        assertThat(hit.get("race").isNull()).isTrue();
        assertThat(Stand.launches(stand.backends)).containsExactly("a");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("prices");
    }

    @Test
    void theFieldIsNeverForwarded() {
        stand.route(open(FanoutStrategy.parallel()).cache(CachePolicy.off()))
                .route(everything())
                .all(Script.ok("prices"));
        stand.answer(explained("/a"));
        stand.answer(GatewayRequest.get("/b").header("x-gateway-EXPLAIN", "0").header("X-Gateway-Explain", "1"));
        stand.answer(explained(GatewayRequest.of("POST", "/c")));
        assertThat(stand.backends.requests())
                .hasSize(7)
                .noneMatch(sent -> sent.request().headers().contains("X-Gateway-Explain"));
    }

    @Test
    void onlyTheValue1Asks() {
        stand.route(open(FanoutStrategy.parallel())).all(Script.ok("prices"));
        for (String value : List.of("0", "", "true", "11", "1, 1")) {
            GatewayResponse ordinary = stand.answer(GatewayRequest.get("/a").header("X-Gateway-Explain", value));
            assertThat(ordinary.body().utf8()).isEqualTo("prices");
        }
        json(stand.answer(GatewayRequest.get("/a").header("x-gateway-explain", " 1 ")));
    }

    @Test
    void followersAreToldThatTheyWaitedForAnothersRaceAndShareNoExplanation() {
        stand.route(open(FanoutStrategy.hedged(Duration.ofMillis(6))).cache(CachePolicy.standard()))
                .on("a", Script.hangs())
                .on("b", Script.ok("prices").in(3));
        CompletableFuture<GatewayResponse> leader = stand.ask(explained("/a"));
        stand.pass(2);
        CompletableFuture<GatewayResponse> follower = stand.ask(explained("/a"));
        CompletableFuture<GatewayResponse> ordinary = stand.ask("/a");
        stand.pass(8);
        assertThat(json(Stand.now(leader)).get("collapsed").booleanValue()).isFalse();
        JsonNode explanation = json(Stand.now(follower));
        assertThat(explanation.get("collapsed").booleanValue()).isTrue();
        assertThat(explanation.get("outcome").textValue()).isEqualTo("COLLAPSED");
        assertThat(explanation.get("race").get("startMs").intValue()).isEqualTo(-2);
        assertThat(fates(explanation)).containsExactly("a START 0 CANCELLED", "b DELAY 6 WON 200");
        assertThat(Stand.now(ordinary).body().utf8()).isEqualTo("prices");
        assertThat(stand.records.stream()
                        .mapToInt(record -> record.attempts().size())
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void plansDecideWhoMaySeeAndOthersGetTheirOrdinaryAnswer() {
        stand.builder
                .plan(Plan.of("operators").explain(Explain.FULL).limit(Limit.perSecond(10)))
                .plan(Plan.of("basic"))
                .key("operator", KEY, "operators")
                .key("other", "other-key", "basic");
        stand.route(everything().strategy(FanoutStrategy.failover()).cache(CachePolicy.standard()))
                .on("a", Script.fails(Failure.UNREACHABLE))
                .on("b", Script.ok("prices"));

        JsonNode seen = json(stand.answer(explained(keyed("/a", KEY))));
        assertThat(seen.get("caller").textValue()).isEqualTo("operator");
        assertThat(seen.get("plan").textValue()).isEqualTo("operators");
        assertThat(seen.get("limits").get("binding").textValue()).isEqualTo("10/1s");
        assertThat(seen.get("limits").get("states").get(0).get("remaining").intValue())
                .isEqualTo(9);
        assertThat(seen.toString()).contains("http://a").doesNotContain(KEY);

        GatewayResponse plain = stand.answer(keyed("/b", "other-key"));
        GatewayResponse asked = stand.answer(explained(keyed("/c", "other-key")));
        assertThat(Stand.wire(asked)).isEqualTo(Stand.wire(plain));
        assertThat(Stand.wire(asked)).doesNotContain("http://", "Server-Timing", "Explain", "UNREACHABLE");
        assertThat(stand.answer(explained(keyed("/d", "unknown"))).status()).isEqualTo(401);
        assertThat(Stand.wire(stand.answer(explained("/d")))).doesNotContain("Server-Timing", "Explain", "race");
    }

    @Test
    void theLimitedAndTheForbiddenAreExplainedToWhomMaySee() {
        stand.builder
                .plan(Plan.of("one")
                        .explain(Explain.FULL)
                        .limit(Limit.perHour(1))
                        .routes("/a"))
                .key("operator", KEY, "one");
        stand.route(everything()).all(Script.ok("prices"));
        stand.answer(keyed("/a", KEY));
        GatewayResponse limited = stand.answer(explained(keyed("/a", KEY)));
        assertThat(limited.status()).isEqualTo(429);
        assertThat(field(limited, "Retry-After")).isEqualTo("3600");
        assertThat(json(limited).get("limits").get("allowed").booleanValue()).isFalse();
        assertThat(json(limited).get("limits").get("retryAfterMs").longValue()).isEqualTo(3_600_000);
        assertThat(json(limited).get("outcome").textValue()).isEqualTo("LIMITED");
        GatewayResponse forbidden = stand.answer(explained(keyed("/b", KEY)));
        assertThat(forbidden.status()).isEqualTo(403);
        assertThat(json(forbidden).get("outcome").textValue()).isEqualTo("FORBIDDEN");
    }

    @Test
    void aRouteThatWantsAKeyTellsNothingWithoutOne() {
        stand.builder.key("demo", KEY, "any");
        stand.route(open(FanoutStrategy.parallel())).all(Script.ok("prices"));
        assertThat(Stand.wire(stand.answer(explained("/a"))))
                .startsWith("401")
                .doesNotContain("Server-Timing", "route");
        json(stand.answer(explained(keyed("/a", KEY))));
    }

    @Test
    void answersWithoutContentAreExplainedWithContent() {
        stand.route(open(FanoutStrategy.single()).cache(CachePolicy.standard()))
                .all(Script.answers(HandBackends.ok("prices", "ETag", "\"1\"")));
        GatewayRequest conditional = GatewayRequest.get("/a").header("If-None-Match", "\"1\"");
        assertThat(stand.answer(conditional).status()).isEqualTo(304);
        GatewayResponse explained = stand.answer(explained(conditional));
        assertThat(explained.status()).isEqualTo(200);
        assertThat(json(explained).get("answer").get("status").intValue()).isEqualTo(304);
        assertThat(explained.headers().contains("ETag")).isFalse();
    }

    @Test
    void timesAreToldToThoseWhoMayKnowThemWithoutAsking() {
        stand.route(everything()
                        .strategy(FanoutStrategy.failover())
                        .cache(CachePolicy.standard())
                        .explain(Explain.TIMING))
                .on("a", Script.fails(Failure.UNREACHABLE).in(5))
                .on(
                        "b",
                        Script.answers(HandBackends.ok("prices", "Server-Timing", "db;dur=3"))
                                .in(10));
        CompletableFuture<GatewayResponse> asked = stand.ask(explained("/a"));
        stand.pass(15);
        GatewayResponse miss = Stand.now(asked);
        assertThat(miss.body().utf8()).isEqualTo("prices");
        assertThat(TimingMetric.parse(field(miss, "Server-Timing")))
                .extracting(metric -> metric.name() + ' ' + metric.parameters())
                .containsExactly(
                        "db {dur=3}",
                        "total {dur=15}",
                        "cache {desc=fwd=uri-miss; stored}",
                        "race {dur=15, desc=failover: accepted}",
                        "b1 {dur=5, desc=unreachable}",
                        "b2 {dur=10, desc=won 200}");
        GatewayResponse hit = stand.answer("/a");
        assertThat(TimingMetric.parse(field(hit, "Server-Timing")))
                .extracting(metric -> metric.name() + ' ' + metric.parameters())
                .containsExactly("total {dur=0}", "cache {desc=hit; ttl=3599}");
        assertThat(Stand.wire(miss) + Stand.wire(hit)).doesNotContain("http://", "scripted");
    }

    @Test
    void nothingIsToldUnlessItIsSwitchedOn() {
        stand.route(everything()).all(Script.ok("prices"));
        assertThat(Stand.wire(stand.answer(explained("/a")))).doesNotContain("Server-Timing", "Explain", "http://");
    }

    @Test
    void observersSeeTheLimitsButCannotSettleTheLease() {
        stand.builder.plan(Plan.of("paid").quota(Quota.perMonth(10))).key("demo", KEY, "paid");
        stand.route(everything()).all(Script.ok("prices"));
        stand.answer(keyed("/a", KEY));
        RateLimiter.Decision limits = stand.lastRecord().limits();
        assertThat(limits).isNotNull();
        assertThat(limits.states().get(0).remaining()).isEqualTo(9);
        assertThat(limits.lease()).isNull();
    }

    @Test
    void anAbandonedRequestKeepsWhatWasTriedForIt() {
        stand.route(open(FanoutStrategy.parallel()).cache(CachePolicy.off())).all(Script.hangs());
        stand.ask("/a").cancel(false);
        assertThat(stand.lastRecord().attempts())
                .hasSize(3)
                .allMatch(attempt -> attempt.detail().equals("the request was called off"));
    }
}
