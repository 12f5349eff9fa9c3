package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.MemoryResponseCache;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Plug-ins that give a stage, and everything that they may do wrong. */
class ContainedStagesTest {
    private static final Caller CALLER = new Caller("demo", "basic");

    private final Stand stand = new Stand().all(Script.ok("prices"));
    private final Misconduct.Switch plugin = new Misconduct.Switch();

    private GatewayResponse ask(String path) {
        var answer = stand.ask(keyed(path, "some-key"));
        if (!answer.isDone()) {
            stand.pass(1_000);
        }
        GatewayResponse response = Stand.now(answer);
        assertThat(Stand.wire(response)).doesNotContain(Misconduct.SECRET, "Exception");
        return response;
    }

    /** Misbehaves for a while, and then no more. */
    private void assertContained(Misconduct misconduct, String name, int status) {
        assertThat(ask("/warm").status()).isEqualTo(200);
        assertThat(stand.messages).isEmpty();
        plugin.misconduct = misconduct;
        for (int i = 0; i < 5; i++) {
            assertThat(ask("/" + i).status()).isEqualTo(status);
        }
        assertThat(stand.records).hasSize(6);
        assertThat(stand.messages).allSatisfy(message -> {
            assertThat(message.type()).isEqualTo(Type.PLUGIN_FAILED);
            assertThat(message.priority()).isEqualTo(Priority.HIGH);
            assertThat(message.fingerprint()).isEqualTo("plugin-failed:" + name);
            assertThat(message.toString()).doesNotContain(Misconduct.SECRET);
        });
        stand.clock.runDue();
        assertThat(stand.delivered).hasSize(1);

        plugin.misconduct = null;
        plugin.late.come();
        stand.pass(2_000);
        assertThat(ask("/back").status()).isEqualTo(200);
        assertThat(ask("/again").status()).isEqualTo(200);
        stand.clock.runDue();
        assertThat(stand.delivered).extracting(DevMessage::type).containsExactly(Type.PLUGIN_FAILED, Type.RECOVERED);
        assertThat(stand.records).hasSize(8);
        assertThat(stand.backends.running()).isZero();
        stand.pass(Duration.ofMinutes(20).toMillis());
        assertThat(stand.clock.pending()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anAuthenticator(Misconduct misconduct) {
        stand.builder.authenticator(credential ->
                plugin.stage(() -> Optional.of(CALLER), () -> CompletableFuture.completedFuture(Optional.of(CALLER))));
        assertContained(misconduct, "authenticator", 503);
        assertThat(stand.records.stream().filter(record -> record.status() == 503))
                .hasSize(5)
                .allSatisfy(record -> assertThat(record.caller()).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    void anAuthenticatorAmongOthers(Misconduct misconduct) {
        stand.builder.key("other", "other-key", "basic");
        stand.builder.authenticator(credential ->
                plugin.stage(() -> Optional.of(CALLER), () -> CompletableFuture.completedFuture(Optional.of(CALLER))));
        assertContained(misconduct, "authenticator", 503);
    }

    @ParameterizedTest
    @EnumSource
    void aLimiterThatIsReplaced(Misconduct misconduct) {
        CountingLimiter limiter = limited(StoreFailurePolicy.LOCAL);
        assertContained(misconduct, "rate limiter", 200);
        assertThat(limiter.settlements())
                .allSatisfy(settled -> assertThat(settled).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource
    void aLimiterThatIsDoneWithout(Misconduct misconduct) {
        limited(StoreFailurePolicy.OPEN);
        assertContained(misconduct, "rate limiter", 200);
    }

    @ParameterizedTest
    @EnumSource
    void aLimiterThatIsNeeded(Misconduct misconduct) {
        limited(StoreFailurePolicy.CLOSED);
        assertContained(misconduct, "rate limiter", 503);
    }

    private CountingLimiter limited(StoreFailurePolicy policy) {
        CountingLimiter limiter = new CountingLimiter();
        stand.builder
                .authenticator(credential -> CompletableFuture.completedFuture(Optional.of(CALLER)))
                .plan(Plan.of("basic").limit(Limit.perHour(1_000)))
                .onLimiterFailure(policy)
                .rateLimiter(new RateLimiter() {
                    @Override
                    public CompletionStage<Decision> tryAcquire(Request request) {
                        return plugin.stage(limiter::admission, () -> limiter.tryAcquire(request));
                    }

                    @Override
                    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
                        return limiter.settle(lease, settlement);
                    }
                });
        limiter.leases.clear();
        return limiter;
    }

    @ParameterizedTest
    @EnumSource
    void aCacheThatIsAsked(Misconduct misconduct) {
        MemoryResponseCache memory = new MemoryResponseCache(1 << 20, stand.clock);
        stand.builder.cache(new ResponseCache() {
            @Override
            public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
                return plugin.stage(Optional::empty, () -> memory.lookup(key));
            }

            @Override
            public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
                return memory.store(key, response);
            }

            @Override
            public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
                return memory.invalidate(key);
            }
        });
        assertContainedCache(misconduct);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GIVES_NULL") // that is what it is to give
    void aCacheThatIsToStore(Misconduct misconduct) {
        MemoryResponseCache memory = new MemoryResponseCache(1 << 20, stand.clock);
        stand.builder.cache(new ResponseCache() {
            @Override
            public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
                return CompletableFuture.completedFuture(Optional.empty());
            }

            @Override
            @SuppressWarnings("NullAway")
            public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
                return plugin.stage(() -> null, () -> memory.store(key, response));
            }

            @Override
            public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
                return memory.invalidate(key);
            }
        });
        assertContainedCache(misconduct);
    }

    private void assertContainedCache(Misconduct misconduct) {
        assertThat(ask("/a").status()).isEqualTo(200);
        plugin.misconduct = misconduct;
        for (int i = 0; i < 5; i++) {
            assertThat(ask("/" + i).body().utf8()).isEqualTo("prices");
        }
        if (misconduct.takesTime()) {
            stand.pass(1_000);
        }
        stand.clock.runDue();
        assertThat(stand.messages).isNotEmpty().allSatisfy(message -> {
            assertThat(message.fingerprint()).isEqualTo("plugin-failed:cache");
            assertThat(message.toString()).doesNotContain(Misconduct.SECRET);
        });
        assertThat(stand.delivered).extracting(DevMessage::type).contains(Type.PLUGIN_FAILED);
        plugin.misconduct = null;
        plugin.late.come();
        stand.pass(2_000);
        assertThat(ask("/back").status()).isEqualTo(200);
        assertThat(stand.types()).endsWith(Type.RECOVERED);
        assertThat(stand.outcomes()).hasSize(7);
    }
}
