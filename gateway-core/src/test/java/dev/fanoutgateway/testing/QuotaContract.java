package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Lease;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.spi.RateLimiter.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every {@link RateLimiter} keeps of its quotas. */
public abstract class QuotaContract {
    protected final String subject = "caller-" + UUID.randomUUID();

    /** A limiter by {@code clock}. */
    protected abstract RateLimiter limiter(FakeClock clock);

    private final FakeClock clock = new FakeClock(Instant.parse("2026-02-10T12:00:00Z"));

    @Test
    void costIsChargedUntilTheQuotaIsUsedUp() {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perMonth(10);
        assertThat(left(acquire(limiter, quota, 4))).isEqualTo(6);
        assertThat(left(acquire(limiter, quota, 6))).isZero();
        Decision refused = acquire(limiter, quota, 1);

        assertThat(refused.allowed()).isFalse();
        assertThat(refused.lease()).isNull();
        assertThat(refused.binding()).isZero();
        assertThat(refused.states().get(0).name()).isEqualTo("month");
        assertThat(refused.retryAfter())
                .isEqualTo(
                        Duration.between(Instant.parse("2026-02-10T12:00:00Z"), Instant.parse("2026-03-01T00:00:00Z")));
        assertThat(refused.states().get(0).reset()).isEqualTo(refused.retryAfter());
    }

    @Test
    void aCheaperRequestIsAdmittedWhereADearerOneIsRefused() {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(10);
        acquire(limiter, quota, 8);
        assertThat(acquire(limiter, quota, 3).allowed()).isFalse();
        assertThat(acquire(limiter, quota, 2).allowed()).isTrue();
        assertThat(acquire(limiter, quota, 11).allowed()).isFalse();
    }

    @Test
    void aFreeRequestTakesNoCreditAndNoLease() {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(1);
        assertThat(acquire(limiter, quota, 0).lease()).isNull();
        assertThat(acquire(limiter, quota, 1).lease()).isNotNull();
        Decision free = acquire(limiter, quota, 0);
        assertThat(free.allowed()).isTrue();
        assertThat(free.lease()).isNull();
        assertThat(left(free)).isZero();
    }

    @Test
    void whatTheLimitRefusesCostsNoCreditAndViceVersa() {
        RateLimiter limiter = limiter(clock);
        List<Limit> limits = List.of(Limit.perHour(2));
        Quota quota = Quota.perDay(5);
        acquire(limiter, limits, quota, 1);
        Decision overQuota = acquire(limiter, limits, quota, 5);
        assertThat(overQuota.allowed()).isFalse();
        assertThat(overQuota.binding()).isEqualTo(1);
        assertThat(overQuota.states()).extracting(RateLimiter.State::remaining).containsExactly(1L, 4L);

        acquire(limiter, limits, quota, 1);
        Decision overLimit = acquire(limiter, limits, quota, 1);
        assertThat(overLimit.allowed()).isFalse();
        assertThat(overLimit.binding()).isZero();
        assertThat(overLimit.states()).extracting(RateLimiter.State::remaining).containsExactly(0L, 3L);
    }

    @ParameterizedTest
    @CsvSource({
        "MONTH, UTC,              2026-02-28T23:59:59.999Z",
        "MONTH, UTC,              2024-02-29T23:59:59.999Z",
        "MONTH, UTC,              2026-12-31T23:59:59.999Z",
        "DAY,   UTC,              2026-02-10T23:59:59.999Z",
        "DAY,   Asia/Kathmandu,   2026-02-10T18:14:59.999Z",
        "MONTH, America/New_York, 2026-04-01T03:59:59.999Z",
        "DAY,   America/New_York, 2026-03-09T03:59:59.999Z",
        "DAY,   Africa/Cairo,     2026-04-23T21:59:59.999Z",
        "DAY,   America/Havana,   2026-11-02T04:59:59.999Z"
    })
    void creditsAreRenewedInTheFirstInstantOfThePeriodAndNotBefore(Quota.Period period, String zone, Instant last) {
        FakeClock clock = new FakeClock(last.minusSeconds(60));
        RateLimiter limiter = limiter(clock);
        Quota quota = new Quota(3, period, Quota.Overrun.REFUSE, ZoneId.of(zone));
        assertThat(acquire(limiter, quota, 3).allowed()).isTrue();
        Decision refused = acquire(limiter, quota, 1);
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMillis(60_001));

