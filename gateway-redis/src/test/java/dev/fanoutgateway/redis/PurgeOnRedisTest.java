package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Purge;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two gateways on one Redis, memory before it: what one purges neither serves. */
@Timeout(120)
class PurgeOnRedisTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final AtomicInteger version = new AtomicInteger(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final RedisProcess redis = new RedisProcess().start();
    private final List<RedisStore> stores = new ArrayList<>();
    private HttpServer backend;
    private FanoutGateway one;
    private FanoutGateway other;

    @BeforeEach
    void start() throws Exception {
        backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        backend.createContext("/", exchange -> {
            calls.incrementAndGet();
            byte[] body = ("v" + version.get()).getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Cache-Tag", "prices");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        backend.start();
        one = gateway();
        other = gateway();
    }

    @AfterEach
    void stop() {
        one.close();
        other.close();
        stores.forEach(RedisStore::close);
        redis.close();
        backend.stop(0);
    }

    private FanoutGateway gateway() {
        RedisStore store = RedisProcess.connected(
                RedisStore.builder().timeout(Duration.ofSeconds(5)).connect(redis.uri()));
        stores.add(store);
        return Gateway.builder()
                .backends("http://127.0.0.1:" + backend.getAddress().getPort())
                .cache(store.responseCache())
                .memoryBeforeCache(Duration.ofMinutes(10))
                .purges(store.purges())
                .pluginTimeout(Duration.ofSeconds(11))
                .build();
    }

    private static String body(FanoutGateway gateway) {
        return gateway.handle(GatewayRequest.get("/prices?a")).join().body().utf8();
    }

    private static void awaitBody(FanoutGateway gateway, String expected) {
        await().atMost(PATIENCE).until(() -> body(gateway).equals(expected));
    }

    @Test
    void everyWayToNameItEndsItEverywhere() {
        for (Purge purge : List.of(
                Purge.target("/prices?a"),
                Purge.prefix("/prices"),
                Purge.tag("prices"),
                Purge.all(),
                Purge.target("/prices?a").softly(),
                Purge.prefix("/prices").softly(),
                Purge.tag("prices").softly(),
                Purge.all().softly())) {
            String before = "v" + version.get();
            awaitBody(one, before);
            awaitBody(other, before);
            String after = "v" + version.incrementAndGet();
            assertThat(body(one)).isEqualTo(before);
            assertThat(body(other)).isEqualTo(before);
            one.purge(purge).join();
            assertThat(body(one)).isEqualTo(after);
            awaitBody(other, after);
        }
    }

    @Test
    void aGatewayThatStartsLaterServesNothingPurged() {
        awaitBody(one, "v1");
        await().atMost(PATIENCE)
                .until(() -> redis.ask(commands -> commands.keys("fg:cache:*")).size() == 1);
        version.set(2);
        one.purge(Purge.tag("prices")).join();
        FanoutGateway third = gateway();
        try {
            assertThat(body(third)).isEqualTo("v2");
        } finally {
            third.close();
        }
    }

    @Test
    void aPurgeWhileRedisIsAwayHoldsHereAndItsFailureIsSaid() {
        awaitBody(one, "v1");
        redis.kill();
        version.set(2);
        CompletableFuture<?> published = one.purge(Purge.all());
        assertThat(published
                        .handle((nothing, failure) -> String.valueOf(failure))
                        .join())
                .contains("publish-purge failed");
        assertThat(body(one)).isEqualTo("v2");
        redis.start();
        awaitBody(one, "v2");
    }

    /** Whoever asks after a purge is done is never given what was there before it, however many ask meanwhile. */
    @Test
    void underLoadNothingFromBeforeAPurgeIsServedAfterIt() throws Exception {
        List<Purge> ways =
                List.of(Purge.target("/prices?a"), Purge.prefix("/prices"), Purge.tag("prices"), Purge.all());
        AtomicInteger purged = new AtomicInteger(1);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        ExecutorService readers = Executors.newFixedThreadPool(4);
        List<CompletableFuture<Void>> reading = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reading.add(CompletableFuture.runAsync(
                    () -> {
                        while (!over.get()) {
                            int least = purged.get();
                            assertThat(Integer.parseInt(body(one).substring(1))).isGreaterThanOrEqualTo(least);
                            answered.incrementAndGet();
                        }
                    },
                    readers));
        }
        try {
            for (int i = 0; i < 200; i++) {
                int next = version.incrementAndGet();
                one.purge(ways.get(i % ways.size())).join();
                purged.set(next);
                int before = answered.get();
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .atMost(PATIENCE)
                        .until(() -> answered.get() > before + next % 7
                                || reading.stream().anyMatch(CompletableFuture::isDone));
            }
        } finally {
            over.set(true);
            readers.shutdown();
        }
        for (CompletableFuture<Void> reader : reading) {
            reader.join();
        }
        awaitBody(other, "v" + version.get());
    }

    @Test
    void fiveHundredRequestsForWhatWasPurgedAreOneCall() {
        awaitBody(one, "v1");
        calls.set(0);
        version.set(2);
        one.purge(Purge.target("/prices?a")).join();
        List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            answers.add(one.handle(GatewayRequest.get("/prices?a")));
        }
        answers.forEach(answer -> assertThat(answer.join().body().utf8()).isEqualTo("v2"));
        assertThat(calls).hasValue(1);
    }
}
