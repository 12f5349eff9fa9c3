package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RequestRecord;
import dev.fanoutgateway.spi.ResponseAcceptor;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plug-ins that answer at once, the notifier and the client, and what they may do wrong. */
@SuppressWarnings("NullAway") // null is one of the things
class ContainedCallsTest {
    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final AtomicBoolean broken = new AtomicBoolean(true);

    private GatewayResponse ask() {
        GatewayResponse response = stand.answer(GatewayRequest.of("GET", "/" + stand.records.size()));
        assertThat(Stand.wire(response)).doesNotContain(Misconduct.SECRET, "Exception");
        return response;
    }

    private void assertToldAndRecovered(String fingerprint) {
        stand.clock.runDue();
        assertThat(stand.messages).isNotEmpty().allSatisfy(message -> {
            assertThat(message.type()).isEqualTo(Type.PLUGIN_FAILED);
            assertThat(message.fingerprint()).isEqualTo(fingerprint);
            assertThat(message.toString()).doesNotContain(Misconduct.SECRET);
        });
        assertThat(stand.delivered).hasSize(1);
        broken.set(false);
        stand.pass(2_000);
        ask();
        assertThat(stand.types()).endsWith(Type.RECOVERED);
    }

    static Stream<Function<List<Backend>, List<Backend>>> selections() {
        return Stream.of(
                backends -> {
                    throw new IllegalStateException(Misconduct.SECRET);
                },
                backends -> {
                    throw new NoSuchMethodError(Misconduct.SECRET);
                },
                backends -> null,
                backends -> Arrays.asList(backends.get(0), null),
                backends -> List.of(Backend.of("default", "http://evil")),
                backends -> List.of(Backend.of("other", "http://a")));
    }

    @ParameterizedTest
    @MethodSource("selections")
    void aSelectorThatSelectsNothingUsable(Function<List<Backend>, List<Backend>> selection) {
        stand.builder.backends(BackendGroup.of("default", "http://a", "http://b")
                .selector((request, statuses) -> {
                    List<Backend> all =
                            statuses.stream().map(BackendStatus::backend).toList();
                    return broken.get() ? selection.apply(all) : all;
                }));
        for (int i = 0; i < 5; i++) {
            assertThat(ask().status()).isEqualTo(200);
        }
        assertThat(stand.backends.requests())
                .allSatisfy(sent -> assertThat(sent.backend().id()).isIn("http://a", "http://b"));
        assertToldAndRecovered("plugin-failed:selector of group 'default'");
    }

