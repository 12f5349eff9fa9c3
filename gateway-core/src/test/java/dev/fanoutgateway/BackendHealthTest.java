package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.fanout.Selectors;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a group of backends is watched, from the builder to what the caller gets. */
class BackendHealthTest {
    private static final String[] URLS = {"http://a", "http://b", "http://c"};

    private final Stand stand = new Stand()
            .route(Stand.everything().strategy(FanoutStrategy.failover()).cache(CachePolicy.off()))
            .on("b", Script.ok("b"))
            .on("c", Script.ok("c"));

    @Test
    void aFailingBackendIsLeftAloneAndTheDevelopersAreTold() {
        stand.on("a", Script.answers(503, "busy"));
        for (int i = 0; i < 100; i++) {
            assertThat(stand.answer("/" + i).status()).isEqualTo(200);
        }
        assertThat(launches("a")).isEqualTo(5);
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED);
        assertThat(stand.lastRecord().attempts())
                .extracting(AttemptOutcome::describe)
                .containsExactly("http://b WON 200 after 0 ms");

        stand.on("a", Script.ok("a"));
        stand.pass(10_000);
        assertThat(stand.answer("/again").body().utf8()).isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
        stand.clock.runDue();
        assertThat(stand.delivered).extracting(DevMessage::title).allMatch(title -> title.contains("http://a"));
    }

    @Test
    void ejectionsCanBeSwitchedOff() {
        stand.builder.backends(BackendGroup.of("default", URLS).eject(Ejection.off()));
        stand.on("a", Script.answers(503, "busy"));
        for (int i = 0; i < 8; i++) {
            stand.answer("/" + i);
        }
        assertThat(launches("a")).isEqualTo(8);
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void withoutRoomTheNextIsAskedAtOnceAndTheRecordSaysSo() {
        stand.builder.backends(BackendGroup.of("default", URLS).maxConcurrent(1));
        stand.on("a", Script.hangs());
        CompletableFuture<GatewayResponse> stuck = stand.ask("/stuck");

        assertThat(stand.answer("/next").body().utf8()).isEqualTo("b");

        assertThat(stand.lastRecord().attempts())
                .extracting(AttemptOutcome::describe)
                .containsExactly("http://a UNREACHABLE after 0 ms: no room", "http://b WON 200 after 0 ms");
        assertThat(stuck).isNotDone();
        stuck.cancel(true);
    }

    @Test
    void healthChecksFindOutBeforeAnyRequestDoes() {
        stand.builder.backends(BackendGroup.of("default", URLS)
                .header("X-Internal-Token", "secret")
                .health(Health.path("/health")));
        stand.on("a", Script.answers(500, "sick"));
        stand.gateway();
        stand.pass(30_000);
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED);
        assertThat(stand.backends.requests())
                .allMatch(request -> request.request().target().equals("/health"))
                .allMatch(request ->
                        request.request().headers().first("X-Internal-Token").isPresent());
        long checks = launches("a");

        assertThat(stand.answer("/x").body().utf8()).isEqualTo("b");

        assertThat(launches("a")).isEqualTo(checks);
        assertThat(stand.attempts).hasSize(1);
    }

    @Test
    void closingTheGatewayEndsTheChecks() {
        stand.builder.backends(BackendGroup.of("default", URLS).health(Health.path("/health")));
        stand.on("a", Script.ok("up"));
        stand.gateway();
        stand.pass(20_000);
        long checks = launches("a");
        assertThat(checks).isBetween(3L, 5L);
        stand.gateway().close();
        stand.pass(60_000);
        assertThat(launches("a")).isEqualTo(checks);
    }

    @Test
    void aSelectorIsToldWhatWasWantedAndWhatCameOfIt() {
        List<String> told = new ArrayList<>();
        stand.builder.backends(BackendGroup.of("default", URLS).selector(new BackendSelector() {
            @Override
            public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
                throw new AssertionError("the other one is called");
            }

            @Override
            public List<Backend> plan(Demand demand, List<BackendStatus> backends) {
                told.add("plan " + demand.route() + " " + demand.request() + " "
                        + demand.caller().map(caller -> caller.id()).orElse("-"));
                return backends.stream().map(BackendStatus::backend).toList();
            }

            @Override
            public void onOutcome(Demand demand, AttemptOutcome outcome) {
                told.add(demand.request() + " " + outcome.backend().id() + " " + outcome.result());
            }
        }));
        stand.builder.key("me", "my-key", "basic").plan(Plan.of("basic"));
        stand.on("a", Script.answers(404, ""));

        stand.answer(Stand.keyed("/x?api=1", "my-key"));

        assertThat(told).containsExactly("plan /** GET /x me", "GET /x http://a ABSENT", "GET /x http://b WON");
    }

    @Test
    void anAbsenceThatAnEjectedBackendMightDisproveIsNotStored() {
        stand.builder.route(Route.path("/**").build());
        Stand other = new Stand()
                .route(Stand.everything()
                        .strategy(FanoutStrategy.failover())
                        .cache(CachePolicy.standard().absentTtl(Duration.ofMinutes(1))));
        other.on("a", Script.answers(503, "")).on("b", Script.answers(404, "")).on("c", Script.answers(404, ""));
        for (int i = 0; i < 5; i++) {
            other.answer("/" + i);
        }
        assertThat(other.answer("/x").status()).isEqualTo(404);
        assertThat(other.lastRecord().attempts())
                .extracting(AttemptOutcome::detail)
                .contains(AttemptOutcome.EJECTED);
        other.all(Script.ok("there"));
        other.pass(10_000);
        assertThat(other.answer("/x").status()).isEqualTo(200);
    }

    @Test
    void aGroupKeepsWhatItWasTold() {
        Backend far = Backend.of("g", "http://a").weight(3).zone("us-1");
        BackendGroup group = BackendGroup.of("g", List.of(far))
                .maxConcurrent(7)
                .eject(Ejection.afterFailures(2))
                .health(Health.path("/h"))
                .header("X-A", "1")
                .selector(Selectors.fastest());
        assertThat(group.backends()).containsExactly(far);
        assertThat(group.maxConcurrent()).isEqualTo(7);
        assertThat(group.ejection().afterFailures()).isEqualTo(2);
        assertThat(group.health()).isEqualTo(Health.path("/h"));
        assertThat(group.headers().first("X-A")).contains("1");
        assertThat(group.selector()).hasToString("fastest");
        BackendGroup usual = new BackendGroup("g", List.of(far), Headers.empty(), Selectors.listed());
        assertThat(usual.maxConcurrent()).isEqualTo(256);
        assertThat(usual.ejection()).isEqualTo(Ejection.standard());
        assertThat(usual.health()).isNull();
        assertThatThrownBy(() -> usual.maxConcurrent(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> usual.maxConcurrent(1_000_001)).hasMessageContaining("got 1000001");
        assertThatThrownBy(() -> far.weight(0)).hasMessageContaining("got 0");
        assertThatThrownBy(() -> far.weight(1_001)).hasMessageContaining("got 1001");
        assertThat(far.weight()).isEqualTo(3);
        assertThat(far.zone()).isEqualTo("us-1");
        assertThat(Backend.of("g", "http://a")).isEqualTo(new Backend("g", "http://a", far.base()));
    }

    private long launches(String host) {
        return Stand.launches(stand.backends).stream().filter(host::equals).count();
    }
}
