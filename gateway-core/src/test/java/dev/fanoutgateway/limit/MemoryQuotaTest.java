package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.QuotaContract;

class MemoryQuotaTest extends QuotaContract {
    @Override
    protected RateLimiter limiter(FakeClock clock) {
        return new MemoryRateLimiter(clock);
    }
}
