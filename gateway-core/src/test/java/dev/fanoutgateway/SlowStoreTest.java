package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A store elsewhere: its lookups and its storing take time, in which a flight may come and go. */
class SlowStoreTest {
    private final FakeClock clock = new FakeClock();
    private final SlowCache store = new SlowCache();
    private final ScriptedBackends backends = new ScriptedBackends(clock);
    private final FanoutGateway gateway = Gateway.builder()
            .backends("http://a")
            .client(backends)
            .cache(store)
            .clock(clock)
            .executor(Runnable::run)
            .build();

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void whoeverAskedTheStoreBeforeAFlightLandedSharesWhatItBrought() {
        backends.on("a", Script.ok("once").in(5), Script.ok("twice").in(5));
        CompletableFuture<GatewayResponse> first = gateway.handle(GatewayRequest.get("/x"));
        store.releaseLookups();
        clock.advance(Duration.ofMillis(1));
        CompletableFuture<GatewayResponse> late = gateway.handle(GatewayRequest.get("/x")); // a miss, as yet unanswered
        clock.advance(Duration.ofMillis(4));
        assertThat(first.join().body().utf8()).isEqualTo("once");
        store.stored.clear(); // still on its way
        store.releaseLookups();
        clock.runDue();

        assertThat(late.join().body().utf8()).isEqualTo("once");
        assertThat(late.join().headers().first("Cache-Status").orElse("")).contains("collapsed");
        assertThat(backends.requests()).hasSize(1);
    }

    @Test
    void whoeverAsksTheStoreLaterIsNotGivenWhatTheStoreNoLongerHas() {
        backends.on("a", Script.ok("once"), Script.ok("twice"));
        CompletableFuture<GatewayResponse> first = gateway.handle(GatewayRequest.get("/x"));
        store.releaseLookups();
        clock.runDue();
        assertThat(first.join().body().utf8()).isEqualTo("once");
        store.stored.clear();
        clock.advance(Duration.ofMillis(1));

        CompletableFuture<GatewayResponse> later = gateway.handle(GatewayRequest.get("/x"));
        store.releaseLookups();
        clock.runDue();

        assertThat(later.join().body().utf8()).isEqualTo("twice");
    }

    @Test
    void followersDoNotSeeWhatABackendSaidOfTheLeadersLimits() {
        backends.on(
                "a",
                Script.answers(new GatewayResponse(
                                200, Headers.of("X-RateLimit-Remaining", "7", "X-Kept", "1"), Body.utf8("x")))
                        .in(5));
        CompletableFuture<GatewayResponse> leader = gateway.handle(GatewayRequest.get("/x"));
        CompletableFuture<GatewayResponse> follower = gateway.handle(GatewayRequest.get("/x"));
        store.releaseLookups();
        clock.advance(Duration.ofMillis(5));

        assertThat(leader.join().headers().contains("X-RateLimit-Remaining")).isTrue();
        assertThat(follower.join().headers().contains("X-RateLimit-Remaining")).isFalse();
        assertThat(follower.join().headers().first("X-Kept")).contains("1");
    }
}
