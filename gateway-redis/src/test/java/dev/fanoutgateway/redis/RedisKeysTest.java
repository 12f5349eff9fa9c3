package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisKeysTest {
    private static RedisProcess redis;
    private static RedisStore store;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        store = RedisProcess.connected(
                RedisStore.builder().timeout(Duration.ofSeconds(5)).connect(redis.uri()));
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @Test
    void aKeyLetsItsCallerInUntilItIsRemoved() {
        Caller caller = new Caller("demo", "basic", Map.of("team", "blau ü"));
        assertThat(authenticate("demo-key")).isEmpty();
        RateLimiterContract.await(store.keys().put("demo-key", caller));
        assertThat(authenticate("demo-key")).contains(caller);
        RateLimiterContract.await(store.keys().put("demo-key", new Caller("demo", "gold")));
        assertThat(authenticate("demo-key")).contains(new Caller("demo", "gold"));
        assertThat(RateLimiterContract.await(store.keys().remove("demo-key"))).isTrue();
        assertThat(RateLimiterContract.await(store.keys().remove("demo-key"))).isFalse();
        assertThat(authenticate("demo-key")).isEmpty();
    }

    @Test
    void anExpiredKeyIsUnknown() {
        Instant now = Instant.now();
        RateLimiterContract.await(store.keys().put("late", new Caller("a", "b"), now.plusSeconds(600)));
        assertThat(authenticate("late")).isPresent();
        RateLimiterContract.await(store.keys().put("late", new Caller("a", "b"), now.minusSeconds(1)));
        assertThat(authenticate("late")).isEmpty();
        write("late-by-hand", Map.of("id", "a", "plan", "b", "expires", Long.toString(now.toEpochMilli() - 1)));
        assertThat(authenticate("late-by-hand")).isEmpty();
    }

    @Test
    void theKeyItselfIsNeverStored() {
        redis.ask(commands -> commands.flushall());
        RateLimiterContract.await(store.keys().put("very-secret", new Caller("a", "b")));
        List<String> names = redis.ask(commands -> commands.keys("*"));
        assertThat(names).containsExactly(nameOf("very-secret"));
        assertThat(redis.<Map<String, String>>ask(commands -> commands.hgetall(names.get(0))))
                .isEqualTo(Map.of("id", "a", "plan", "b"));
    }

    @Test
    void anIncompleteEntryIsAFailureAndNotAnUnknownKey() {
        for (Map<String, String> fields :
                List.of(Map.of("id", "a"), Map.of("plan", "b"), Map.of("id", "", "plan", "b"), Map.of("x", "y"))) {
            write("broken", fields);
            assertThatThrownBy(() -> authenticate("broken")).hasMessageContaining("with a key in Redis, found none");
        }
        write("broken", Map.of("id", "a", "plan", "b", "expires", "tomorrow"));
        assertThatThrownBy(() -> authenticate("broken")).hasMessageContaining("expected milliseconds");
        redis.ask(commands -> commands.set(nameOf("broken"), "text"));
        assertThatThrownBy(() -> authenticate("broken")).hasMessageContaining("WRONGTYPE");
    }

    @Test
    void theDevelopersAreToldWhatIsWrongAndNotWithWhich() {
        redis.ask(commands -> commands.del(nameOf("my-key")) + commands.rpush(nameOf("my-key"), "my-text"));
        List<DevMessage> messages = new CopyOnWriteArrayList<>();
        try (FanoutGateway gateway = Gateway.builder()
                .backends("http://127.0.0.1:1")
                .authenticator(store.keys())
                .pluginTimeout(Duration.ofSeconds(30))
                .observer(new GatewayObserver() {
                    @Override
                    public void onMessage(DevMessage message) {
                        messages.add(message);
                    }
                })
                .build()) {
            GatewayRequest request = GatewayRequest.get("/x").header("X-API-Key", "my-key");
            assertThat(gateway.handle(request).join().status()).isEqualTo(503);
        }
        assertThat(messages).hasSize(1);
        assertThat(messages.get(0).details())
                .containsExactly("key lookup failed, Redis at 127.0.0.1:" + redis.port() + " answered WRONGTYPE");
    }

    private static void write(String key, Map<String, String> fields) {
        redis.ask(commands -> commands.del(nameOf(key)));
        redis.ask(commands -> commands.hset(nameOf(key), fields));
    }

    private static String nameOf(String key) {
        return "fg:key:" + HexFormat.of().formatHex(KeyCredential.sha256Of(key));
    }

    private static Optional<Caller> authenticate(String key) {
        return RateLimiterContract.await(
                store.keys().authenticate(new KeyCredential(KeyCredential.Source.HEADER, key)));
    }
}
