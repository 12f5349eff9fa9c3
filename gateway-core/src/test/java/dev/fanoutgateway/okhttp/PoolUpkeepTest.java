package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.BackendClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class PoolUpkeepTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void theOkHttpThatIsBuiltWithIsOneThatWasTried() {
        assertThat(OkHttpVersion.upkeepWasTriedWith(OkHttpVersion.found()))
                .as("OkHttp %s: are TaskRunner and ConnectionPool as PoolUpkeep knows them?", OkHttpVersion.found())
                .isTrue();
    }

    @Test
    void aConnectionThatWasIdleForLongEnoughIsClosedAndTheThreadEnds() throws Exception {
        try (MockWebServer server = new MockWebServer();
                OkHttpBackendClient client = OkHttpBackendClient.builder()
                        .idleTimeout(Duration.ofMillis(1500))
                        .build()) {
            server.start();
            call(server, client);

            await().atMost(LONG).until(() -> upkeep() == 1);
            await().atMost(LONG).until(() -> client.connectionCount() == 0);
            await().atMost(LONG).until(() -> upkeep() == 0);

            call(server, client);
            await().atMost(LONG).until(() -> upkeep() == 1);
        }
    }

    @Test
    void moreThanMayBeIdleAreClosed() throws Exception {
        try (MockWebServer server = new MockWebServer();
                OkHttpBackendClient client =
                        OkHttpBackendClient.builder().maxIdleConnections(1).build()) {
            server.start();
            List<CompletableFuture<BackendClient.Reply>> replies = new ArrayList<>();
            CountDownLatch both = new CountDownLatch(2);
            server.setDispatcher(new Dispatcher() {
                @Override
                public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                    both.countDown();
                    both.await();
                    return new MockResponse.Builder().body("answer").build();
                }
            });
            for (int i = 0; i < 2; i++) {
                BackendClient.Call call =
                        client.newCall(Calls.to("http://127.0.0.1:" + server.getPort(), GatewayRequest.get("/" + i)));
                call.start(task -> new Thread(task).start());
                replies.add(call.reply().toCompletableFuture());
            }
            for (var reply : replies) {
                Calls.response(reply.get(LONG.toSeconds(), TimeUnit.SECONDS));
            }

            await().atMost(LONG).until(() -> client.connectionCount() <= 1);
        }
    }

    @Test
    void anyOtherOkHttpKeepsItsOwnPool() {
        BackendClients clients = new BackendClients(new OkHttpClient(), 5, LONG);
        ConnectionPool pool = clients.pool("5.6.0");

        assertThat(pool.connectionCount()).isZero();
        assertThat(OkHttpVersion.upkeepWasTriedWith("5.6.0")).isFalse();
        assertThat(OkHttpVersion.upkeepWasTriedWith("5.50.1")).isFalse();
    }

    private static void call(MockWebServer server, OkHttpBackendClient client) throws Exception {
        server.enqueue(new MockResponse.Builder().body("answer").build());
        Calls.response(Calls.call(client, "http://127.0.0.1:" + server.getPort(), GatewayRequest.get("/")));
    }

    /** Threads of our own upkeep. OkHttp renames them while they wait; threads of its own have a class loader. */
    private static long upkeep() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(PoolUpkeep.NAME)
                        || thread.getName().startsWith("OkHttp ConnectionPool")
                                && thread.getContextClassLoader() == null)
                .count();
    }
}
