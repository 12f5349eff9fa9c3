package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Memory before a store elsewhere, in the engine. */
class TieredTest {
    private final Elsewhere elsewhere = new Elsewhere();
    private final Stand stand = stand();

    private Stand stand() {
        Stand made = new Stand();
        made.builder.backends("http://a").cache(elsewhere).memoryBeforeCache(Duration.ofSeconds(10));
        return made.on("a", Script.ok("once"), Script.ok("twice"));
    }

    @Test
    void whatOneGatewayFillsAnotherHits() {
        assertThat(body(stand)).isEqualTo("once");
        Stand other = stand();
        assertThat(body(other)).isEqualTo("once");
        assertThat(other.backends.requests()).isEmpty();
        elsewhere.lookups = 0;
        assertThat(body(other)).isEqualTo("once");
        assertThat(elsewhere.lookups).isZero();
    }

    @Test
    void aStoreThatHangsIsAMissAndToldAndHoldsNoReplyUp() {
        elsewhere.instead = new CompletableFuture<>();
        CompletableFuture<GatewayResponse> asked = stand.ask("/a");
        stand.pass(1_001);
        assertThat(Stand.now(asked).body().utf8()).isEqualTo("once");
        assertThat(stand.types()).contains(Type.PLUGIN_FAILED);
        assertThat(body(stand)).as("from memory").isEqualTo("once");
    }

    @Test
    void aStoreThatFailsToStoreIsToldOf() {
        elsewhere.failsToStore = true;
        assertThat(body(stand)).isEqualTo("once");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(body(stand)).as("from memory").isEqualTo("once");
    }

    @Test
    void variantsAreFoundInMemoryWhileTheOtherStoreIsStillAtIt() {
        Script varied = Script.answers(new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8("x")));
        stand.on("a", varied, varied);
        body(stand);
        elsewhere.storing = new CompletableFuture<>();
        GatewayRequest german = GatewayRequest.get("/a").header("Accept-Language", "de");
        stand.answer(german);
        stand.clock.runDue();
        assertThat(Stand.field(stand.answer(german), "Cache-Status")).contains("hit");
    }

    private static String body(Stand stand) {
        return stand.answer("/a").body().utf8();
    }

    private static final class Elsewhere implements ResponseCache {
        private final Map<CacheKey, CachedResponse> entries = new ConcurrentHashMap<>();
        private CompletionStage<@Nullable Void> storing = CompletableFuture.completedFuture(null);
        private @Nullable CompletionStage<Optional<CachedResponse>> instead;
        private boolean failsToStore;
        private int lookups;

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            lookups++;
            return instead != null ? instead : CompletableFuture.completedFuture(Optional.ofNullable(entries.get(key)));
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            if (failsToStore) {
                return CompletableFuture.failedFuture(new IllegalStateException("full"));
            }
            entries.put(key, response);
            return storing;
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            entries.remove(key);
            return CompletableFuture.completedFuture(null);
        }
    }
}
