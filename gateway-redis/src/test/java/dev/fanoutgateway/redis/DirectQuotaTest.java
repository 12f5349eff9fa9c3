package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.QuotaContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract of quotas, on a real Redis, by connections of the calling threads' own. */
class DirectQuotaTest extends QuotaContract {
    private static RedisProcess redis;
    private static RedisStore store;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        store = Directly.connected(RedisProcess.connected(
                RedisStore.builder().timeout(Duration.ofSeconds(5)).connect(redis.uri())));
    }

    @AfterAll
    static void stop() {
        assertThat(store.link().directConnections()).isPositive();
        store.close();
        assertThat(store.link().directConnections()).isZero();
        redis.close();
    }

    @Override
    protected RateLimiter limiter(FakeClock clock) {
        return new Directly(new RedisRateLimiter(store.link(), "fg:", clock));
    }
}
