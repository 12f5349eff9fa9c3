package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.Combiners;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlertsTest {
    private final Stand stand = new Stand();

    private static void assertMessage(DevMessage message, Type type, Priority priority, String fingerprint) {
        assertThat(message.type()).isEqualTo(type);
        assertThat(message.priority()).isEqualTo(priority);
        assertThat(message.fingerprint()).isEqualTo(fingerprint);
    }

    @Test
    void allBackendsDownIsCriticalAndExplained() {
        stand.on("a", Script.fails(Failure.UNREACHABLE))
                .on("b", Script.answers(503, "no"))
                .on("c", Script.fails(Failure.TIMED_OUT));
        stand.answer("/a?secret=1");
        stand.clock.runDue();
        assertThat(stand.delivered).hasSize(1);
        assertMessage(stand.delivered.get(0), Type.BACKENDS_DOWN, Priority.CRITICAL, "backends:default");
        assertThat(stand.delivered.get(0).details())
                .containsExactly(
                        "GET /a -> BROKEN after 0 ms, parallel",
                        "http://a UNREACHABLE after 0 ms: scripted",
                        "http://b REJECTED 503 after 0 ms: not acceptable",
                        "http://c TIMED_OUT after 0 ms: scripted");
    }

    @Test
    void someDownAndTheOthersWithoutAnAnswerIsHigh() {
        stand.all(Script.answers(404, "none")).on("b", Script.fails(Failure.UNREACHABLE));
        stand.answer("/a");
        assertThat(stand.messages).hasSize(1);
        assertMessage(stand.messages.get(0), Type.BACKENDS_DEGRADED, Priority.HIGH, "backends:default");
    }

    /** One caller could have the developers paged otherwise. */
    @ParameterizedTest
    @CsvSource({"400, true", "409, true", "408, false", "425, false", "429, false", "501, false"})
    void aRequestThatAllRejectIsNoOutage(int status, boolean json) {
        stand.route(everything().accept(json ? Acceptors.jsonFlag("status") : Acceptors.successful()));
        stand.all(Script.answers(status, "{\"error\": \"bad symbol\"}"));
        stand.answer("/a");
        assertThat(stand.messages).hasSize(1);
        DevMessage message = stand.messages.get(0);
        assertMessage(message, Type.REQUEST_REJECTED, Priority.NORMAL, "rejected:/**");
        assertThat(message.title()).isEqualTo("whoever was asked of group 'default' rejects a request of route /**");
    }

    @Test
    void whatSomeRejectWhileOthersFailIsNotAllOfThem() {
        stand.all(Script.answers(429, "")).on("b", Script.answers(500, "broken"));
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
    }

    @Test
    void garbageFromAllIsAnOutage() {
        stand.route(everything().accept(Acceptors.jsonFlag("status"))).all(Script.answers(200, "<html>"));
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN);
    }

    @Test
    void oneOfSeveralThatWasAskedAloneIsNotAllOfThem() {
        stand.route(everything().strategy(FanoutStrategy.single())).all(Script.answers(500, "broken"));
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
    }

    @Test
    void aFailureThatSomebodyElseMadeGoodIsNoNews() {
        stand.all(Script.fails(Failure.UNREACHABLE)).on("c", Script.ok("prices"));
        assertThat(stand.answer("/a").status()).isEqualTo(200);
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void aResourceThatNobodyHasIsLow() {
        stand.all(Script.answers(404, "none"));
        stand.answer("/a");
        assertThat(stand.messages).hasSize(1);
        assertMessage(stand.messages.get(0), Type.RESOURCE_ABSENT, Priority.LOW, "absent:/**");
    }

    @Test
    void aThousandDifferentAbsentResourcesAreOneMessageWithACount() {
        stand.all(Script.answers(404, "none"));
        for (int i = 0; i < 1_000; i++) {
            stand.answer("/symbols/" + i);
        }
        assertThat(stand.messages.stream().map(DevMessage::fingerprint).distinct())
                .containsExactly("absent:/**");
        stand.pass(Duration.ofMinutes(5).toMillis());
        assertThat(stand.delivered).extracting(DevMessage::count).containsExactly(1L, 999L);
    }

    @Test
    void aStormOfFailuresIsToldOnceAndCounted() {
        stand.all(Script.answers(500, "broken"));
        for (int i = 0; i < 1_000; i++) {
            stand.answer("/a");
        }
        stand.clock.runDue();
        assertThat(stand.delivered).hasSize(1);
        stand.pass(Duration.ofMinutes(5).toMillis());
        assertThat(stand.delivered).extracting(DevMessage::count).containsExactly(1L, 999L);
    }

    @Test
    void aStormIsToldOnceAlthoughOneBackendFailsFasterThanTheOthersAndIsEjected() {
        stand.on("a", Script.answers(500, "broken"))
                .on("b", Script.answers(500, "broken").in(30))
                .on("c", Script.answers(500, "broken").in(40));
        for (int i = 0; i < 100; i++) {
            stand.ask("/" + i);
            stand.pass(5);
        }
        stand.pass(Duration.ofMinutes(5).toMillis());
        assertThat(stand.attempts).extracting(AttemptOutcome::detail).contains(AttemptOutcome.EJECTED);
        assertThat(stand.types()).hasSize(100).containsOnly(Type.BACKENDS_DOWN);
        assertThat(stand.delivered).extracting(DevMessage::count).containsExactly(1L, 99L);
    }

    @Test
    void anEjectedBackendThatASelectorLeavesOutCountsAsFailed() {
        stand.builder.backends(BackendGroup.of("default", "http://a", "http://b", "http://c")
                .selector((request, backends) -> backends.stream()
                        .filter(BackendStatus::available)
                        .map(BackendStatus::backend)
                        .toList()));
        stand.all(Script.answers(500, "broken"));
        for (int i = 0; i < 20; i++) {
            stand.answer("/a");
        }
        assertThat(stand.lastRecord().attempts()).hasSize(2);
        assertThat(stand.types()).hasSize(20).containsOnly(Type.BACKENDS_DOWN);
    }

    @Test
    void recoveryIsToldOnceAfterQuiet() {
        stand.all(Script.answers(500, "broken"));
        stand.answer("/a");
        stand.all(Script.ok("back"));
        stand.pass(1_999);
        stand.answer("/b");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN);
        stand.pass(1);
        stand.answer("/c");
        stand.answer("/d");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN, Type.RECOVERED);
        assertMessage(stand.messages.get(1), Type.RECOVERED, Priority.NORMAL, "backends:default");
    }

    @Test
    void aProperNoOrAFinalAnswerIsRecoveryToo() {
        stand.all(Script.answers(500, "broken"));
        stand.answer("/a");
        stand.pass(2_000);
        stand.all(Script.answers(404, "none"));
        stand.answer("/b");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN, Type.RECOVERED, Type.RESOURCE_ABSENT);
        stand.all(Script.answers(500, "broken"));
        stand.answer("/a");
        stand.pass(2_000);
        stand.all(Script.answers(400, "bad"));
        stand.answer("/b");
        assertThat(stand.types()).endsWith(Type.BACKENDS_DOWN, Type.RECOVERED);
    }

    @Test
    void troubleThatGetsWorseIsToldAtOnce() {
        stand.all(Script.answers(404, "none")).on("b", Script.fails(Failure.UNREACHABLE));
        stand.answer("/a");
        stand.all(Script.fails(Failure.UNREACHABLE));
        stand.answer("/a");
        stand.answer("/a");
        stand.clock.runDue();
        assertThat(stand.delivered)
                .extracting(DevMessage::type)
                .containsExactly(Type.BACKENDS_DEGRADED, Type.BACKENDS_DOWN);
    }

    @Test
    void groupsAreToldApart() {
        stand.builder.backends(BackendGroup.of("other", "http://x"));
        stand.route(Route.path("/x/**").backends("other")).route(everything());
        stand.answer("/x/1");
        stand.answer("/y");
        assertThat(stand.messages)
                .extracting(DevMessage::fingerprint)
                .isEqualTo(List.of("backends:other", "backends:default"));
    }

    @Test
    void backendsThatAreFullAreBusyAndNotDown() {
        stand.builder.backends(
                BackendGroup.of("default", "http://a", "http://b", "http://c").maxConcurrent(1));
        stand.all(Script.ok("late").in(100));
        stand.ask("/first");
        assertThat(stand.answer("/a").status()).isEqualTo(404);
        stand.answer("/b");
        stand.clock.runDue();
        assertThat(stand.types()).containsExactly(Type.OVERLOADED, Type.OVERLOADED);
        assertThat(stand.delivered).hasSize(1);
        assertMessage(stand.delivered.get(0), Type.OVERLOADED, Priority.HIGH, "backends:default");
        assertThat(stand.delivered.get(0).title()).isEqualTo("all backends of group 'default' are busy");
        assertThat(stand.delivered.get(0).details())
                .containsExactly(
                        "GET /a -> UNAVAILABLE after 0 ms, parallel",
                        "http://a UNREACHABLE after 0 ms: no room",
                        "http://b UNREACHABLE after 0 ms: no room",
                        "http://c UNREACHABLE after 0 ms: no room");
        stand.pass(100);
        assertThat(stand.types()).as("too soon").hasSize(2);
        stand.all(Script.ok("room"));
        stand.pass(1_900);
        stand.answer("/c");
        assertThat(stand.types()).containsExactly(Type.OVERLOADED, Type.OVERLOADED, Type.RECOVERED);
        assertMessage(stand.messages.get(2), Type.RECOVERED, Priority.NORMAL, "backends:default");
    }

    @Test
    void oneThatIsFullSaysNothingOfThoseThatWereNotAsked() {
        stand.builder.backends(BackendGroup.of("default", "http://a", "http://b")
                .maxConcurrent(1)
                .selector((request, backends) -> List.of(backends.get(0).backend())));
        stand.on("a", Script.hangs());
        stand.ask("/first");
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.OVERLOADED);
        assertThat(stand.messages.get(0).title())
                .isEqualTo("a backend of group 'default' is busy, and no other was asked");
    }

    @Test
    void whereSomeAreFullAndTheOthersFailedIsDegraded() {
        stand.builder.backends(
                BackendGroup.of("default", "http://a", "http://b").maxConcurrent(1));
        stand.on("a", Script.hangs()).on("b", Script.fails(Failure.UNREACHABLE));
        stand.ask("/first");
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
    }

    @Test
    void backendsThatHangAndAreFullAreDownOnceThatIsKnown() {
        stand.builder.backends(
                BackendGroup.of("default", "http://a", "http://b", "http://c").maxConcurrent(1));
        stand.route(everything().attemptTimeout(Duration.ofSeconds(1)));
        stand.all(Script.hangs());
        stand.ask("/first");
        stand.answer("/a");
        stand.pass(1_000);
        stand.clock.runDue();
        assertThat(stand.delivered).extracting(DevMessage::type).containsExactly(Type.OVERLOADED, Type.BACKENDS_DOWN);
    }

    @Test
    void oneThatWasCutBecauseTooFewWereLeftIsNotDown() {
        stand.route(everything().strategy(FanoutStrategy.collect(2, Combiners.jsonArray())));
        stand.all(Script.fails(Failure.UNREACHABLE)).on("c", Script.hangs());
        stand.answer("/a");
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DEGRADED);
    }

    @Test
    void aClientThatLeftIsNoNews() {
        stand.all(Script.hangs());
        stand.ask("/a").cancel(false);
        assertThat(stand.messages).isEmpty();
    }
}
