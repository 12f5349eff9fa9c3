package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What backends are told of the time, what they tell of it, and what is not begun because there is too little left. */
class DeadlineRaceTest {
    private final Arena arena = new Arena().strategy(FanoutStrategy.failover());

    @Test
    void eachAttemptIsToldItsNumberAndTheTimeThatIsLeft() {
        arena.fields = AttemptFields.standard();
        arena.request =
                GatewayRequest.get("/x").header("x-request-timeout-ms", "99999").header("X-Attempt", "7");
        arena.attemptTimeout = Duration.ofMillis(700);
        arena.backends
                .on("a", answers(500, "").in(600))
                .on("b", answers(500, "").in(399))
                .on("c", ok("c"));

        arena.run();

        assertThat(sent("X-Request-Timeout-Ms")).containsExactly(List.of("700"), List.of("400"), List.of("1"));
        assertThat(sent("X-Attempt")).containsExactly(List.of("1"), List.of("2"), List.of("3"));
    }

    @Test
    void theFieldsMayHaveOtherNamesOrNone() {
        arena.backends.on("a", ok("a"));
        arena.fields = new AttemptFields("Grpc-Timeout-Ms", "");
        next();
        arena.fields = AttemptFields.none();
        next();

        assertThat(sent("Grpc-Timeout-Ms")).containsExactly(List.of("400"), List.of());
        assertThat(sent("X-Attempt")).containsOnly(List.of());
        assertThatIllegalArgumentException().isThrownBy(() -> new AttemptFields("a b", ""));
    }

    @Test
    void anAttemptThatCannotBeInTimeIsNotStarted() {
        arena.pace(1);
        arena.backends.on("a", ok("a").in(100));
        for (int i = 0; i < 100; i++) {
            arena.within(Duration.ofMillis(100));
        }
        arena.clock.advance(Duration.ofMillis(100));
        arena.deadline = Duration.ofMillis(400);
        arena.attemptTimeout = Duration.ofMillis(301);
        arena.backends.on("a", hangs()).on("b", ok("b"));

        FanoutResult result = arena.within(Duration.ofMillis(301));

        assertThat(result.cause()).isEqualTo(Cause.LATE);
        assertThat(fates(result)).containsExactly("a TIMED_OUT");
        assertThat(result.elapsedNanos() / 1_000_000).as("not at the deadline").isEqualTo(301);
        assertThat(result.notes())
                .containsExactly("nobody else was asked with 99 ms left: hardly an answer takes less than 100 ms");
        arena.attemptTimeout = Duration.ofMillis(299);
        assertThat(fates(arena.within(Duration.ofMillis(300)))).containsExactly("a TIMED_OUT", "b WON");
    }

    @Test
    void aBackendThatWantsAPauseIsNotAskedUntilItIsOverWhileOthersAnswer() {
        arena.backends.on("a", pause(503, "2")).on("b", ok("b"));
        next();
        assertThat(fates(next())).containsExactly("a UNREACHABLE", "b WON");

        arena.backends.on("b", answers(500, ""));
        FanoutResult result = next();
        assertThat(fates(result))
                .as("last of all")
                .containsExactly("a UNREACHABLE", "b REJECTED", "c UNREACHABLE", "a REJECTED");
        assertThat(result.describe()).contains("http://a UNREACHABLE after 0 ms: it wants a pause of 1960 ms");

        arena.clock.advance(Duration.ofSeconds(2));
        arena.backends.on("a", ok("a"));
        assertThat(fates(next())).containsExactly("a WON");
    }

    @Test
    void whoWasNotAskedIsNotCounted() {
        arena.fields = AttemptFields.standard();
        arena.backends.on("a", pause(503, "2")).on("b", ok("b"));
        next();
        next();

        assertThat(sent("X-Attempt")).containsExactly(List.of("1"), List.of("2"), List.of("1"));
    }

    @Test
    void noMoreThanHalfHaveAPause() {
        arena.backends.on("a", pause(503, "5")).on("b", pause(503, "5")).on("c", pause(503, "5"));
        next();
        arena.backends.on("b", ok("b"));

        assertThat(fates(next())).containsExactly("a UNREACHABLE", "b WON");
    }

    @Test
    void whoWantsAPauseIsAskedIfAllOthersFail() {
        arena.backends.on("a", pause(503, "5")).on("b", pause(503, "5")).on("c", pause(503, "5"));
        next();
        arena.backends.on("a", ok("a"));

        assertThat(fates(next())).containsExactly("a UNREACHABLE", "b REJECTED", "c REJECTED", "a WON");
    }

    @Test
    void aBackendThatWantsAPauseIsNotHedgedTo() {
        arena.backends.on("b", pause(503, "3"));
        arena.candidates = Arena.hosts("b", "a", "c");
        arena.start();
        arena.candidates = Arena.hosts("a", "b", "c");
        arena.strategy(FanoutStrategy.hedged(Duration.ofMillis(10)));
        arena.backends.on("a", hangs()).on("c", ok("c"));

        assertThat(fates(next())).containsExactly("a CANCELLED", "b UNREACHABLE", "c WON");
    }

    @ParameterizedTest
    @CsvSource({
        "503, 1, 1000",
        "503, 30, 30000",
        "429, 30, 0",
        "503, 'Fri, 01 Jan +999999999 00:00:00 GMT', 30000",
        "503, 'Fri, 31 Dec 9999 00:00:00 GMT', 30000",
        "503, 31, 30000",
        "503, 99999999999999999999999, 30000",
        "503, 'Thu, 01 Jan 2026 00:00:07 GMT', 7000",
        "503, 'Thu, 01 Jan 2026 00:10:00 GMT', 30000",
        "503, 'Thu, 01 Jan 2015 00:00:07 GMT', 0",
        "503, 0, 0",
        "503, -1, 0",
        "503, 1.5, 0",
        "503, soon, 0",
        "503, '', 0",
        "500, 5, 0",
        "200, 5, 0",
        "301, 5, 0"
    })
    void aPauseIsTakenFromRetryAfterAndBounded(int status, String retryAfter, long millis) {
        PushBack pushBack = new PushBack(arena.clock);

        pushBack.heed(arena.candidates.get(0), response(status, retryAfter), arena.candidates);

        assertThat(pushBack.leftNanos(arena.candidates.get(0)) / 1_000_000).isEqualTo(millis);
        arena.clock.advance(Duration.ofMillis(millis));
        assertThat(pushBack.leftNanos(arena.candidates.get(0))).isZero();
        assertThat(pushBack.isEmpty()).isTrue();
    }

    private FanoutResult next() {
        return arena.within(Duration.ofMillis(20));
    }

    private List<List<String>> sent(String field) {
        return arena.backends.requests().stream()
                .map(request -> request.request().headers().all(field))
                .toList();
    }

    private static Script pause(int status, String retryAfter) {
        return Script.answers(response(status, retryAfter));
    }

    private static GatewayResponse response(int status, String retryAfter) {
        return new GatewayResponse(status, Headers.of("Retry-After", retryAfter), Body.empty());
    }
}
