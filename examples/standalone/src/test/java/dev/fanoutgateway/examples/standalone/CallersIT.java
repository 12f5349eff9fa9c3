package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callers get, through the jar, from replicas that keep every byte. */
class CallersIT {
    private static final String KEY = "good-key-6b1f";

    @TempDir
    static Path directory;

    static RawBackend first;
    static RawBackend second;
    static Jar jar;

    @BeforeAll
    static void start() throws Exception {
        first = RawBackend.healthy("first");
        second = RawBackend.healthy("second");
        jar = Jar.serving(directory, """
                backends:
                  both: {urls: [%1$s, %2$s], headers: {X-Internal-Token: token-of-the-backends}}
                  second: {urls: [%2$s]}
                routes:
                  - {path: /second/**, backends: second}
                  - {path: /closed/**, backends: second}
                  - {path: /open/**, backends: both, auth: none, strategy: failover, cache: off}
                  - {path: /api/**, backends: both, strategy: failover, accept: json:status}
                plans:
                  basic: {routes: [/api/**, /second/**], limits: [1000/1s]}
                  two: {limits: [2/1h], quota: {amount: 100, per: month}}
                keys:
                  - {id: good, key: good-key-6b1f, plan: basic}
                  - {id: limited, key: limited-key-6b1f, plan: two}
                  - {id: late, key: expired-key-6b1f, plan: basic, expires: 2020-01-01T00:00:00Z}
                """.formatted(first.url(), second.url()));
    }

    @AfterAll
    static void stop() {
        jar.terminate();
        assertThat(jar.exitStatus()).isZero();
        first.close();
        second.close();
        assertThat(jar.out()).isEqualTo("listening on " + jar.url() + System.lineSeparator());
        assertThat(jar.err()).doesNotContain("-key-6b1f").doesNotContain("\tat ");
    }

    @Test
    void withoutAValidKeyTheAnswerIsAlwaysTheSame() throws Exception {
        List<HttpResponse<String>> refusals = List.of(
                jar.get("/api/a"),
                jar.get("/api/a", "X-API-Key", "unknown-key-6b1f"),
                jar.get("/api/a", "X-API-Key", "expired-key-6b1f"),
                jar.get("/api/a", "Authorization", "Basic Zm9vOmJhcg=="),
                jar.get("/api/a?api_key=%20"));

        assertThat(refusals)
                .allMatch(refusal -> refusal.statusCode() == 401)
                .allMatch(refusal ->
                        refusal.headers().firstValue("WWW-Authenticate").isPresent())
                .extracting(HttpResponse::body)
                .containsOnly(
                        "{\"status\": false, \"message\": \"A valid API key is required.\", \"reason\": \"unauthenticated\"}");
    }

    @Test
    void aPlanThatDoesNotCoverARouteIsForbidden() throws Exception {
        HttpResponse<String> refusal = jar.get("/closed/a", "X-API-Key", KEY);

        assertThat(refusal.statusCode()).isEqualTo(403);
        assertThat(refusal.body()).contains("\"reason\": \"not-in-plan\"");
        assertThat(asked("/closed")).isEmpty();
    }

    @Test
    void whatNoRouteTakesIsNotFound() throws Exception {
        HttpResponse<String> refusal = jar.get("/other", "X-API-Key", KEY);

        assertThat(refusal.statusCode()).isEqualTo(404);
        assertThat(refusal.body()).contains("\"reason\": \"no-route\"");
        assertThat(refusal.headers().firstValue("Server")).isEmpty();
    }

    @Test
    void eachRouteHasItsBackends() throws Exception {
        assertThat(jar.get("/api/who", "X-API-Key", KEY).body()).contains("\"first\"");
        assertThat(jar.get("/second/who", "X-API-Key", KEY).body()).contains("\"second\"");
    }

