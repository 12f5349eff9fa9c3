package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static dev.fanoutgateway.spi.RateLimiter.Settlement.COMMIT;
import static dev.fanoutgateway.spi.RateLimiter.Settlement.REFUND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Settlement;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every reservation comes to an end exactly once, and to the right one. */
class CreditsTest {
    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final CountingLimiter limiter = new CountingLimiter();

    @BeforeEach
    void oneCaller() {
        stand.builder
                .rateLimiter(limiter)
                .plan(Plan.of("basic").limit(Limit.perSecond(10)))
                .key("demo", "demo-key", "basic");
    }

    private CompletableFuture<GatewayResponse> ask(String path) {
        return stand.ask(keyed(path, "demo-key"));
    }

    private void assertSettled(Settlement... each) {
        assertThat(limiter.leases).hasSize(each.length);
        assertThat(limiter.settlements())
                .allSatisfy(settled -> assertThat(settled).hasSize(1));
        assertThat(limiter.settlements().stream().flatMap(List::stream).sorted())
                .containsExactly(Arrays.stream(each).sorted().toArray(Settlement[]::new));
    }

    @Test
    void anAnswerAndAHitAreCommitted() {
        ask("/a").join();
        ask("/a").join();
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.HIT);
        assertSettled(COMMIT, COMMIT);
    }

    @Test
    void collapsedRequestsAreCommittedEach() {
        stand.all(Script.ok("prices").in(10));
        var one = ask("/a");
        var two = ask("/a");
        assertThat(limiter.settlements())
                .allSatisfy(settled -> assertThat(settled).isEmpty());
        stand.pass(10);
        assertThat(Stand.now(one).status()).isEqualTo(Stand.now(two).status()).isEqualTo(200);
        assertThat(stand.outcomes()).containsExactlyInAnyOrder(Outcome.FORWARDED, Outcome.COLLAPSED);
        assertSettled(COMMIT, COMMIT);
    }

    @Test
    void aFinalAnswerIsCommitted() {
        stand.all(Script.answers(400, "bad symbol"));
        assertThat(ask("/a").join().status()).isEqualTo(400);
        assertSettled(COMMIT);
    }

    @Test
    void absenceIsRefundedAlsoWhenRemembered() {
        stand.route(everything().cache(CachePolicy.standard().absentTtl(Duration.ofMinutes(1))));
        stand.all(Script.answers(404, "none"));
        ask("/a").join();
        ask("/a").join();
        assertThat(stand.outcomes()).containsExactly(Outcome.ABSENT, Outcome.ABSENT);
        assertThat(stand.backends.requests()).hasSize(3);
        assertSettled(REFUND, REFUND);
    }

    @Test
    void failureIsRefunded() {
        stand.all(Script.answers(500, "broken"));
        ask("/a").join();
        stand.all(Script.fails(Failure.UNREACHABLE));
        ask("/b").join();
        assertSettled(REFUND, REFUND);
    }

    @Test
    void whatIsRefundedIsNotToldAsUsed() {
        Stand fresh = new Stand();
        fresh.builder
                .plan(Plan.of("basic").limit(Limit.perHour(10)).quota(Quota.perMonth(9)))
                .key("demo", "demo-key", "basic");
        fresh.route(everything().cost(3))
                .all(Script.answers(500, "broken"), Script.answers(500, ""), Script.ok("back"));
        for (int i = 8; i >= 7; i--) {
            assertThat(field(fresh.answer(keyed("/a", "demo-key")), "RateLimit"))
                    .startsWith("\"10/1h\";r=" + (i + 1) + ";")
                    .contains("\"month\";r=9;");
        }
        assertThat(field(fresh.answer(keyed("/a", "demo-key")), "RateLimit")).contains("\"month\";r=6;");
    }

    @Test
    void lateIsRefunded() {
        stand.route(everything().timeout(Duration.ofMillis(500)));
        stand.all(Script.hangs());
        var answer = ask("/a");
        stand.pass(500);
        assertThat(Stand.now(answer).status()).isEqualTo(404);
        assertSettled(REFUND);
    }

    @Test
    void aClientThatLeavesHasBeenServed() {
        stand.all(Script.hangs());
        assertThat(ask("/a").cancel(false)).isTrue();
        assertThat(stand.outcomes()).containsExactly(Outcome.ABANDONED);
        assertSettled(COMMIT);
    }

    @Test
    void aClientThatLeavesBeforeTheDecisionStillSettlesIt() {
        limiter.manual = true;
        ask("/a").cancel(false);
        assertThat(stand.records).isEmpty();
        limiter.waiting.remove().complete(limiter.admission());
        assertThat(stand.outcomes()).containsExactly(Outcome.ABANDONED);
        assertThat(stand.backends.requests()).isEmpty();
        assertSettled(COMMIT);
    }

    @Test
    void aFailureOfTheGatewayIsRefunded() {
        stand.builder.client(new BackendClient() {
            @Override
            public Call newCall(BackendRequest request) {
                throw new AssertionError("broken client");
            }

            @Override
            public void close() {}
        });
        assertThat(ask("/a").join().status()).isEqualTo(404);
        assertSettled(REFUND);
    }

    @Test
    void aDecisionThatComesTooLateGivesItsLeaseBack() {
        limiter.manual = true;
        var answer = ask("/a");
        stand.pass(1_000);
        assertThat(Stand.now(answer).status()).isEqualTo(200); // by the stand-in
        limiter.waiting.remove().complete(limiter.admission());
        assertSettled(REFUND);
    }

    @Test
    void aRefusalHasNothingToSettleAndOneWithALeaseGivesItBack() {
        limiter.instead = () -> CompletableFuture.completedFuture(CountingLimiter.refusal());
        assertThat(ask("/a").join().status()).isEqualTo(429);
        assertThat(limiter.leases).isEmpty();
        limiter.instead = () -> {
            Decision odd = limiter.admission();
            return CompletableFuture.completedFuture(
                    new Decision(false, odd.states(), 0, Duration.ofSeconds(1), odd.lease()));
        };
        assertThat(ask("/a").join().status()).isEqualTo(429);
        assertSettled(REFUND);
    }

    @Test
    void closedRefusesWhileTheLimiterFails() {
        stand.builder.onLimiterFailure(StoreFailurePolicy.CLOSED);
        limiter.instead = () -> CompletableFuture.failedFuture(new IllegalStateException("down"));
        GatewayResponse refused = ask("/a").join();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(Stand.field(refused, "Retry-After")).isEqualTo("1");
        assertThat(refused.headers().contains("RateLimit")).isFalse();
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(stand.outcomes()).containsExactly(Outcome.ERROR);
    }

    @Test
    void openAdmitsWithoutLimit() {
        stand.builder.onLimiterFailure(StoreFailurePolicy.OPEN);
        limiter.instead = () -> CompletableFuture.failedFuture(new IllegalStateException("down"));
        for (int i = 0; i < 50; i++) {
            assertThat(ask("/a").join().status()).isEqualTo(200);
        }
        assertThat(ask("/a").join().headers().contains("RateLimit")).isFalse();
    }

    @Test
    void localLeasesAreSettledAtTheStandIn() {
        stand.builder
                .onLimiterFailure(StoreFailurePolicy.LOCAL)
                .plan(Plan.of("basic").quota(Quota.perDay(2)));
        limiter.instead = () -> CompletableFuture.failedFuture(new IllegalStateException("down"));
        stand.all(Script.answers(500, "broken"));
        for (int i = 0; i < 5; i++) {
            assertThat(ask("/a").join().status()).isEqualTo(404); // refunded each
        }
        stand.all(Script.ok("prices"));
        assertThat(Stand.field(ask("/a").join(), "RateLimit")).contains("r=1");
        assertThat(ask("/a").join().status()).isEqualTo(200);
        assertThat(ask("/a").join().status()).isEqualTo(429);
        assertThat(limiter.leases).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(StoreFailurePolicy.class)
    void noDecisionIsLaterThanThePluginTimeout(StoreFailurePolicy policy) {
        stand.builder.onLimiterFailure(policy).pluginTimeout(Duration.ofMillis(100));
        limiter.manual = true;
        var answer = ask("/a");
        stand.pass(99);
        assertThat(answer).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(answer).status()).isEqualTo(policy == StoreFailurePolicy.CLOSED ? 503 : 200);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void aFailingSettlementDisturbsNobody() {
        CountingLimiter broken = limiter;
        stand.builder.rateLimiter(new RateLimiter() {
            @Override
            public CompletionStage<Decision> tryAcquire(Request request) {
                return broken.tryAcquire(request);
            }

            @Override
            public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
                throw new IllegalStateException("cannot settle");
            }
        });
        assertThat(ask("/a").join().status()).isEqualTo(200);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }
}
