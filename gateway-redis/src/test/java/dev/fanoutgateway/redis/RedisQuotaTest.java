package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.QuotaContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of quotas, on a real Redis, by the test's clock. */
class RedisQuotaTest extends QuotaContract {
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

    @Override
    protected RateLimiter limiter(FakeClock clock) {
        return new RedisRateLimiter(store.link(), "fg:", clock);
    }
}
