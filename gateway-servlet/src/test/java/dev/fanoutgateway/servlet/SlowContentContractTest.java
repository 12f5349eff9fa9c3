package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Content that comes slowly, or not at all, in a container that can be asked to call when it comes: Jetty. */
class SlowContentContractTest extends FilterContract {
    /** More of them than any of these containers has threads. */
    @Test
    void clientsWhoseContentTricklesHoldNoThread() throws Exception {
        start(false);
        backend.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                ByteString content = request.getBody();
                return json("{\"got\": \"" + (content == null ? "" : content.utf8()) + "\"}");
            }
        });
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 250; i++) {
                RawClient raw = RawClient.connect(container.port());
                slow.add(raw);
                raw.socket().setSoTimeout(50_000);
                raw.head("POST /api/slow" + i + " HTTP/1.1", "Host: a", "Content-Length: 6")
                        .text("a");
            }
            assertThat(send(request("/elsewhere")).body()).startsWith("host:");
            assertThat(send(request("/api/quick").POST(BodyPublishers.ofString("abc")))
                            .body())
                    .contains("\"abc\"");
            for (RawClient raw : slow) {
                raw.text("bc");
            }
            for (RawClient raw : slow) { // one after the other: the backend here takes few connections at once
                raw.text("def");
                assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 200").contains("\"abcdef\"");
            }
            slow.get(0).head("GET /api/again HTTP/1.1", "Host: a");
            assertThat(slow.get(0).readUntil("}")).as("the connection goes on").startsWith("HTTP/1.1 200");
        } finally {
            for (RawClient raw : slow) {
                raw.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"POST, 10", "POST, 100000", "OPTIONS, 10"})
    void aClientThatFallsSilentIsAnsweredWhenItsTimeIsUp(String method, int length) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").timeout(Duration.ofMillis(300)).build())
                .build();
        start(new GatewayFilter(gateway));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.socket().setSoTimeout(25_000); // containers give up later
            raw.head(method + " /api/orders HTTP/1.1", "Host: a", "Content-Length: " + length)
                    .text("abc");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 408");
        }
        assertThat(send(request("/elsewhere")).body()).startsWith("host:");
    }
}