    @Test
    void aSelectorThatSelectsNobodyOrKeepsItsList() {
        List<Backend> kept = new ArrayList<>();
        stand.builder.backends(BackendGroup.of("default", "http://a").selector((request, statuses) -> kept));
        assertThat(ask().status()).isEqualTo(200);
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void aSelectorThatCannotLearn() {
        stand.builder.backends(BackendGroup.of("default", "http://a").selector(new BackendSelector() {
            @Override
            public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
                return List.of();
            }

            @Override
            public void onOutcome(AttemptOutcome outcome) {
                if (broken.get()) {
                    throw new IllegalStateException(Misconduct.SECRET);
                }
            }
        }));
        assertThat(ask().status()).isEqualTo(200);
        assertToldAndRecovered("plugin-failed:selector of group 'default'");
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "THROWS_AN_ERROR", "THROWS_UNDECLARED", "RETURNS_NULL"})
    void anAcceptor(Misconduct misconduct) {
        stand.route(everything().accept((request, response) -> {
            if (broken.get()) {
                misconduct.stage(() -> "", new Misconduct.Late());
                return null;
            }
            return ResponseAcceptor.Verdict.ACCEPTED;
        }));
        for (int i = 0; i < 5; i++) {
            assertThat(ask().status()).isEqualTo(404);
        }
        assertThat(stand.types()).contains(Type.PLUGIN_FAILED, Type.BACKENDS_DOWN);
        stand.clock.runDue();
        assertThat(stand.delivered)
                .extracting(DevMessage::fingerprint)
                .containsExactlyInAnyOrder("plugin-failed:response acceptor of route '/**'", "backends:default");
        broken.set(false);
        stand.pass(2_000);
        assertThat(ask().status()).isEqualTo(200);
        assertThat(stand.types().stream().filter(Type.RECOVERED::equals)).hasSize(2);
    }

    @Test
    void anAcceptorThatCannotSayWhetherItNeedsContent() {
        stand.route(everything().accept(new ResponseAcceptor() {
            @Override
            public Verdict judge(GatewayRequest request, GatewayResponse response) {
                return Verdict.ACCEPTED;
            }

            @Override
            public boolean needsBody() {
                throw new IllegalStateException(Misconduct.SECRET);
            }
        }));
        assertThat(ask().status()).isEqualTo(200);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void anObserver() {
        stand.builder.observer(new GatewayObserver() {
            @Override
            public void onRequest(RequestRecord request) {
                throw new IllegalStateException(Misconduct.SECRET);
            }

            @Override
            public void onAttempt(AttemptOutcome outcome) {
                throw new NoSuchMethodError(Misconduct.SECRET);
            }

            @Override
            public void onMessage(DevMessage message) {
                throw new IllegalStateException(Misconduct.SECRET);
            }
        });
        stand.builder.observer(stand); // comes after it
        assertThat(ask().status()).isEqualTo(200);
        stand.all(Script.answers(500, "broken"));
        assertThat(ask().status()).isEqualTo(404);
        assertThat(stand.records).hasSize(4);
        assertThat(stand.messages).hasSize(2);
        stand.clock.runDue();
        assertThat(stand.delivered).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aNotifier(Misconduct misconduct) {
        stand.all(Script.answers(500, "broken"));
        stand.builder.notifier(message -> misconduct.stage(() -> null, new Misconduct.Late()));
        for (int i = 0; i < 5; i++) {
            assertThat(ask().status()).isEqualTo(404);
        }
        stand.pass(Duration.ofHours(1).toMillis());
        assertThat(stand.records).hasSize(5);
        stand.gateway().close();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "COMPLETES_LATE")
    void aClientsReply(Misconduct misconduct) {
        assertFailsInTime(misconduct, request -> new BackendClient.Call() {
            @Override
            public void start(Executor executor) {}

            @Override
            public CompletionStage<BackendClient.Reply> reply() {
                return misconduct.stage(() -> null, new Misconduct.Late());
            }

            @Override
            public void cancel() {
                throw new IllegalStateException(Misconduct.SECRET);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "THROWS_AN_ERROR", "THROWS_UNDECLARED", "RETURNS_NULL"})
    void aClientsCall(Misconduct misconduct) {
        assertFailsInTime(misconduct, request -> {
            misconduct.stage(() -> "", new Misconduct.Late());
            return null;
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "THROWS_AN_ERROR", "THROWS_UNDECLARED"})
    void aClientsStart(Misconduct misconduct) {
        assertFailsInTime(misconduct, request -> new BackendClient.Call() {
            @Override
            public void start(Executor executor) {
                misconduct.stage(() -> "", new Misconduct.Late());
            }

            @Override
            public CompletionStage<BackendClient.Reply> reply() {
                return new CompletableFuture<>();
            }

            @Override
            public void cancel() {}
        });
    }

    private void assertFailsInTime(
            Misconduct misconduct, Function<BackendClient.BackendRequest, BackendClient.Call> calls) {
        stand.route(everything().timeout(Duration.ofMillis(500)).onFailure(FailurePolicy.BY_CAUSE));
        stand.builder.client(new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                return calls.apply(request);
            }

            @Override
            public void close() {}
        });
        var answer = stand.ask("/a");
        stand.pass(500);
        GatewayResponse response = Stand.now(answer);
        assertThat(response.status()).isEqualTo(misconduct.takesTime() ? 504 : 502);
        assertThat(Stand.wire(response)).doesNotContain(Misconduct.SECRET);
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN);
        assertThat(stand.messages.toString()).doesNotContain(Misconduct.SECRET);
        assertThat(stand.records).hasSize(1);
    }
}
