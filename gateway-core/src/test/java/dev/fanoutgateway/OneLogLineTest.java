package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One event is one line of the log, whatever is put into it from outside. */
class OneLogLineTest {
    private static final String EVIL = "x\r\n2026 ERROR forged\u001b[2K\u0007\u0085\u2028\u2029\u202e\0y";

    @Test
    void aCallersNameCannotBeginAnotherLine() {
        Stand stand = new Stand();
        stand.route(everything().auth(Auth.REQUIRED));
        stand.builder.authenticator(
                credential -> CompletableFuture.completedFuture(Optional.of(new Caller(EVIL, "any"))));
        stand.all(Script.fails(Failure.BROKEN));
        assertThat(stand.answer(GatewayRequest.get("/x").header("X-API-Key", "demo-key"))
                        .status())
                .isEqualTo(404);
        String text = stand.records.get(0).describe();
        assertThat(text)
                .contains(
                        "caller=x\\u000d\\u000a2026 ERROR forged\\u001b[2K\\u0007\\u0085\\u2028\\u2029\\u202e\\u0000y")
                .matches("[ -~]+");
    }
}
