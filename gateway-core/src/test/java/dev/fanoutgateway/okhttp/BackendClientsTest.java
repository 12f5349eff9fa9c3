package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;

class BackendClientsTest {
    @Test
    void eachBackendKeepsItsOwnConnections() throws Exception {
        try (MockWebServer first = new MockWebServer();
                MockWebServer second = new MockWebServer();
                OkHttpBackendClient client =
                        OkHttpBackendClient.builder().maxIdleConnections(1).build()) {
            for (MockWebServer server : List.of(first, second)) {
                server.start();
                server.enqueue(new MockResponse.Builder().body("1").build());
                server.enqueue(new MockResponse.Builder().body("2").build());
            }
            for (int i = 0; i < 2; i++) {
                for (MockWebServer server : List.of(first, second)) {
                    Calls.response(Calls.call(client, "http://127.0.0.1:" + server.getPort(), GatewayRequest.get("/")));
                }
            }

            assertThat(client.connectionCount()).as("one for each").isEqualTo(2);
            for (MockWebServer server : List.of(first, second)) {
                assertThat(server.takeRequest().getConnectionIndex()).isZero();
                assertThat(server.takeRequest().getExchangeIndex())
                        .as("the second on the connection of the first")
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void whereNoneAreKeptEachCallHasItsOwn() throws Exception {
        try (MockWebServer server = new MockWebServer();
                OkHttpBackendClient client =
                        OkHttpBackendClient.builder().maxIdleConnections(0).build()) {
            server.start();
            server.enqueue(new MockResponse.Builder().body("1").build());
            Calls.response(Calls.call(client, "http://127.0.0.1:" + server.getPort(), GatewayRequest.get("/")));

            assertThat(client.connectionCount()).isZero();
        }
    }
}
