package dev.fanoutgateway.redis;

import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.caching.TieredResponseCache;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ResponseCacheContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** The contract of caches, for memory before a real Redis, in real time. */
class TieredOnRedisContractTest extends ResponseCacheContract {
    private static RedisProcess redis;
    private static RedisStore store;
    private TieredResponseCache cache;

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
        cache = new TieredResponseCache(64 << 20, Duration.ofSeconds(10), store.responseCache(), new RealClock());
    }

    @Override
    protected ResponseCache cache() {
        return cache;
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

    private record RealClock() implements GatewayClock {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            throw new UnsupportedOperationException("a cache schedules nothing");
        }
    }
}
