package dev.fanoutgateway.redis;

import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ResponseCacheContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract of caches, on a real Redis, in real time. */
class RedisResponseCacheContractTest extends ResponseCacheContract {
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

    @BeforeEach
    void empty() {
        redis.ask(commands -> commands.flushall());
    }

    @Override
    protected ResponseCache cache() {
        return store.responseCache();
    }

    @Override
    protected long nowMillis() {
        return System.currentTimeMillis();
    }

    @Override
    protected void elapse(Duration by) {
        long end = System.currentTimeMillis() + by.toMillis() + 1;
        await().atMost(Duration.ofSeconds(10)).until(() -> System.currentTimeMillis() > end);
    }
}
