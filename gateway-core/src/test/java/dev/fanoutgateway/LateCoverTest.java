package dev.fanoutgateway;

import static dev.fanoutgateway.RevalidationTest.response;
import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A store that was too slow to say what it has, and is asked again once the backends have failed. */
class LateCoverTest {
    private final SlowCache store = new SlowCache();
    private final Stand stand = new Stand();

    LateCoverTest() {
        stand.builder.cache(store).pluginTimeout(Duration.ofMillis(50));
        stand.route(everything().strategy(FanoutStrategy.single()).accept(Acceptors.any()));
    }

    private void stored(Script then) {
        stand.all(response(200, "old", "Cache-Control", "max-age=1, stale-if-error=600"), then);
        CompletableFuture<GatewayResponse> first = stand.ask("/a");
        store.releaseLookups();
        stand.pass(2_000);
        assertThat(Stand.now(first).body().utf8()).isEqualTo("old");
    }

    @Test
    void coversAFailure() {
        stored(Script.fails(Failure.UNREACHABLE));
        CompletableFuture<GatewayResponse> answer = stand.ask("/a");
        stand.pass(51); // too late: a miss
        assertThat(answer).isNotDone();
        store.releaseLookups();
        stand.pass(0);
        assertThat(Stand.now(answer).body().utf8()).isEqualTo("old");
        assertThat(field(Stand.now(answer), "Cache-Status")).contains("ttl=-", "none-acceptable");
    }

    @Test
    void coversAWholeCrowdByOneQuestion() {
        stored(Script.answers(503, "down").in(5));
        List<CompletableFuture<GatewayResponse>> crowd =
                Stream.generate(() -> stand.ask("/a")).limit(50).toList();
        stand.pass(51);
        int before = store.lookups.size();
        stand.pass(5);
        assertThat(store.lookups).hasSize(before + 1);
        store.releaseLookups();
        stand.pass(0);
        assertThat(crowd)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("old"));
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void isNotWaitedForLongerThanAnyQuestion() {
        stored(Script.answers(503, "down"));
        CompletableFuture<GatewayResponse> answer = stand.ask("/a");
        stand.pass(51);
        stand.pass(51);
        assertThat(Stand.now(answer).status()).isEqualTo(503);
    }
}
