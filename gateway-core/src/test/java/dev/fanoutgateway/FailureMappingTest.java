package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureMappingTest {
    private final Stand stand = new Stand();

    private Script scriptFor(Cause cause) {
        return switch (cause) {
            case ABSENT, INCOMPLETE -> Script.answers(404, "theirs");
            case BROKEN -> Script.answers(500, "theirs");
            case UNAVAILABLE -> Script.fails(Failure.UNREACHABLE);
            case LATE -> Script.hangs();
            case ACCEPTED, FINAL, TOO_FEW, UNCOMBINED, CANCELLED ->
                throw new IllegalArgumentException("no failure: " + cause);
        };
    }

    private GatewayResponse answerTo(GatewayRequest request) {
        var answer = stand.ask(request);
        stand.pass(1_000);
        return Stand.now(answer);
    }

    @ParameterizedTest
    @CsvSource({
        "ABSENT,      ENVELOPE_404, 404, Not Found,           No backend has this resource.",
        "BROKEN,      ENVELOPE_404, 404, Not Found,           No backend gave an acceptable answer.",
        "UNAVAILABLE, ENVELOPE_404, 404, Not Found,           No backend is available.  ",
        "INCOMPLETE,  ENVELOPE_404, 404, Not Found,           'Not every backend is available, and no other has this resource.'",
        "LATE,        ENVELOPE_404, 404, Not Found,           No backend gave an acceptable answer in time.",
        "ABSENT,      BY_CAUSE,     404, Not Found,           No backend has this resource.",
        "BROKEN,      BY_CAUSE,     502, Bad Gateway,         No backend gave an acceptable answer.",
        "UNAVAILABLE, BY_CAUSE,     503, Service Unavailable, No backend is available.  ",
        "INCOMPLETE,  BY_CAUSE,     502, Bad Gateway,         'Not every backend is available, and no other has this resource.'",
        "LATE,        BY_CAUSE,     504, Gateway Timeout,     No backend gave an acceptable answer in time."
    })
    void causeAndPolicyDecide(Cause cause, FailurePolicy policy, int status, String title, String message) {
        stand.route(everything().onFailure(policy).timeout(Duration.ofSeconds(1)));
        stand.all(scriptFor(cause));
        if (cause == Cause.INCOMPLETE) {
            stand.on("b", Script.fails(Failure.UNREACHABLE));
        }
        String reason = cause.name().toLowerCase(Locale.ROOT);

        GatewayResponse envelope = answerTo(GatewayRequest.get("/a"));
        assertThat(envelope.status()).isEqualTo(status);
        assertThat(field(envelope, "Content-Type")).isEqualTo("application/json");
        assertThat(field(envelope, "Cache-Control")).isEqualTo("no-store");
        assertThat(field(envelope, "Retry-After")).isEqualTo(status == 503 ? "1" : "");
        assertThat(envelope.body().utf8())
                .isEqualTo("{\"status\": false, \"message\": \"%s\", \"reason\": \"%s\"}".formatted(message, reason));

        GatewayResponse problem =
                answerTo(GatewayRequest.get("/a").header("Accept", "text/html, Application/Problem+JSON"));
        assertThat(problem.status()).isEqualTo(status);
        assertThat(field(problem, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(field(problem, "Cache-Control")).isEqualTo("no-store");
        assertThat(problem.body().utf8())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"reason\":\"%s\"}"
                                .formatted(title, status, message, reason));
        assertThat(stand.outcomes()).containsOnly(cause == Cause.ABSENT ? Outcome.ABSENT : Outcome.FAILED);
    }

    @ParameterizedTest
    @CsvSource({"400", "401", "405", "409", "422", "302", "307"})
    void aFinalAnswerIsPassedOnAsItIs(int status) {
        stand.route(everything().onFailure(FailurePolicy.BY_CAUSE));
        GatewayResponse theirs = new GatewayResponse(
                status, Headers.of("Content-Type", "text/x", "X-Own", "1", "Location", "/b"), Body.utf8("their words"));
        stand.all(Script.answers(theirs));
        GatewayResponse response = stand.answer("/a");
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.body().utf8()).isEqualTo("their words");
        assertThat(response.headers().without(Set.of("Cache-Status", "X-Request-Id", "Via")::contains))
                .isEqualTo(theirs.headers());
        assertThat(stand.types()).isEmpty();
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED);
    }

    @Test
    void backendsOwnErrorsNeverReachTheCaller() {
        stand.all(Script.answers(500, "stack trace at db-7.internal"));
        assertThat(Stand.wire(stand.answer("/a"))).doesNotContain("db-7", "http://a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/problem+json;q=0, */*                       | false",
                "application/problem+json;q=0.000                        | false",
                "application/problem+jsonx                               | false",
                "application/problem+json-seq, */*                       | false",
                "application/json, application/problem+json;q=0.1        | false",
                "application/json; q=0.9, application/problem+json;q=.95 | true",
                "application/json; q=0.5, application/problem+json;q=0.6 | true",
                "application/json, application/problem+json              | true",
                "text/html, APPLICATION/PROBLEM+JSON ; v=1 ; q=0.1       | true"
            })
    void problemDetailsAreForThoseWhoPreferThem(String accept, boolean problem) {
        stand.all(Script.answers(500, "broken"));
        GatewayResponse response = stand.answer(GatewayRequest.get("/a").header("Accept", accept));
        assertThat(field(response, "Content-Type"))
                .isEqualTo(problem ? "application/problem+json" : "application/json");
    }

    @Test
    void everyAttemptIsExplainedInTheRecord() {
        stand.on("a", Script.fails(Failure.UNREACHABLE))
                .on("b", Script.answers(503, "no"))
                .on("c", Script.fails(Failure.BROKEN));
        stand.answer("/a");
        assertThat(stand.lastRecord().attempts())
                .extracting(attempt -> attempt.backend().id() + " " + attempt.result() + " " + attempt.status())
                .containsExactly("http://a UNREACHABLE 0", "http://b REJECTED 503", "http://c BROKEN 0");
    }
}