        clock.advance(Duration.ofSeconds(60));
        assertThat(acquire(limiter, quota, 1).allowed()).isFalse();
        clock.advance(Duration.ofMillis(1));
        assertThat(left(acquire(limiter, quota, 1))).isEqualTo(2);
    }

    @Test
    void overrunIsServedAndCounted() {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(5).allowOverrun();
        acquire(limiter, quota, 4);
        Decision over = acquire(limiter, quota, 4);
        assertThat(over.allowed()).isTrue();
        assertThat(left(over)).isZero();
        assertThat(over.lease()).isNotNull();

        assertThat(left(acquire(limiter, Quota.perDay(10), 1))).isEqualTo(1);
        assertThat(acquire(limiter, Quota.perDay(8), 0).allowed()).isTrue();
    }

    @Test
    void aQuotaThatIsRaisedAtRunTimeRemembersWhatWasUsed() {
        RateLimiter limiter = limiter(clock);
        acquire(limiter, Quota.perMonth(5), 5);
        assertThat(left(acquire(limiter, Quota.perMonth(20), 1))).isEqualTo(14);
        assertThat(left(acquire(limiter, Quota.perDay(5), 1))).isEqualTo(4);
        assertThat(acquire(limiter, Quota.perMonth(5), 1).allowed()).isFalse();
    }

    @Test
    void aRefundGivesTheCreditsBackOnceAndNotTheRequest() {
        RateLimiter limiter = limiter(clock);
        List<Limit> limits = List.of(Limit.perHour(10));
        Quota quota = Quota.perDay(10);
        acquire(limiter, limits, quota, 3);
        Lease lease = lease(acquire(limiter, limits, quota, 5));
        for (int i = 0; i < 3; i++) {
            RateLimiterContract.await(limiter.settle(lease, Settlement.REFUND));
        }
        assertThat(acquire(limiter, limits, quota, 0).states())
                .extracting(RateLimiter.State::remaining)
                .containsExactly(7L, 7L);
    }

    @Test
    void creditsThatWereCommittedStaySpent() {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(10);
        Lease lease = lease(acquire(limiter, quota, 5));
        RateLimiterContract.await(limiter.settle(lease, Settlement.COMMIT));
        RateLimiterContract.await(limiter.settle(lease, Settlement.REFUND));
        assertThat(left(acquire(limiter, quota, 0))).isEqualTo(5);
    }

    @Test
    void aRefundReturnsToThePeriodItWasTakenFrom() {
        FakeClock clock = new FakeClock(Instant.parse("2026-02-28T23:59:59Z"));
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perMonth(10);
        Lease old = lease(acquire(limiter, quota, 5));
        clock.advance(Duration.ofSeconds(2));
        acquire(limiter, quota, 3);
        RateLimiterContract.await(limiter.settle(old, Settlement.REFUND));
        assertThat(left(acquire(limiter, quota, 0))).isEqualTo(7);
    }

    @Test
    void manyThreadsSpendAndGetBackExactlyWhatThereIs() throws Exception {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(300);
        List<Callable<Integer>> threads = new ArrayList<>();
        for (int thread = 0; thread < 8; thread++) {
            int parity = thread % 2;
            threads.add(() -> {
                int spent = 0;
                for (int i = 0; i < 80; i++) {
                    Decision decision = acquire(limiter, quota, 3);
                    if (decision.allowed() && parity == 0) {
                        RateLimiterContract.await(limiter.settle(lease(decision), Settlement.REFUND));
                    } else if (decision.allowed()) {
                        spent += 3;
                    }
                }
                return spent;
            });
        }
        int spent = RateLimiterContract.inParallel(threads).stream()
                .mapToInt(Integer::intValue)
                .sum();
        assertThat(spent).isLessThanOrEqualTo(300);
        assertThat(left(acquire(limiter, quota, 0))).isEqualTo(300 - spent);
    }

    @Test
    void aLeaseSettledByManyThreadsIsRefundedOnce() throws Exception {
        RateLimiter limiter = limiter(clock);
        Quota quota = Quota.perDay(100);
        acquire(limiter, quota, 50);
        Lease lease = lease(acquire(limiter, quota, 10));
        Callable<Boolean> settle = () -> {
            RateLimiterContract.await(limiter.settle(lease, Settlement.REFUND));
            return true;
        };
        RateLimiterContract.inParallel(List.of(settle, settle, settle, settle, settle, settle));
        assertThat(left(acquire(limiter, quota, 0))).isEqualTo(50);
    }

    @Test
    void anotherLimitersLeaseIsRefused() {
        Lease foreign = new Lease() {};
        assertThatThrownBy(() -> RateLimiterContract.await(limiter(clock).settle(foreign, Settlement.REFUND)))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
    }

    private Decision acquire(RateLimiter limiter, Quota quota, long cost) {
        return acquire(limiter, List.of(), quota, cost);
    }

    private Decision acquire(RateLimiter limiter, List<Limit> limits, Quota quota, long cost) {
        return RateLimiterContract.await(limiter.tryAcquire(new Request(subject, limits, quota, cost)));
    }

    private static long left(Decision decision) {
        return decision.states().get(decision.states().size() - 1).remaining();
    }

    private static Lease lease(Decision decision) {
        return Objects.requireNonNull(decision.lease());
    }
}
