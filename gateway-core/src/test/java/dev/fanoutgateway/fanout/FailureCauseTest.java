package dev.fanoutgateway.fanout;

import static dev.fanoutgateway.fanout.Arena.fates;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.answers;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.fails;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.hangs;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why there is no answer, and what methods that are not safe may do. */
class FailureCauseTest {
    private static final Script ABSENT = answers(404, "");
    private static final Script REJECTED = answers(500, "");
    private static final Script BUSY = answers(503, "");
    private static final Script UNREACHABLE = fails(Failure.UNREACHABLE);

    private final Arena arena = new Arena();

    @Test
    void absentOnlyIfEveryCandidateSaysSo() {
        assertThat(causeOf(ABSENT, ABSENT, ABSENT)).isEqualTo(Cause.ABSENT);
        assertThat(causeOf(ABSENT, ABSENT, UNREACHABLE)).isEqualTo(Cause.INCOMPLETE);
        assertThat(causeOf(ABSENT, ABSENT, hangs())).isEqualTo(Cause.LATE);
        assertThat(causeOf(ABSENT, ABSENT, REJECTED)).isEqualTo(Cause.BROKEN);
    }

    @Test
    void otherwiseTheCauseIsThatOfTheBackendsThatDidNotSayAbsent() {
        assertThat(causeOf(UNREACHABLE, UNREACHABLE, UNREACHABLE)).isEqualTo(Cause.UNAVAILABLE);
        assertThat(causeOf(hangs(), hangs(), hangs())).isEqualTo(Cause.LATE);
        assertThat(causeOf(hangs(), UNREACHABLE, ABSENT)).isEqualTo(Cause.BROKEN);
        assertThat(causeOf(fails(Failure.TOO_LARGE), ABSENT, ABSENT)).isEqualTo(Cause.BROKEN);
        assertThat(causeOf(fails(Failure.CANCELLED), UNREACHABLE, UNREACHABLE)).isEqualTo(Cause.BROKEN);
    }

    @Test
    void whoSays503IsNotAvailable() {
        assertThat(causeOf(BUSY, BUSY, BUSY)).isEqualTo(Cause.UNAVAILABLE);
        assertThat(causeOf(BUSY, UNREACHABLE, BUSY)).isEqualTo(Cause.UNAVAILABLE);
        assertThat(causeOf(BUSY, ABSENT, UNREACHABLE)).isEqualTo(Cause.INCOMPLETE);
        assertThat(causeOf(BUSY, REJECTED, UNREACHABLE)).isEqualTo(Cause.BROKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallel", "failover", "hedged"})
    void whoIsAskedAsTheLastResortCountsByWhatItDid(String strategy) {
        arena.strategy(
                switch (strategy) {
                    case "parallel" -> FanoutStrategy.parallel();
                    case "failover" -> FanoutStrategy.failover();
                    default -> FanoutStrategy.hedged(Duration.ofMillis(20));
                });
        arena.deadline = Duration.ofMinutes(1);
        for (String out : List.of("a", "b", "c")) {
            eject(out);
            assertThat(causeOf(hangs(), hangs(), hangs())).as("ejected: " + out).isEqualTo(Cause.LATE);
            assertThat(arena.outcomes)
                    .as("the one that was passed over was asked after all")
                    .filteredOn(outcome -> Arena.host(outcome.backend()).equals(out))
                    .extracting(AttemptOutcome::wasMade)
                    .containsExactly(false, true);
            eject(out);
            assertThat(causeOf(REJECTED, REJECTED, REJECTED)).isEqualTo(Cause.BROKEN);
            eject(out);
            assertThat(causeOf(UNREACHABLE, UNREACHABLE, UNREACHABLE)).isEqualTo(Cause.UNAVAILABLE);
        }
    }

    @Test
    void whoIsNotAskedAtAllSaysNothing() {
        eject("a");
        assertThat(causeOf(ABSENT, ABSENT, ABSENT)).isEqualTo(Cause.INCOMPLETE);
        eject("a");
        assertThat(causeOf(ABSENT, ABSENT, UNREACHABLE)).isEqualTo(Cause.INCOMPLETE);
        eject("a");
        assertThat(causeOf(ABSENT, ABSENT, hangs())).isEqualTo(Cause.LATE);
        eject("a");
        assertThat(causeOf(ABSENT, ABSENT, REJECTED)).isEqualTo(Cause.BROKEN);
    }

    /** The others have no attempt yet. */
    private void eject(String name) {
        Ejection afterOne = Ejection.afterFailures(1);
        arena.roster(8, afterOne);
        Pass pass = arena.roster.admit(Arena.hosts(name).get(0), false);
        arena.roster.learn(
                pass,
                new AttemptOutcome(
                        Arena.hosts(name).get(0), 1, 0, 0, AttemptOutcome.Result.BROKEN, 0, "before the test"),
                true);
    }

    @Test
    void anAttemptThatUsedUpTheWholeTimeMakesTheRaceLate() {
        arena.attemptTimeout = arena.deadline;
        assertThat(causeOf(fails(Failure.TIMED_OUT).in(999), UNREACHABLE, REJECTED))
                .isEqualTo(Cause.LATE);
    }

    @Test
    void failoverWithoutTimeForTheLastCandidateIsLateNotAbsent() {
        arena.strategy(FanoutStrategy.failover());
        arena.attemptTimeout = Duration.ofMinutes(1);

        assertThat(causeOf(ABSENT.in(400), ABSENT.in(600), ABSENT)).isEqualTo(Cause.LATE);
    }

    @Test
    void singleSpeaksForTheOneThatWasAsked() {
        arena.strategy(FanoutStrategy.single());

        assertThat(causeOf(ABSENT, REJECTED, REJECTED)).isEqualTo(Cause.ABSENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "PROPFIND", "get"})
    void otherMethodsGoToOneBackend(String method) {
        arena.request = GatewayRequest.of(method, "/x");
        arena.backends.on("a", ok("a").in(50)).on("b", ok("b")).on("c", ok("c"));

        assertThat(fates(arena.run())).containsExactly("a WON");
        assertThat(arena.backends.events()).containsExactly("0 launch a", "50 reply a 200", "50 result ACCEPTED a");
    }

    @Test
    void otherMethodsAreRetriedElsewhereOnlyIfNothingWasSent() {
        arena.request = GatewayRequest.of("POST", "/x");
        assertThat(post(UNREACHABLE, ok("b"))).containsExactly("a UNREACHABLE", "b WON");
        assertThat(post(fails(Failure.TIMED_OUT, false), ok("b"))).containsExactly("a TIMED_OUT", "b WON");
        assertThat(post(fails(Failure.BROKEN, true), ok("b"))).containsExactly("a BROKEN");
        assertThat(post(hangs(), ok("b"))).containsExactly("a TIMED_OUT");
        assertThat(post(ABSENT, ok("b"))).containsExactly("a ABSENT");
        assertThat(post(REJECTED, ok("b"))).containsExactly("a REJECTED");
    }

    @Test
    void noMethodIsRetriedElsewhereWithSingle() {
        arena.request = GatewayRequest.of("POST", "/x");
        arena.strategy(FanoutStrategy.single());

        assertThat(post(UNREACHABLE, ok("b"))).containsExactly("a UNREACHABLE");
    }

    private Cause causeOf(Script a, Script b, Script c) {
        arena.outcomes.clear();
        arena.backends.on("a", a).on("b", b).on("c", c);
        return arena.cause();
    }

    private List<String> post(Script a, Script b) {
        arena.outcomes.clear();
        arena.backends.on("a", a).on("b", b);
        return fates(arena.run());
    }
}
