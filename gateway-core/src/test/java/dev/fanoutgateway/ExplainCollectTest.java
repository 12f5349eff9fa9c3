package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fanoutgateway.fanout.Combiners;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How an answer came about that was made of several. */
class ExplainCollectTest {
    private final Stand stand = new Stand();
    private GatewayResponse answer = new GatewayResponse(500, Headers.empty(), dev.fanoutgateway.http.Body.empty());

    private JsonNode explained(FanoutStrategy strategy, long millis) {
        stand.route(Route.path("/**")
                .strategy(strategy)
                .onFailure(FailurePolicy.BY_CAUSE)
                .explain(Explain.FULL));
        CompletableFuture<GatewayResponse> asked =
                stand.ask(GatewayRequest.get("/x").header("X-Gateway-Explain", "1"));
        stand.pass(millis);
        answer = Stand.now(asked);
        try {
            return new ObjectMapper().readTree(answer.body().bytes());
        } catch (IOException e) {
            throw new AssertionError(answer.body().utf8(), e);
        }
    }

    private static Script json(String text) {
        return Script.ok(text);
    }

    /** Such as {@code a 3 WON 200}: host, duration, fate. */
    private static List<String> fates(JsonNode explanation) {
        List<String> fates = new ArrayList<>();
        for (JsonNode attempt : explanation.get("race").get("attempts")) {
            fates.add(Stream.of(
                            attempt.get("backend").textValue().replace("http://", ""),
                            attempt.get("durationMs").asText(),
                            attempt.get("result").textValue(),
                            attempt.get("status").isNull()
                                    ? ""
                                    : attempt.get("status").asText())
                    .reduce((one, other) -> one + ' ' + other)
                    .orElse("")
                    .stripTrailing());
        }
        return fates;
    }

    @Test
    void everybodyWhoseAnswerWentInHasWon() {
        stand.on("a", json("[1]").in(3))
                .on("b", json("[2]").in(9))
                .on("c", json("[3]").in(6));

        JsonNode explanation = explained(FanoutStrategy.collectAll(Combiners.jsonArray()), 9);

        assertThat(fates(explanation)).containsExactly("a 3 WON 200", "b 9 WON 200", "c 6 WON 200");
        JsonNode race = explanation.get("race");
        assertThat(race.get("strategy").textValue()).isEqualTo("collect");
        assertThat(race.get("cause").textValue()).isEqualTo("ACCEPTED");
        assertThat(race.get("elapsedMs").intValue()).isEqualTo(9);
        assertThat(race.get("notes")).isEmpty();
        assertThat(explanation.get("answer").get("bytes").intValue()).isEqualTo("[1,2,3]".length());
        assertThat(answer.headers().first("Server-Timing"))
                .hasValueSatisfying(field -> assertThat(field)
                        .contains("race;dur=9;desc=\"collect: accepted\"")
                        .contains(
                                "b1;dur=3;desc=\"won 200\"", "b2;dur=9;desc=\"won 200\"", "b3;dur=6;desc=\"won 200\""));
    }

    @Test
    void whoWasNotNeededForTheQuorumAndWhoFailedAreTold() {
        stand.on("a", Script.fails(Failure.BROKEN).in(2))
                .on("b", json("[2]").in(4))
                .on("c", Script.hangs());

        JsonNode explanation = explained(FanoutStrategy.collect(1, Combiners.jsonArray()), 4);

        assertThat(fates(explanation)).containsExactly("a 2 BROKEN", "b 4 WON 200", "c 4 CANCELLED");
        assertThat(explanation.get("race").get("attempts").get(2).get("why").textValue())
                .isEqualTo("there were answers enough");
    }

    @Test
    void tooFewAnswersAreExplainedWithTheirNumber() {
        stand.on("a", json("[1]").in(3))
                .on("b", Script.answers(500, "").in(5))
                .on("c", Script.answers(503, "").in(7));

        JsonNode explanation = explained(FanoutStrategy.collect(2, Combiners.majority()), 7);

        assertThat(answer.status()).isEqualTo(502);
        assertThat(fates(explanation)).containsExactly("a 3 LOST 200", "b 5 REJECTED 500", "c 7 REJECTED 503");
        assertThat(explanation.get("race").get("cause").textValue()).isEqualTo("TOO_FEW");
        assertThat(explanation.get("race").get("notes").get(0).textValue())
                .isEqualTo("acceptable answers: 1, wanted: 2");
        assertThat(explanation.get("outcome").textValue()).isEqualTo("FAILED");
    }

    @Test
    void aCombinerThatMakesNothingIsNamedAsTheCause() {
        stand.all(json("[1]"));

        JsonNode explanation = explained(
                FanoutStrategy.collectAll((request, parts) -> {
                    throw new IllegalStateException("secret");
                }),
                0);

        assertThat(fates(explanation)).containsExactly("a 0 WON 200", "b 0 WON 200", "c 0 WON 200");
        assertThat(explanation.get("race").get("cause").textValue()).isEqualTo("UNCOMBINED");
        assertThat(explanation.toString()).doesNotContain("secret");
    }
}
