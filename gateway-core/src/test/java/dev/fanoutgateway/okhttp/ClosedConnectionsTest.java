package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that a backend closes: while nobody uses them, and instead of an answer. */
@Timeout(60)
class ClosedConnectionsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final OkHttpBackendClient client = OkHttpBackendClient.create();

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aConnectionThatWasClosedMeanwhileIsNotUsed(String method) throws Exception {
        CountDownLatch[] closed = {new CountDownLatch(1)};
        try (RawServer server = new RawServer(peer -> {
            peer.request();
            peer.send(OK);
            peer.close();
            closed[0].countDown();
        })) {
            GatewayRequest request =
                    GatewayRequest.of(method, "/x").withBody(Body.utf8(method.equals("GET") ? "" : "content"));
            for (int i = 0; i < 20; i++) {
                closed[0] = new CountDownLatch(1);
                assertThat(Calls.response(Calls.call(client, Calls.to(server.url(), request)))
                                .status())
                        .isEqualTo(200);
                assertThat(closed[0].await(20, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.requests()).hasSize(20);
        }
    }

    @Test
    void aBackendThatClosesInsteadOfAnsweringIsNotAskedEverythingTwice() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (RawServer server = new RawServer(peer -> {
            while (peer.request() != null) {
                if (requests.incrementAndGet() % 2 == 0) {
                    return; // on a connection that has served
                }
                peer.send(OK);
            }
        })) {
            for (int i = 0; i < 200; i++) {
                Reply reply = Calls.call(client, server.url(), GatewayRequest.get("/x"));
                assertThat(reply).isNotNull();
            }
            assertThat(server.requests().size() - 200).isBetween(1, 5 + 2);
        }
    }
}
