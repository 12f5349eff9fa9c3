package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.ScriptedBackends;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProbesTest {
    private static final Health STEADY = Health.path("/health?deep").jitter(0);

    private final Ward ward = new Ward(Ejection.standard(), "a", "b");
    private final ScriptedBackends backends = new ScriptedBackends(ward.clock);

    @Test
    void threeFailuresInARowPutABackendOutAndTwoPassesBringItBack() {
        backends.on("a", Script.answers(503, "")).on("b", Script.ok("up"));
        start(STEADY);

        ward.pass(10_000);
        assertThat(checks("a")).isEqualTo(2);
        assertThat(ward.available()).isEqualTo("ab");
        ward.pass(5_000);
        assertThat(ward.available()).isEqualTo("b");
        assertThat(ward.admitted()).isEqualTo("b");

        backends.on("a", Script.ok("up"));
        ward.pass(5_000);
        assertThat(ward.admitted()).isEqualTo("b");
        ward.pass(5_000);
        assertThat(ward.admitted()).isEqualTo("ab");
        assertThat(ward.titles())
                .containsExactly(
                        "backend http://a of group 'group' fails its health checks",
                        "backend http://a of group 'group' passes its health checks again");
        assertThat(ward.messages).extracting(DevMessage::type).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
        assertThat(ward.messages.get(0).details()).containsExactly("status 503");
    }

    @Test
    void aPassBetweenFailuresBeginsTheCountAnew() {
        backends.on("b", Script.ok("up"))
                .on(
                        "a",
                        Script.answers(500, ""),
                        Script.answers(500, ""),
                        Script.ok(""),
                        Script.answers(500, ""),
                        Script.answers(500, ""),
                        Script.ok(""));
        start(STEADY);

        ward.pass(60_000);

        assertThat(checks("a")).isEqualTo(12);
        assertThat(ward.messages).isEmpty();
    }

    @Test
    void whatIsSentIsAGetOfThePathWithTheGroupsFields() {
        backends.on("a", Script.ok("up"));
        Probes.start(
                STEADY,
                ward.backends,
                ward.roster,
                Headers.of("X-Internal-Token", "secret"),
                backends,
                ward.clock,
                new SplittableRandom(1));
        ward.pass(5_000);

        BackendRequest request = backends.requests().get(0);
        assertThat(request.request().method()).isEqualTo("GET");
        assertThat(request.request().target()).isEqualTo("/health?deep");
        assertThat(request.request().headers().first("X-Internal-Token")).contains("secret");
        assertThat(request.timeoutNanos()).isEqualTo(1_000_000_000L);
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 301, 404, 429, 500})
    void whatIsNo2xxIsAFailure(int status) {
        backends.on("a", Script.answers(status, "")).on("b", Script.answers(204, ""));
        start(STEADY);
        ward.pass(15_000);
        assertThat(ward.available()).isEqualTo("b");
    }

    @Test
    void aHangingBackendFailsInTimeAndIsAskedAgainOnTime() {
        backends.on("a", Script.hangs()).on("b", Script.fails(Failure.UNREACHABLE));
        start(STEADY.timeout(Duration.ofSeconds(2)));

        ward.pass(5_000);
        assertThat(checks("a")).isEqualTo(1);
        ward.pass(55_000);

        assertThat(checks("a")).as("every 5 s, whatever the last one took").isEqualTo(12);
        assertThat(backends.running()).as("cut when its time was up").isLessThanOrEqualTo(1);
        assertThat(ward.available()).as("all fail: all are tried").isEqualTo("ab");
        assertThat(ward.admit("a").kind()).isEqualTo(Pass.Kind.FORCED);
    }

    @Test
    void aCheckThatTakesLongerThanTheIntervalDelaysTheNextOne() {
        backends.on("a", Script.hangs()).on("b", Script.ok("up"));
        start(STEADY.every(Duration.ofSeconds(1)).timeout(Duration.ofSeconds(5)));
        ward.pass(1_000);
        ward.pass(50_000);
        assertThat(checks("a")).isBetween(10L, 11L);
        assertThat(checks("b")).isEqualTo(51);
        assertThat(backends.running()).isLessThanOrEqualTo(1);
    }

    @Test
    void aHealthCheckDoesNotReturnWhatIsEjectedForItsAnswers() {
        backends.on("a", Script.ok("up")).on("b", Script.ok("up"));
        start(STEADY);
        ward.fail("a", 5);
        ward.pass(9_999);
        assertThat(ward.available()).isEqualTo("b");
    }

    @Test
    void whileItFailsItsChecksThereIsNoTrial() {
        backends.on("a", Script.answers(500, "")).on("b", Script.ok("up"));
        start(STEADY);
        ward.pass(15_000);
        ward.fail("a", 5);
        ward.pass(20_000);
        assertThat(ward.admit("a").kind()).isEqualTo(Pass.Kind.REFUSED);
    }

    @Test
    void jitterSpreadsTheChecksAndIsTheSameForTheSameSeed() {
        assertThat(times(7)).isEqualTo(times(7)).isNotEqualTo(times(8));
        List<Long> times = times(7);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isBetween(4_500L, 5_500L);
        }
        assertThat(times.get(times.size() - 1) - times.get(0)).isNotEqualTo(5_000L * (times.size() - 1));
    }

    private static List<Long> times(long seed) {
        Ward ward = new Ward(Ejection.standard(), "a");
        ScriptedBackends backends = new ScriptedBackends(ward.clock).on("a", Script.ok("up"));
        Probes.start(
                Health.path("/health"),
                ward.backends,
                ward.roster,
                Headers.empty(),
                backends,
                ward.clock,
                new SplittableRandom(seed));
        ward.pass(60_000);
        return backends.events().stream()
                .filter(event -> event.contains("launch"))
                .map(event -> Long.valueOf(event.substring(0, event.indexOf(' '))))
                .toList();
    }

    @Test
    void closingEndsTheChecksAndCutsThoseUnderWay() {
        backends.on("a", Script.hangs()).on("b", Script.ok("up"));
        Probes probes = start(STEADY.timeout(Duration.ofSeconds(60)));
        ward.pass(5_000);
        assertThat(backends.running()).isEqualTo(1);

        probes.close();

        assertThat(backends.running()).isZero();
        assertThat(ward.clock.pending()).isZero();
        ward.pass(600_000);
        assertThat(checks("a")).isEqualTo(1);
        assertThat(ward.messages).isEmpty();
        probes.close();
    }

    @Test
    void aClientThatThrowsGivesNullOrNeverHeedsItsTimeoutIsAFailureAndDoesNotStopTheChecks() {
        List<String> asked = new ArrayList<>();
        BackendClient bad = new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                asked.add("call");
                return switch (asked.size()) {
                    case 1 -> throw new IllegalStateException("broken");
                    case 2 -> null;
                    default -> new Deaf();
                };
            }

            @Override
            public void close() {}
        };
        Ward one = new Ward(Ejection.standard(), "a");
        Probes.start(STEADY, one.backends, one.roster, Headers.empty(), bad, one.clock, new SplittableRandom(1));
        one.pass(20_000);
        assertThat(asked).hasSize(4);
        assertThat(one.titles()).singleElement().asString().contains("fails its health checks");
        assertThat(one.messages.get(0).details()).containsExactly("no answer within 1000 ms");
    }

    @Test
    void aStreamedAnswerIsLetGo() {
        List<String> events = new ArrayList<>();
        Flow.Publisher<ByteBuffer> stream = subscriber -> subscriber.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long n) {
                events.add("request");
            }

            @Override
            public void cancel() {
                events.add("cancel");
            }
        });
        backends.on("a", Script.answers(new GatewayResponse(200, Headers.empty(), Body.stream(stream, -1))));
        start(STEADY);
        ward.pass(5_000);
        assertThat(events).containsExactly("cancel");
    }

    @Test
    void settingsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Health.path("health")).hasMessageContaining("got 'health'");
        assertThatThrownBy(() -> Health.path("/a b")).hasMessageContaining("got '/a b'");
        assertThatThrownBy(() -> Health.path("/a#b")).hasMessageContaining("such as /health");
        assertThatThrownBy(() -> Health.path("/a\r\nX: y")).hasMessageContaining("got '/a??X: y'");
        assertThatThrownBy(() -> STEADY.every(Duration.ofMillis(99))).hasMessageContaining("100ms to 1h");
        assertThatThrownBy(() -> STEADY.timeout(Duration.ZERO)).hasMessageContaining("1ms to 1m");
        assertThatThrownBy(() -> STEADY.jitter(0.6)).hasMessageContaining("got 0.6");
        assertThatThrownBy(() -> STEADY.jitter(Double.NaN)).hasMessageContaining("got NaN");
        assertThatThrownBy(() -> STEADY.thresholds(0, 1)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> STEADY.thresholds(1, 1_001)).hasMessageContaining("got 1001");
    }

    private Probes start(Health health) {
        return Probes.start(
                health, ward.backends, ward.roster, Headers.empty(), backends, ward.clock, new SplittableRandom(1));
    }

    private long checks(String host) {
        return backends.events().stream()
                .filter(event -> event.endsWith("launch " + host))
                .count();
    }

    /** Never answers, not even when it is cut off. */
    private static final class Deaf implements Call {
        @Override
        public void start(Executor executor) {}

        @Override
        public CompletionStage<Reply> reply() {
            return new CompletableFuture<>();
        }

        @Override
        public void cancel() {
            throw new IllegalStateException("deaf");
        }
    }
}
