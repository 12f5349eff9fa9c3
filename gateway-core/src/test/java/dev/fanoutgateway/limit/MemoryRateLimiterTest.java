package dev.fanoutgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryRateLimiterTest extends RateLimiterContract {
    @Override
    protected RateLimiter limiter(FakeClock clock) {
        return new MemoryRateLimiter(clock);
    }

    @Test
    void forgetsTheLeastUsefulSubjectsBeyondItsBound() {
        MemoryRateLimiter limiter = new MemoryRateLimiter(clock, 100);
        for (int i = 0; i < 10_000; i++) {
            await(limiter.tryAcquire(new Request("subject-" + i, List.of(Limit.perHour(5)), null, 1)));
        }
        assertThat(limiter.subjects()).isBetween(1L, 100L);
    }

    @Test
    void forgetsASubjectThatHasBeenIdleForItsLongestPeriodAndNotBefore() {
        MemoryRateLimiter limiter = new MemoryRateLimiter(clock);
        acquire(limiter, List.of(Limit.perSecond(5)));
        acquire(limiter, List.of(Limit.perSecond(5), Limit.perHour(5)));
        clock.advance(Duration.ofMinutes(59));
        assertThat(limiter.subjects()).isEqualTo(1);
        clock.advance(Duration.ofMinutes(2));
        assertThat(limiter.subjects()).isZero();
    }

    @Test
    void remembersAQuotaForAMonth() {
        MemoryRateLimiter limiter = new MemoryRateLimiter(clock);
        acquire(limiter, Limit.perSecond(5));
        Request request = new Request(subject, List.of(), Quota.perMonth(5), 5);
        await(limiter.tryAcquire(request));
        clock.advance(Duration.ofDays(31).minusMillis(1));
        assertThat(await(limiter.tryAcquire(request)).allowed()).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(await(limiter.tryAcquire(request)).allowed()).isTrue();
    }

    @Test
    void refusesABoundWithoutRoom() {
        assertThatThrownBy(() -> new MemoryRateLimiter(clock, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("got 0");
    }
}
