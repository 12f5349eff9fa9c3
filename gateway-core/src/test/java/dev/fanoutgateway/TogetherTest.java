package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The limiter and the cache are asked together, and the cache's answer counts only if the limiter agrees. */
class TogetherTest {
    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final CountingLimiter limiter = new CountingLimiter();
    private final SlowCache cache = new SlowCache();

    @BeforeEach
    void bothAreElsewhere() {
        limiter.manual = true;
        stand.builder
                .rateLimiter(limiter)
                .cache(cache)
                .plan(Plan.of("basic").limit(Limit.perSecond(10)))
                .key("demo", "demo-key", "basic");
    }

    private CompletableFuture<GatewayResponse> ask() {
        return stand.ask(keyed("/a", "demo-key"));
    }

    private void fill() {
        var first = ask();
        limiter.waiting.remove().complete(limiter.admission());
        cache.releaseLookups();
        assertThat(Stand.now(first).status()).isEqualTo(200);
        assertThat(cache.stored).hasSize(1);
        stand.records.clear();
        cache.lookups.clear();
    }

    @Test
    void theLookupBeginsBeforeTheDecision() {
        ask();
        assertThat(limiter.waiting).hasSize(1);
        assertThat(cache.lookups).hasSize(1);
        assertThat(stand.backends.requests()).isEmpty();
    }

    @Test
    void anAdmittedHitComesWhenBothAreThereInEitherOrder() {
        fill();
        var one = ask();
        limiter.waiting.remove().complete(limiter.admission());
        assertThat(one).isNotDone();
        cache.releaseLookups();
        assertThat(Stand.now(one).body().utf8()).isEqualTo("prices");

        var two = ask();
        cache.releaseLookups();
        assertThat(two).isNotDone();
        limiter.waiting.remove().complete(limiter.admission());
        assertThat(Stand.now(two).body().utf8()).isEqualTo("prices");
        assertThat(stand.outcomes()).containsExactly(Outcome.HIT, Outcome.HIT);
    }

    @Test
    void aRefusedRequestNeverSeesTheHit() {
        fill();
        var answer = ask();
        cache.releaseLookups();
        limiter.waiting.remove().complete(CountingLimiter.refusal());
        GatewayResponse refused = Stand.now(answer);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Stand.wire(refused)).doesNotContain("prices", "Age");
        assertThat(Stand.field(refused, "Retry-After")).isEqualTo("3");
        assertThat(stand.outcomes()).containsExactly(Outcome.LIMITED);
    }

    @Test
    void aRefusalDoesNotWaitForTheCache() {
        var answer = ask();
        limiter.waiting.remove().complete(CountingLimiter.refusal());
        assertThat(Stand.now(answer).status()).isEqualTo(429);
        cache.releaseLookups();
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(stand.records).hasSize(1);
    }

    @Test
    void aCacheThatHangsCostsItsTimeAndNotTheAnswer() {
        var answer = ask();
        limiter.waiting.remove().complete(limiter.admission());
        stand.pass(999);
        assertThat(answer).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(answer).status()).isEqualTo(200);
    }

    @Test
    void aLimiterThatIsAtHandIsNotAskedTogetherWithAnything() {
        limiter.manual = false;
        limiter.instead = () -> CompletableFuture.completedFuture(CountingLimiter.refusal());
        assertThat(Stand.now(ask()).status()).isEqualTo(429);
        assertThat(cache.lookups).isEmpty();
    }
}
