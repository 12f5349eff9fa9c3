package dev.fanoutgateway.signing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okio.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is signed is what stands on the wire, whatever the client that sends it would make of it. */
class SignedOnTheWireTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    @StartStop
    private final MockWebServer backend = new MockWebServer();

    private final SignatureVerifier verifier =
            new SignatureVerifier(Map.of("k1", SECRET.getBytes(StandardCharsets.UTF_8)), Set.of("x-caller-id"), 60);

    private FanoutGateway gateway;

    @BeforeEach
    void start() {
        gateway = Gateway.builder()
                .backends(BackendGroup.of("default", backend.url("/base").toString())
                        .header("X-Caller-Id", "the-gateway")
                        .sign(RequestSigning.hmac("k1", SECRET).covering("X-Caller-Id")))
                .route(Route.path("/**").cache(CachePolicy.off()).build())
                .build();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/p",
                "/p?",
                "/p?a=b&&c",
                "/a%20b?x=%27",
                "/p?q=it's&r=\"<>\"",
                "/p?!$&'()*+,;=:@/?-._~%zz%[]{}|\\^`",
                "/!$&'()*+,=:@-._~x",
                "/zurich?q=%E2%82%AC%F0%9F%98%80",
            })
    void targets(String target) throws Exception {
        assertThat(sent(GatewayRequest.get(target))).isTrue();
    }

    @Test
    void everyCharacterThatAQueryMayHave() throws Exception {
        StringBuilder query = new StringBuilder("/p?");
        for (char c = '!'; c <= '~'; c++) {
            if (c != '#') {
                query.append(c);
            }
        }
        assertThat(sent(GatewayRequest.get(query.toString()))).isTrue();
    }

    @Test
    void contentAndMethods() throws Exception {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            assertThat(sent(GatewayRequest.of(method, "/p").withBody(Body.utf8("content"))))
                    .as(method)
                    .isTrue();
            assertThat(sent(GatewayRequest.of(method, "/p"))).as(method).isTrue();
        }
        assertThat(sent(GatewayRequest.of("OPTIONS", "/p"))).isTrue();
        assertThat(sent(GatewayRequest.of("HEAD", "/p"))).isTrue();
    }

    private boolean sent(GatewayRequest request) throws Exception {
        backend.enqueue(new MockResponse.Builder().build());
        assertThat(gateway.handle(request).get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        RecordedRequest received = backend.takeRequest();
        String target = received.getTarget();
        int mark = target.indexOf('?');
        ByteString content = received.getBody();
        return verifier.accepts(
                received.getMethod(),
                String.valueOf(received.getHeaders().get("Host")),
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? null : target.substring(mark + 1),
                received.getHeaders()::values,
                content == null ? new byte[0] : content.toByteArray(),
                System.currentTimeMillis() / 1_000);
    }
}
