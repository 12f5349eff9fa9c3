package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Two replicas behind one name that nobody can look up, on one port at two loopback addresses. */
class GivenAddressTest {
    private final List<String> hosts = new CopyOnWriteArrayList<>();

    @Test
    void eachCallGoesToItsBackendsAddressUnderTheNameOfTheHost() throws Exception {
        HttpServer first = server("127.0.0.1", 0);
        int port = first.getAddress().getPort();
        HttpServer second = server("127.0.0.2", port);
        try (OkHttpBackendClient client = OkHttpBackendClient.create()) {
            Backend backend = Backend.of("g", "http://replicas.invalid:" + port + "/base");
            for (int i = 0; i < 3; i++) {
                for (String address : List.of("127.0.0.1", "127.0.0.2")) {
                    assertThat(ask(client, backend.at(InetAddress.getByName(address))))
                            .isEqualTo("/base/x at " + address);
                }
            }
            assertThat(hosts).hasSize(6).containsOnly("replicas.invalid:" + port);
            assertThat(client.connectionCount())
                    .as("kept, and each used for its own address")
                    .isEqualTo(2);
        } finally {
            first.stop(0);
            second.stop(0);
        }
    }

    private static String ask(OkHttpBackendClient client, Backend backend) {
        BackendRequest request = new BackendRequest(
                backend, GatewayRequest.get("/x"), Duration.ofSeconds(20).toNanos(), 1_000);
        return Calls.response(Calls.call(client, request)).body().utf8();
    }

    private HttpServer server(String address, int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 50);
        server.createContext("/", exchange -> {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            byte[] answer = (exchange.getRequestURI() + " at " + address).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        return server;
    }
}
