package dev.fanoutgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RateLimitFieldsTest {
    private final FakeClock clock = new FakeClock();
    private final MemoryRateLimiter limiter = new MemoryRateLimiter(clock);

    @Test
    void policyNamesEveryLimitAndTheQuota() {
        RateLimitFields fields = RateLimitFields.of(
                List.of(Limit.perSecond(10), Limit.perHour(1000), Limit.of(3, Duration.ofMillis(1500))),
                Quota.perMonth(1500));
        assertThat(fields.policy())
                .isEqualTo("\"10/1s\";q=10;w=1, \"1000/1h\";q=1000;w=3600, \"3/1500ms\";q=3;w=2, "
                        + "\"month\";q=1500;qu=\"credits\";w=2678400");
        assertThat(RateLimitFields.of(List.of(), Quota.perDay(5)).policy())
                .isEqualTo("\"day\";q=5;qu=\"credits\";w=86400");
    }

    @Test
    void limitTellsAnAdmittedRequestOfAll() {
        List<Limit> limits = List.of(Limit.perSecond(10), Limit.perHour(1000));
        Quota quota = Quota.perDay(1500);
        clock.advance(Duration.ofHours(1).plusMillis(1));
        Decision decision = acquire(limits, quota, 5);
        assertThat(RateLimitFields.of(limits, quota).limit(decision))
                .isEqualTo("\"10/1s\";r=9;t=1, \"1000/1h\";r=999;t=4, \"day\";r=1495;t=82800");
    }

    @Test
    void limitTellsARefusedRequestOfTheOneThatRefused() {
        List<Limit> limits = List.of(Limit.perSecond(10), Limit.perHour(2));
        for (int i = 0; i < 2; i++) {
            acquire(limits, null, 1);
        }
        clock.advance(Duration.ofMillis(500));
        Decision refused = acquire(limits, null, 1);
        Headers.Builder headers = Headers.builder();
        RateLimitFields.of(limits, null).addTo(headers, refused);
        assertThat(headers.build())
                .isEqualTo(Headers.of(
                        "RateLimit-Policy", "\"10/1s\";q=10;w=1, \"2/1h\";q=2;w=3600",
                        "RateLimit", "\"2/1h\";r=0;t=1800",
                        "Retry-After", "1800"));
    }

    @Test
    void effectiveWindowIsTheTimeToTheNextRequestNotToAll() {
        List<Limit> limits = List.of(Limit.perMinute(6));
        RateLimitFields fields = RateLimitFields.of(limits, null);
        assertThat(fields.limit(acquire(limits, null, 1))).isEqualTo("\"6/1m\";r=5;t=10");
        assertThat(fields.limit(acquire(limits, null, 1))).isEqualTo("\"6/1m\";r=4;t=10");
        clock.advance(Duration.ofSeconds(9));
        assertThat(fields.limit(acquire(limits, null, 1))).isEqualTo("\"6/1m\";r=3;t=1");
    }

    @Test
    void retryAfterIsRoundedUpAndAtLeastOne() {
        for (var expected : List.of(
                List.of(1L, "1"), List.of(1_000_000_000L, "1"), List.of(1_000_000_001L, "2"), List.of(0L, "1"))) {
            Decision refused = new Decision(false, List.of(), -1, Duration.ofNanos((Long) expected.get(0)), null);
            assertThat(RateLimitFields.retryAfter(refused)).isEqualTo(expected.get(1));
        }
    }

    @Test
    void sayNothingWhereNoLimitBears() {
        Headers.Builder headers = Headers.builder();
        RateLimitFields.of(List.of(), null).addTo(headers, Decision.UNLIMITED);
        RateLimitFields.of(List.of(Limit.perSecond(1)), null).addTo(headers, Decision.UNLIMITED);
        assertThat(headers.build().size()).isZero();
    }

    private Decision acquire(List<Limit> limits, @Nullable Quota quota, long cost) {
        return limiter.tryAcquire(new Request("caller", limits, quota, cost))
                .toCompletableFuture()
                .join();
    }
}
