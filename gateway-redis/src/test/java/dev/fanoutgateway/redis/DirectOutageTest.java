package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.RateLimiter;

/** The same by connections of the calling threads' own. */
class DirectOutageTest extends RedisOutageTest {
    @Override
    RateLimiter limiter(RedisStore store) {
        return new Directly(super.limiter(store));
    }
}