    @Test
    void anAnswerIsKeptAndGivenAgain() throws Exception {
        HttpResponse<String> miss = jar.get("/api/kept?b=2&a=1", "X-API-Key", KEY);
        HttpResponse<String> hit = jar.get("/api/kept?b=2&a=1", "Authorization", "Bearer " + KEY);

        assertThat(miss.headers().firstValue("Cache-Status")).contains("fanout-gateway; fwd=uri-miss; stored");
        assertThat(miss.headers().firstValue("Age")).isEmpty();
        assertThat(hit.headers().firstValue("Cache-Status").orElse("")).startsWith("fanout-gateway; hit");
        assertThat(hit.headers().firstValue("Age").orElse("")).matches("\\d+");
        assertThat(hit.body()).isEqualTo(miss.body());
        assertThat(asked("/api/kept")).hasSize(1);
    }

    @Test
    void aLimitSaysWhatIsLeftAndWhenToComeBack() throws Exception {
        HttpResponse<String> within = jar.get("/api/limited", "X-API-Key", "limited-key-6b1f");
        jar.get("/api/limited", "X-API-Key", "limited-key-6b1f");
        HttpResponse<String> beyond = jar.get("/api/limited", "X-API-Key", "limited-key-6b1f");

        assertThat(within.statusCode()).isEqualTo(200);
        assertThat(within.headers().firstValue("RateLimit").orElse(""))
                .contains("\"2/1h\";r=1")
                .contains("\"month\";r=99");
        assertThat(beyond.statusCode()).isEqualTo(429);
        assertThat(beyond.headers().firstValue("RateLimit").orElse("")).contains("\"2/1h\";r=0");
        assertThat(beyond.headers().firstValue("RateLimit-Policy").orElse("")).contains("\"2/1h\";q=2;w=3600");
        assertThat(Integer.parseInt(beyond.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(1, 1800);
        assertThat(beyond.body()).contains("\"reason\": \"rate-limited\"");
    }

    @Test
    void theKeyNeverReachesABackendHoweverItComes() throws Exception {
        assertThat(jar.get("/api/by-header", "X-API-Key", KEY).statusCode()).isEqualTo(200);
        assertThat(jar.get("/api/by-bearer", "Authorization", "Bearer " + KEY).statusCode())
                .isEqualTo(200);
        assertThat(jar.get("/api/by-query?a=1&api_key=" + KEY + "&b=2").statusCode())
                .isEqualTo(200);
        assertThat(jar.get("/open/by-header", "X-API-Key", KEY).statusCode()).isEqualTo(200);

        String received = first.received() + second.received();
        assertThat(received)
                .contains("GET /api/by-header ", "GET /api/by-bearer ", "GET /api/by-query?a=1&b=2 ")
                .contains("X-Internal-Token: token-of-the-backends")
                .doesNotContain(KEY)
                .doesNotContainIgnoringCase("x-api-key")
                .doesNotContainIgnoringCase("api_key");
        assertThat(jar.err()).doesNotContain(KEY).contains("/api/by-query");
    }

    @Test
    void whatChangesSomethingGoesToOneBackend() throws Exception {
        HttpResponse<String> answer = jar.send(
                jar.request("/open/post", "Content-Type", "text/plain").POST(BodyPublishers.ofString("content")));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(asked("POST /open/post")).singleElement().asString().endsWith("\r\n\r\ncontent");
    }

    @Test
    void aBrokenRequestIsAnsweredInTheSameFormAndNamesNoServer() throws Exception {
        HttpResponse<String> tooLarge = jar.get("/open/a", "X-Large", "x".repeat(20_000));

        assertThat(tooLarge.statusCode()).isEqualTo(431);
        assertThat(tooLarge.body()).startsWith("{\"status\": false").doesNotContain("Jetty");
    }

    private static List<String> asked(String part) {
        return Stream.concat(first.requests().stream(), second.requests().stream())
                .filter(request -> request.contains(part))
                .toList();
    }
}
