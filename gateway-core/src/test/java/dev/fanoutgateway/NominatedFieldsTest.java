package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.ScriptedBackends;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import org.junit.jupiter.api.Test;

/** What a client's {@code Connection} field names is gone before it could matter. */
class NominatedFieldsTest {
    private final FakeClock clock = new FakeClock();
    private final ScriptedBackends backends = new ScriptedBackends(clock);

    @Test
    void aClientCannotRemoveFieldsOfTheGroup() {
        backends.on("a", Script.ok("x"));
        try (FanoutGateway gateway = Gateway.builder()
                .backends(BackendGroup.of("default", "http://a").header("X-Internal-Token", "secret"))
                .client(backends)
                .clock(clock)
                .executor(Runnable::run)
                .build()) {
            gateway.handle(GatewayRequest.get("/x")
                            .header("Connection", "X-Internal-Token, X-Named")
                            .header("X-Named", "1"))
                    .join();

            Headers sent = backends.requests().get(0).request().headers();
            assertThat(sent.first("X-Internal-Token")).contains("secret");
            assertThat(sent.contains("X-Named")).isFalse();
            assertThat(sent.contains("Connection")).isFalse();
        }
    }

    @Test
    void aClientCannotHaveItsVariantStoredAsAnothers() {
        GatewayResponse plain = new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8("plain"));
        GatewayResponse german = new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8("german"));
        backends.on("a", Script.answers(plain), Script.answers(german));
        try (FanoutGateway gateway = Gateway.builder()
                .backends("http://a")
                .client(backends)
                .clock(clock)
                .executor(Runnable::run)
                .build()) {
            GatewayRequest wantsGerman = GatewayRequest.get("/x").header("Accept-Language", "de");
            gateway.handle(wantsGerman.header("Connection", "Accept-Language")).join();

            assertThat(gateway.handle(wantsGerman).join().body().utf8()).isEqualTo("german");
        }
    }
}
