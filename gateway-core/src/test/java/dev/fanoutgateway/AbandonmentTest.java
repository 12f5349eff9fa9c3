package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a client waits for when it leaves, nothing goes on for it. */
class AbandonmentTest {
    private final Stand stand = new Stand().all(Script.hangs());

    @AfterEach
    void nothingIsLeft() {
        assertThat(stand.backends.running()).isZero();
        assertThat(stand.clock.pending()).isZero();
        assertThat(stand.messages).isEmpty();
        assertThat(stand.outcomes()).containsOnly(Outcome.ABANDONED);
    }

    @Test
    void whileTheAuthenticatorThinks() {
        CompletableFuture<Optional<Caller>> answer = new CompletableFuture<>();
        stand.builder.authenticator(credential -> answer);
        stand.ask(keyed("/a", "some-key")).cancel(false);
        answer.complete(Optional.of(new Caller("demo", "any")));
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(stand.records).hasSize(1);
    }

    @Test
    void whileTheLimiterThinks() {
        CountingLimiter limiter = new CountingLimiter();
        limiter.manual = true;
        stand.builder
                .rateLimiter(limiter)
                .plan(Plan.of("basic").limit(Limit.perSecond(10)))
                .key("demo", "demo-key", "basic");
        stand.ask(keyed("/a", "demo-key")).cancel(false);
        limiter.waiting.remove().complete(limiter.admission());
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(limiter.settlements())
                .hasSize(1)
                .allSatisfy(settled -> assertThat(settled).hasSize(1));
    }

    @Test
    void whileTheCacheThinks() {
        SlowCache cache = new SlowCache();
        stand.builder.cache(cache);
        stand.ask("/a").cancel(false);
        cache.releaseLookups();
        assertThat(stand.backends.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"parallel", "ordered", "hedged", "failover", "single"})
    void whileTheBackendsWork(String strategy) {
        stand.route(everything()
                .strategy(
                        switch (strategy) {
                            case "parallel" -> FanoutStrategy.parallel();
                            case "ordered" -> FanoutStrategy.ordered(Duration.ofMillis(50));
                            case "hedged" -> FanoutStrategy.hedged(Duration.ofMillis(50));
                            case "failover" -> FanoutStrategy.failover();
                            default -> FanoutStrategy.single();
                        }));
        var answer = stand.ask("/a");
        stand.pass(75);
        assertThat(stand.backends.running()).isPositive();
        assertThat(stand.clock.pending()).isPositive();
        answer.cancel(true);
        assertThat(stand.backends.running()).isZero();
    }

    @Test
    void aloneAndPastTheCache() {
        stand.ask(GatewayRequest.of("POST", "/a")).cancel(false);
        stand.ask(GatewayRequest.of("HEAD", "/a")).cancel(false);
        stand.ask(GatewayRequest.get("/a").header("Cache-Control", "no-cache")).cancel(false);
    }

    @Test
    void asFollowersOfEachOther() {
        var leader = stand.ask("/a");
        var follower = stand.ask("/a");
        leader.cancel(false);
        assertThat(stand.backends.running()).isEqualTo(3);
        follower.cancel(false);
    }

    @Test
    void asAFollowerThatWentAlone() {
        stand.route(everything().strategy(FanoutStrategy.single()));
        stand.on(
                "a",
                Script.answers(HandBackends.ok("mine", "Cache-Control", "private"))
                        .in(10),
                Script.hangs());
        stand.ask("/a");
        var follower = stand.ask("/a");
        stand.pass(10);
        stand.records.clear(); // the leader's
        assertThat(stand.backends.running()).isEqualTo(1);
        follower.cancel(false);
    }

    @Test
    void byATimeLimitOfItsOwn() throws Exception {
        var answer = stand.ask("/a");
        answer.completeOnTimeout(HandBackends.ok("mine"), 1, TimeUnit.NANOSECONDS)
                .get(30, TimeUnit.SECONDS);
        Awaitility.await().until(() -> stand.backends.running() == 0 && !stand.records.isEmpty());
        stand.ask("/b").completeExceptionally(new IllegalStateException("enough"));
    }

    @Test
    void twiceOrTooLateIsNothing() {
        var answer = stand.ask("/a");
        assertThat(answer.cancel(false)).isTrue();
        answer.cancel(false);
        assertThat(stand.records).hasSize(1);
        stand.all(Script.ok("x"));
        var done = stand.ask("/b");
        assertThat(done.cancel(false)).isFalse();
        assertThat(done.join().status()).isEqualTo(200);
        stand.records.removeIf(record -> record.outcome() == Outcome.FORWARDED);
    }
}
