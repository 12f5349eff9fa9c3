package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.PurgeChannel;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Purges by the engine: what was asked for before is not served after. */
class PurgeTest {
    private final Stand stand = one();

    private static Stand one() {
        Stand stand = new Stand();
        stand.builder.backends("http://a");
        return stand;
    }

    @Test
    void purgedIsAskedForAgainOnce() {
        stand.on("a", Script.ok("old"), Script.ok("new"));
        assertThat(body(stand, "/a")).isEqualTo("old");
        assertThat(body(stand, "/a")).isEqualTo("old");
        stand.gateway().purge(Purge.target("/a")).join();
        for (int i = 0; i < 10; i++) {
            assertThat(body(stand, "/a")).isEqualTo("new");
        }
        assertThat(stand.backends.requests()).hasSize(2);
    }

    @Test
    void othersStay() {
        stand.on("a", Script.ok("once"), Script.ok("twice"));
        body(stand, "/a");
        stand.gateway().purge(Purge.target("/b")).join();
        stand.gateway().purge(Purge.prefix("/a/")).join();
        stand.gateway().purge(Purge.tag("x")).join();
        assertThat(body(stand, "/a")).isEqualTo("once");
    }

    @Test
    void whatWasUnderWayAnswersThoseWhoWaitedAndNobodyElse() {
        stand.on("a", Script.ok("old").in(10), Script.ok("new").in(10));
        CompletableFuture<GatewayResponse> before = stand.ask("/a");
        stand.pass(2);
        stand.gateway().purge(Purge.prefix("/")).join();
        CompletableFuture<GatewayResponse> after = stand.ask("/a");
        CompletableFuture<GatewayResponse> follower = stand.ask("/a");
        stand.pass(8);
        assertThat(before.join().body().utf8()).isEqualTo("old");
        assertThat(after).isNotDone();
        stand.pass(2);
        assertThat(after.join().body().utf8()).isEqualTo("new");
        assertThat(follower.join().body().utf8()).isEqualTo("new");
        assertThat(body(stand, "/a")).isEqualTo("new");
        assertThat(stand.backends.requests()).hasSize(2);
    }

    @Test
    void whatComesLateDoesNotTakeThePlaceOfWhatWasAskedForSince() {
        stand.on("a", Script.ok("old").in(100), Script.ok("new").in(10));
        stand.ask("/a");
        stand.gateway().purge(Purge.all()).join();
        stand.ask("/a");
        stand.pass(200);
        assertThat(body(stand, "/a")).isEqualTo("new");
        assertThat(stand.backends.requests()).hasSize(2);
    }

    @Test
    void absenceThatWasAskedForBeforeIsNotRemembered() {
        stand.route(Stand.everything().cache(CachePolicy.standard().absentTtl(Duration.ofMinutes(1))));
        stand.on("a", Script.answers(404, "none").in(10), Script.answers(404, "none"), Script.ok("new"));
        stand.ask("/a");
        stand.pass(2);
        stand.gateway().purge(Purge.target("/a")).join();
        stand.pass(8);
        stand.answer("/a");
        assertThat(stand.backends.requests()).hasSize(2);
        stand.answer("/a");
        assertThat(stand.backends.requests()).as("remembered").hasSize(2);
        stand.gateway().purge(Purge.target("/a").softly()).join();
        assertThat(body(stand, "/a")).isEqualTo("new");
    }

    @Test
    void whatIsSoftlyPurgedCoversForBackendsThatFail() {
        stand.on(
                "a",
                Script.answers(new GatewayResponse(
                        200, Headers.of("Cache-Control", "max-age=600, stale-if-error=600"), Body.utf8("old"))),
                Script.answers(500, "broken"),
                Script.ok("new"));
        body(stand, "/a");
        stand.gateway().purge(Purge.target("/a").softly()).join();
        assertThat(body(stand, "/a")).isEqualTo("old");
        assertThat(stand.backends.requests()).hasSize(2);
        assertThat(body(stand, "/a")).isEqualTo("new");
        stand.gateway().purge(Purge.target("/a")).join();
    }

    @Test
    void aSlowStoreGivesNothingPurgedEither() {
        SlowCache store = new SlowCache();
        stand.builder.cache(store);
        stand.on("a", Script.ok("old").in(5), Script.ok("new").in(5));
        CompletableFuture<GatewayResponse> first = stand.ask("/a");
        store.releaseLookups();
        stand.clock.runDue();
        stand.gateway().purge(Purge.target("/a")).join();
        stand.pass(1);
        CompletableFuture<GatewayResponse> second = stand.ask("/a"); // a miss, as yet unanswered
        stand.pass(4);
        assertThat(first.join().body().utf8()).isEqualTo("old");
        store.releaseLookups();
        stand.pass(5);
        assertThat(second.join().body().utf8()).isEqualTo("new");
    }

    @Test
    void aPurgeTravelsByTheChannel() {
        LocalChannel channel = new LocalChannel();
        Stand other = one();
        stand.builder.purges(channel);
        other.builder.purges(channel);
        stand.on("a", Script.ok("old"), Script.ok("new"));
        other.on("a", Script.ok("old"), Script.ok("new"));
        body(stand, "/a");
        body(other, "/a");
        stand.gateway().purge(Purge.target("/a")).join();
        for (int i = 0; i < 3; i++) {
            assertThat(body(stand, "/a")).isEqualTo("new");
            assertThat(body(other, "/a")).isEqualTo("new");
        }
        stand.close();
        other.close();
        assertThat(channel.subscribers).isEmpty();
    }

    @Test
    void aChannelThatFailsHoldsNothingUpHere() {
        stand.builder.purges(new LocalChannel() {
            @Override
            public CompletionStage<@Nullable Void> publish(Purge purge) {
                return CompletableFuture.failedFuture(new IllegalStateException("the channel is cut"));
            }
        });
        stand.on("a", Script.ok("old"), Script.ok("new"));
        body(stand, "/a");
        CompletableFuture<@Nullable Void> published = stand.gateway().purge(Purge.target("/a"));
        assertThat(body(stand, "/a")).isEqualTo("new");
        assertThatThrownBy(published::join).hasMessageContaining("the channel is cut");
        assertThat(stand.types()).contains(Type.PLUGIN_FAILED);
    }

    private static String body(Stand stand, String target) {
        return stand.answer(target).body().utf8();
    }

    private static class LocalChannel implements PurgeChannel {
        final List<Consumer<Purge>> subscribers = new ArrayList<>();

        @Override
        public CompletionStage<@Nullable Void> publish(Purge purge) {
            subscribers.forEach(subscriber -> subscriber.accept(purge));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public AutoCloseable subscribe(Consumer<Purge> purges) {
            subscribers.add(purges);
            return () -> subscribers.remove(purges);
        }
    }
}
