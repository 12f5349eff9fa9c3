package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How answers came about, told through the jar to those who may see it and to nobody else. */
class ExplainIT {
    private static final String OPERATOR = "operator-key-6b1f";
    private static final String BASIC = "basic-key-6b1f";
    private static final String LIMITED = "limited-key-6b1f";
    private static final String TOKEN = "token-of-the-backends";

    @TempDir
    Path directory;

    private RawBackend first;
    private RawBackend second;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        first = RawBackend.healthy("first");
        second = RawBackend.healthy("second");
        jar = Jar.serving(directory, """
                backends: {both: {urls: [%s, %s], headers: {X-Internal-Token: token-of-the-backends}}}
                routes:
                  - {path: /api/**, strategy: failover, on-failure: by-cause}
                  - {path: /hedged/**, strategy: hedged, hedge-after: 20ms, cache: off}
                  - {path: /open/**, strategy: failover, auth: none, explain: timing}
                  - {path: /shown/**, strategy: failover, auth: none, explain: full}
                plans:
                  operators: {explain: true}
                  basic: {}
                  limited: {limits: [1/1h], explain: full}
                keys:
                  - {id: operator, key: operator-key-6b1f, plan: operators}
                  - {id: basic, key: basic-key-6b1f, plan: basic}
                  - {id: limited, key: limited-key-6b1f, plan: limited}
                """.formatted(first.url(), second.url()));
    }

    @AfterEach
    void stop() {
        assertThat(jar.terminate().exitStatus()).isZero();
        first.close();
        second.close();
        assertThat(jar.err()).doesNotContain("-key-6b1f", TOKEN).doesNotContain("\tat ");
        assertThat(first.received() + second.received()).doesNotContainIgnoringCase("X-Gateway-Explain");
    }

    private HttpResponse<String> asked(String target, String key) throws IOException, InterruptedException {
        return jar.get(target, "X-API-Key", key, "X-Gateway-Explain", "1");
    }

    private static String field(HttpResponse<String> response, String name) {
        return String.join(", ", response.headers().allValues(name));
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        assertThat(field(response, "Content-Type")).isEqualTo("application/json");
        assertThat(field(response, "Cache-Control")).isEqualTo("no-store");
        assertThat(field(response, "X-Gateway-Explain")).isEqualTo("1");
        assertThat(response.body()).doesNotContain("-key-6b1f", TOKEN, "from");
        return new ObjectMapper().readTree(response.body());
    }

    private List<String> fates(JsonNode explanation) {
        List<String> fates = new ArrayList<>();
        explanation.get("race").get("attempts").forEach(attempt -> {
            String url = attempt.get("backend").textValue();
            assertThat(url).isEqualTo(attempt.get("ordinal").intValue() == 1 ? first.url() : second.url());
            fates.add(attempt.get("ordinal") + " " + attempt.get("occasion").textValue() + " "
                    + attempt.get("result").textValue());
        });
        return fates;
    }

    @Test
    void missThenHitAndNobodyElseGetsTheExplanation() throws Exception {
        JsonNode miss = json(asked("/api/prices?api_key=" + OPERATOR, OPERATOR));

        assertThat(fates(miss)).containsExactly("1 START WON");
        assertThat(miss.get("caller").textValue()).isEqualTo("operator");
        assertThat(miss.get("cache").textValue()).isEqualTo("fanout-gateway; fwd=uri-miss; stored");
        HttpResponse<String> other = jar.get("/api/prices", "X-API-Key", BASIC);
        assertThat(other.body()).isEqualTo("{\"status\": true, \"from\": \"first\"}");
        assertThat(field(other, "Cache-Status")).startsWith("fanout-gateway; hit; ttl=");
        assertThat(field(other, "X-Gateway-Explain") + field(other, "Server-Timing"))
                .isEmpty();
        HttpResponse<String> explainedHit = asked("/api/prices", OPERATOR);
        assertThat(json(explainedHit).get("outcome").textValue()).isEqualTo("HIT");
        assertThat(json(explainedHit).get("race").isNull()).isTrue();
        assertThat(field(explainedHit, "Server-Timing")).matches("total;dur=[0-9.]+, cache;desc=\"hit; ttl=[0-9]+\"");
        assertThat(jar.get("/api/prices", "X-API-Key", OPERATOR).body()).isEqualTo(other.body());
        assertThat(first.requests()).hasSize(1);
    }

    @Test
    void aHedgeIsExplained() throws Exception {
        first.answer(request -> "");

        JsonNode explanation = json(asked("/hedged/prices", OPERATOR));

        assertThat(fates(explanation)).containsExactly("1 START CANCELLED", "2 DELAY WON");
        JsonNode hedge = explanation.get("race").get("attempts").get(1);
        assertThat(hedge.get("startMs").doubleValue()).isGreaterThanOrEqualTo(20);
        assertThat(explanation.get("race").get("delayMs").intValue()).isEqualTo(20);
        assertThat(explanation.get("race").get("budget").get("left").intValue()).isEqualTo(9);
    }

    @Test
    void aRejectedAnswerIsExplained() throws Exception {
        first.answer(request -> RawBackend.json(503, "{}"));

        JsonNode explanation = json(asked("/api/prices", OPERATOR));

        assertThat(fates(explanation)).containsExactly("1 START REJECTED", "2 FAILURE WON");
        assertThat(explanation.get("race").get("attempts").get(0).get("status").intValue())
                .isEqualTo(503);
    }

    @Test
    void whenAllFailTheCallerAndTheLogAreToldTheSame() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        second.close();

        HttpResponse<String> answer = asked("/api/prices?api_key=" + OPERATOR, OPERATOR);

        assertThat(answer.statusCode()).isEqualTo(502);
        JsonNode explanation = json(answer);
        assertThat(fates(explanation)).containsExactly("1 START REJECTED", "2 FAILURE UNREACHABLE");
        assertThat(explanation.get("race").get("cause").textValue()).isEqualTo("BROKEN");
        assertThat(jar.err())
                .contains("GET /api/prices -> BROKEN after ", "outcome=FAILED")
                .contains(first.url() + " REJECTED 500 after ", " extra attempts left");
    }

    @Test
    void aLimitedCallerIsToldByWhichLimit() throws Exception {
        jar.get("/api/prices", "X-API-Key", LIMITED);

        HttpResponse<String> answer = asked("/api/prices", LIMITED);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(field(answer, "Retry-After"))).isBetween(3_500, 3_600);
        assertThat(json(answer).get("limits").get("allowed").booleanValue()).isFalse();
        assertThat(json(answer).get("limits").get("binding").textValue()).isEqualTo("1/1h");
    }

    @Test
    void whoMayNotSeeItGetsTheOrdinaryAnswerWithoutAnyDetail() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        second.answer(request -> RawBackend.json(500, "{}"));

        for (HttpResponse<String> answer : List.of(
                asked("/api/prices", BASIC),
                asked("/hedged/prices", BASIC),
                asked("/api/prices", "unknown"),
                jar.get("/api/prices", "X-Gateway-Explain", "1"),
                jar.send(jar.request("/api/prices", "X-API-Key", BASIC, "X-Gateway-Explain", "1")
                        .POST(BodyPublishers.ofString("{}"))))) {
            assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
            assertThat(answer.body())
                    .startsWith("{\"status\": false, \"message\": ")
                    .doesNotContain("http://", "127.0.0.1", "attempts", "-key-6b1f");
            assertThat(answer.headers().map().toString())
                    .doesNotContainIgnoringCase("explain")
                    .doesNotContainIgnoringCase("timing")
                    .doesNotContain("http://", "127.0.0.1");
        }
    }

    @Test
    void aRouteMayTellItsTimesOrEverythingToEverybody() throws Exception {
        first.answer(request -> RawBackend.json(503, "{}"));

        HttpResponse<String> timed = jar.get("/open/prices", "X-Gateway-Explain", "1");
        HttpResponse<String> shown = jar.get("/shown/prices", "X-Gateway-Explain", "1");

        assertThat(timed.body()).isEqualTo("{\"status\": true, \"from\": \"second\"}");
        assertThat(field(timed, "Server-Timing"))
                .matches("total;dur=[0-9.]+, cache;desc=\"fwd=uri-miss; stored\","
                        + " race;dur=[0-9.]+;desc=\"failover: accepted\","
                        + " b1;dur=[0-9.]+;desc=\"rejected 503\", b2;dur=[0-9.]+;desc=\"won 200\"");
        assertThat(timed.headers().map().toString()).doesNotContain("http://", "127.0.0.1");
        assertThat(fates(json(shown))).containsExactly("1 START REJECTED", "2 FAILURE WON");
    }

    @Test
    void aHeadIsExplainedByItsFieldsAlone() throws Exception {
        HttpResponse<String> answer =
                jar.send(jar.request("/api/prices", "X-API-Key", OPERATOR, "X-Gateway-Explain", "1")
                        .method("HEAD", BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "Server-Timing")).contains("b1;dur=");
    }
}
