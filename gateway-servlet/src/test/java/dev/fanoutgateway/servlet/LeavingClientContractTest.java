package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.spi.Quota;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client that leaves while a backend is asked for it: the attempt is cut where the container can tell, and its credits are
 * settled once.
 */
class LeavingClientContractTest extends FilterContract {
    private static final String KEY = "demo-key-0123456789";
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountingLimiter credits = new CountingLimiter();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsWatchedIsSettledOnce(boolean blocking) throws Exception {
        HandWatch watch = new HandWatch();
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            startAt("http://127.0.0.1:" + watchful.port(), blocking, watch);
            try (RawClient raw = ask()) {
                watchful.awaitAsked();
                assertThat(credits.reserved()).isOne();
                raw.reset();
                watch.tell();
                watchful.awaitLeft();
            }
        }
        assertSettledOnce();
    }

    @Test
    @DisabledIfSystemProperty(
            named = "container",
            matches = "undertow",
            disabledReason = "Undertow does not tell an asynchronous request that its stream was reset")
    void whoResetsAStreamIsSettledOnce() throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            startAt("http://127.0.0.1:" + watchful.port(), false, null);
            Call call = client.newCall(new Request.Builder()
                    .url(container.url("/api/a"))
                    .header("X-API-Key", KEY)
                    .build());
            call.enqueue(new Ignoring());
            watchful.awaitAsked();
            app.seen.take(); // Jetty forgets a reset that comes while the request is still on its way in
            call.cancel();
            watchful.awaitLeft();
        } finally {
            client.connectionPool().evictAll();
            client.dispatcher().executorService().shutdown();
        }
        assertSettledOnce();
    }

    /** Nobody notices before the answer is written: the attempt goes on to its end. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsNotWatchedIsSettledOnce(boolean blocking) throws Exception {
        backend.enqueue(new MockResponse.Builder()
                .headersDelay(300, TimeUnit.MILLISECONDS)
                .body("x".repeat(1 << 20))
                .build());
        startAt(backend.url("/").toString(), blocking, null);
        try (RawClient raw = ask()) {
            assertThat(backend.takeRequest(30, TimeUnit.SECONDS)).isNotNull();
            raw.reset();
        }
        assertSettledOnce();
    }

    private RawClient ask() throws IOException {
        return RawClient.connect(container.port()).head("GET /api/a HTTP/1.1", "Host: a", "X-API-Key: " + KEY);
    }

    private void startAt(String url, boolean blocking, @Nullable HandWatch watch) {
        gateway = Gateway.builder()
                .backends(url)
                .route(Route.path("/api/**").cache(CachePolicy.off()).build())
                .plan(Plan.of("basic").quota(Quota.perDay(10)))
                .key("demo", KEY, "basic")
                .rateLimiter(credits)
                .build();
        app = new HostApp(new GatewayFilter(gateway).blocking(blocking));
        container = Container.start(watch == null ? app : app.watching(watch));
    }

    private void assertSettledOnce() {
        await().atMost(LONG).until(() -> credits.reserved() == 0);
        container.close(); // what would settle once more has ended
        gateway.close();
        assertThat(credits.settled()).isOne();
    }
}
