package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.Health;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendSource;
import dev.fanoutgateway.spi.BackendSource.Unavailable;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A group whose backends come and go, on a clock that stands still: who is asked, what is kept, who is told. */
class ChangingGroupTest {
    private final Changing source = new Changing("a", "b");
    private final Stand stand = new Stand()
            .route(Stand.everything().strategy(FanoutStrategy.failover()).cache(CachePolicy.off()))
            .on("d", Script.ok("d"));

    @BeforeEach
    void begin() {
        stand.all(Script.ok("ok"));
        for (String host : List.of("a", "b", "c")) {
            stand.on(host, Script.ok(host));
        }
        use(BackendGroup.of("default", source));
    }

    @Test
    void theFirstListingIsInForceWhenTheGatewayIsBuilt() {
        stand.gateway();
        assertThat(answer()).isEqualTo("a");
        assertThat(source.asked).isEqualTo(1);
    }

    @Test
    void aChangeIsInForceWhenTheSourceIsAskedAgain() {
        assertThat(answer()).isEqualTo("a");
        source.has("c", "b");
        assertThat(answer()).isEqualTo("a");
        stand.pass(1_000);
        assertThat(answer()).isEqualTo("c");
        stand.on("c", Script.answers(503, ""));
        assertThat(answer()).isEqualTo("b");
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void anAttemptUnderWayAtABackendThatLeavesIsFinished() {
        stand.on("a", Script.ok("late").in(20_000));
        CompletableFuture<GatewayResponse> slow = stand.ask("/slow");
        source.has("b");
        stand.pass(19_999);
        assertThat(answer()).isEqualTo("b");
        assertThat(slow).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(slow).body().utf8()).isEqualTo("late");
    }

    @Test
    void aRaceKeepsTheBackendsThatItBeganWith() {
        stand.on("a", Script.answers(503, "").in(5_000));
        CompletableFuture<GatewayResponse> slow = stand.ask("/slow");
        source.has("c");
        stand.pass(5_000);
        assertThat(Stand.now(slow).body().utf8()).as("asked after it had left").isEqualTo("b");
        assertThat(answer()).isEqualTo("c");
    }

    @Test
    void whoStaysKeepsItsEjectionAlsoWithAnotherWeight() {
        stand.on("a", Script.answers(503, ""));
        for (int i = 0; i < 5; i++) {
            answer();
        }
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED);
        long launches = launches("a");
        source.has(Backend.of("default", "http://a").weight(7).zone("z"), Backend.of("default", "http://c"));
        stand.pass(1_000);
        assertThat(answer()).isEqualTo("c");
        assertThat(launches("a")).isEqualTo(launches);
        stand.on("a", Script.ok("a"));
        stand.pass(10_000);
        assertThat(answer()).isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
    }

    @Test
    void whoLeavesIsForgottenAndItsTroubleIsOver() {
        stand.on("a", Script.answers(503, ""));
        for (int i = 0; i < 5; i++) {
            answer();
        }
        source.has("b");
        stand.pass(1_000);
        assertThat(stand.messages)
                .extracting(DevMessage::title)
                .last()
                .isEqualTo("backend http://a of group 'default' was ejected, and has left");
        stand.on("a", Script.ok("a"));
        source.has("a", "b");
        stand.pass(1_000);
        assertThat(answer()).as("back with a clean record").isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
    }

    @Test
    void whoStaysKeepsItsAttemptsInFlight() {
        use(BackendGroup.of("default", source).maxConcurrent(1));
        stand.on("a", Script.hangs());
        CompletableFuture<GatewayResponse> stuck = stand.ask("/stuck");
        source.has(Backend.of("default", "http://a").weight(3), Backend.of("default", "http://c"));
        stand.pass(1_000);
        assertThat(answer()).as("no room at a").isEqualTo("c");
        source.has("c");
        stand.pass(1_000);
        source.has("a", "c");
        stand.pass(1_000);
        assertThat(answer()).as("nor when it is back").isEqualTo("c");
        stuck.cancel(true);
        stand.on("a", Script.ok("a"));
        assertThat(answer()).isEqualTo("a");
    }

    @Test
    void aPauseThatABackendAskedForLeavesWithIt() {
        GatewayResponse busy = new GatewayResponse(
                503, dev.fanoutgateway.http.Headers.of("Retry-After", "30"), dev.fanoutgateway.http.Body.utf8(""));
        stand.on("a", Script.answers(busy));
        assertThat(answer()).isEqualTo("b");
        stand.on("a", Script.ok("a"));
        assertThat(answer()).isEqualTo("b");
        source.has("b");
        stand.pass(4_000);
        source.has("a", "b");
        stand.pass(1_000);
        assertThat(answer()).isEqualTo("a");
    }

    /** What a source may do instead of giving backends. */
    enum Trouble {
        THROWS,
        FAILS,
        GIVES_NULL,
        COMPLETES_WITH_NULL,
        GIVES_NOTHING,
        GIVES_STRANGERS,
        GIVES_ONE_TWICE,
        GIVES_TOO_MANY,
        IS_IN_ERROR
    }

    @ParameterizedTest
    @EnumSource(Trouble.class)
    void aSourceInTroubleChangesNothingAndIsToldOnceWithItsRecovery(Trouble trouble) {
        stand.gateway();
        source.in(trouble);
        stand.pass(300_000);
        assertThat(answer()).isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(stand.messages.get(0).title()).isEqualTo("the backend source of group 'default' failed");
        assertThat(stand.messages.get(0).details()).hasSize(1);
        assertThat(stand.messages.toString()).doesNotContain("secret");
        assertThat(source.asked).as("asked again ever less often").isBetween(10, 16);
        source.has("c");
        stand.pass(60_000);
        assertThat(answer()).isEqualTo("c");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED, Type.RECOVERED);
        source.in(trouble);
        stand.pass(10_000);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED, Type.RECOVERED, Type.PLUGIN_FAILED);
    }

    @Test
    void theWordsOfASourceThatSaysWhyAreTold() {
        stand.gateway();
        source.listing = () -> {
            throw new Unavailable("DNS has no address for api.test");
        };
        stand.pass(1_000);
        assertThat(stand.messages.get(0).details()).containsExactly("DNS has no address for api.test");
    }

    @Test
    void aSourceThatNeverAnswersIsToldAndIsNotAskedTwiceAtATime() {
        stand.gateway();
        CompletableFuture<BackendSource.Listing> never = new CompletableFuture<>();
        source.listing = () -> never;
        stand.pass(300_000);
        assertThat(answer()).isEqualTo("a");
        assertThat(source.asked).isEqualTo(2);
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
        assertThat(stand.messages.get(0).details()).containsExactly("no answer within 30000 ms");
        source.has("c");
        never.complete(new BackendSource.Listing(List.of(Backend.of("default", "http://b")), Duration.ofSeconds(1)));
        assertThat(answer()).as("too late to be believed").isEqualTo("a");
        stand.pass(60_000);
        assertThat(answer()).isEqualTo("c");
    }

    @Test
    void aCallThatNeverEndsIsGivenUpAndOnlyAFewOfThem() {
        stand.gateway();
        List<CompletableFuture<BackendSource.Listing>> never = new ArrayList<>();
        source.listing = () -> {
            CompletableFuture<BackendSource.Listing> one = new CompletableFuture<>();
            never.add(one);
            return one;
        };
        stand.pass(301_000);
        assertThat(never).hasSize(1);
        stand.pass(40_000);
        assertThat(never).as("once more after 5 min").hasSize(2);
        stand.clock.advance(Duration.ofHours(2));
        assertThat(never).as("three lost, and one that may still come").hasSize(4);
        source.has("c");
        stand.clock.advance(Duration.ofHours(1));
        assertThat(answer()).isEqualTo("a");
        never.get(2).completeExceptionally(new IllegalStateException("at last"));
        stand.pass(40_000);
        assertThat(answer()).isEqualTo("c");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED, Type.RECOVERED);
    }

    @Test
    void aSourceThatFailsIsAskedAgainWithinTheTimeItNames() {
        stand.gateway();
        source.within = Duration.ofSeconds(3);
        source.in(Trouble.FAILS);
        stand.pass(60_000);
        int asked = source.asked;
        stand.pass(60_000);
        assertThat(source.asked - asked).isEqualTo(20);
        source.has("c");
        stand.pass(3_000);
        assertThat(answer()).isEqualTo("c");
    }

    @Test
    void withoutAnyBackendYetRequestsFailAtOnceAndWithThemTheyDoNot() {
        source.in(Trouble.FAILS);
        assertThat(stand.answer("/x").status()).isEqualTo(404);
        assertThat(stand.lastRecord().attempts()).isEmpty();
        assertThat(stand.types()).startsWith(Type.PLUGIN_FAILED);
        source.has("a");
        stand.pass(60_000);
        assertThat(answer()).isEqualTo("a");
    }

    @Test
    void theTimeThatASourceNamesIsHeededWithinBounds() {
        stand.gateway();
        source.again = Duration.ZERO;
        stand.pass(1_000);
        int asked = source.asked;
        stand.pass(1_000);
        assertThat(source.asked - asked).isEqualTo(100);
        source.again = Duration.ofDays(400);
        stand.pass(10);
        asked = source.asked;
        stand.clock.advance(Duration.ofHours(23));
        assertThat(source.asked).isEqualTo(asked);
        stand.clock.advance(Duration.ofHours(1));
        assertThat(source.asked).isEqualTo(asked + 1);
    }

    @Test
    void aClosedGatewayAsksNoMore() {
        stand.gateway();
        source.has("c");
        stand.gateway().close();
        stand.pass(60_000);
        assertThat(source.asked).isEqualTo(1);
        assertThat(stand.clock.pending()).isZero();
    }

    @Test
    void whoJoinsIsCheckedAtOnceAndAskedOnceItHasPassed() {
        use(BackendGroup.of("default", source).health(Health.path("/health")));
        stand.gateway();
        stand.on("c", Script.ok("c").in(500));
        source.has("c", "a", "b");
        stand.pass(1_000);
        assertThat(launches("c")).as("the check").isEqualTo(1);
        assertThat(answer()).isEqualTo("a");
        stand.pass(499);
        assertThat(answer()).isEqualTo("a");
        stand.pass(1);
        stand.on("c", Script.ok("c"));
        assertThat(answer()).isEqualTo("c");
        assertThat(stand.messages).isEmpty();
    }

    @Test
    void whoJoinsAndFailsItsChecksIsToldOnce() {
        use(BackendGroup.of("default", source).health(Health.path("/health")));
        stand.gateway();
        stand.on("c", Script.answers(503, ""));
        source.has("c", "a", "b");
        stand.pass(8_000);
        assertThat(stand.messages).as("two failed checks").isEmpty();
        stand.pass(60_000);
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED);
        assertThat(answer()).isEqualTo("a");
        source.has("a", "b");
        stand.pass(1_000);
        assertThat(stand.types()).containsExactly(Type.BACKEND_EJECTED, Type.RECOVERED);
        long checks = launches("c");
        stand.pass(60_000);
        assertThat(launches("c")).as("not checked any more").isEqualTo(checks);
    }

    @Test
    void whereAllAreNewTheyAreAskedBeforeTheyHavePassed() {
        use(BackendGroup.of("default", source).health(Health.path("/health")));
        stand.gateway();
        stand.on("c", Script.hangs()).on("d", Script.hangs());
        source.has("c", "d");
        stand.pass(1_000);
        stand.on("c", Script.ok("c"));
        assertThat(answer()).isEqualTo("c");
    }

    @Test
    void aSelectorIsToldOfChangesAndOnceMoreWhenTheLastAttemptIsOver() {
        List<String> told = new ArrayList<>();
        use(BackendGroup.of("default", source).selector(new BackendSelector() {
            @Override
            public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
                return backends.stream().map(BackendStatus::backend).toList();
            }

            @Override
            public void onChange(String group, List<Backend> backends) {
                told.add(group + " "
                        + String.join(" ", backends.stream().map(Backend::id).toList()));
            }
        }));
        stand.on("a", Script.ok("a").in(10_000));
        CompletableFuture<GatewayResponse> slow = stand.ask("/slow");
        assertThat(told).containsExactly("default http://a http://b");
        source.has("b");
        stand.pass(9_500);
        assertThat(told).containsExactly("default http://a http://b", "default http://b");
        assertThat(slow).isNotDone();
        stand.pass(3_000);
        assertThat(slow).isDone();
        assertThat(told).containsExactly("default http://a http://b", "default http://b", "default http://b");
        stand.pass(60_000);
        assertThat(told).hasSize(3);
    }

    @Test
    void aSelectorMayNotSmuggleInAnotherAddress() {
        use(BackendGroup.of("default", source)
                .selector((request, backends) ->
                        List.of(new Backend("default", "http://a", java.net.URI.create("http://c")))));
        assertThat(answer()).isEqualTo("a");
        assertThat(stand.types()).containsExactly(Type.PLUGIN_FAILED);
    }

    @Test
    void theGreatestShareOfEjectedBackendsGoesWithTheGroup() {
        use(BackendGroup.of("default", source).eject(Ejection.afterFailures(1)));
        source.has("a");
        stand.on("a", Script.answers(503, "")).on("b", Script.answers(503, ""));
        stand.answer("/x");
        stand.answer("/x");
        assertThat(launches("a")).as("the only one is never ejected").isEqualTo(2);
        source.has("a", "b", "c", "d");
        stand.pass(1_000);
        for (int i = 0; i < 3; i++) {
            assertThat(answer()).isEqualTo("c");
        }
        assertThat(launches("a")).isEqualTo(3);
        assertThat(launches("b")).isEqualTo(1);
    }

    private void use(BackendGroup group) {
        stand.builder.backends(group);
    }

    private String answer() {
        return stand.answer("/x").body().utf8();
    }

    private long launches(String host) {
        return Stand.launches(stand.backends).stream().filter(host::equals).count();
    }

    /** A source that says what it is told to. */
    private static final class Changing implements BackendSource {
        private Supplier<@Nullable CompletionStage<Listing>> listing = () -> null;
        private Duration again = Duration.ofSeconds(1);
        private Duration within = Duration.ofSeconds(30);
        private int asked;

        @Override
        public Duration retryWithin() {
            return within;
        }

        Changing(String... hosts) {
            has(hosts);
        }

        void has(String... hosts) {
            has(Arrays.stream(hosts)
                    .map(host -> Backend.of("default", "http://" + host))
                    .toArray(Backend[]::new));
        }

        void has(Backend... backends) {
            listing = () -> CompletableFuture.completedFuture(new Listing(List.of(backends), again));
        }

        @SuppressWarnings("NullAway") // that is what it is about
        void in(Trouble trouble) {
            listing = switch (trouble) {
                case THROWS ->
                    () -> {
                        throw new IllegalStateException("secret");
                    };
                case IS_IN_ERROR ->
                    () -> {
                        throw new NoClassDefFoundError("secret");
                    };
                case FAILS -> () -> CompletableFuture.failedFuture(new IllegalStateException("secret"));
                case GIVES_NULL -> () -> null;
                case COMPLETES_WITH_NULL -> () -> CompletableFuture.completedFuture(null);
                case GIVES_NOTHING -> () -> CompletableFuture.completedFuture(new Listing(List.of(), again));
                case GIVES_STRANGERS -> given(List.of(Backend.of("other", "http://c")));
                case GIVES_ONE_TWICE ->
                    given(List.of(Backend.of("default", "http://c"), Backend.of("default", "http://c")));
                case GIVES_TOO_MANY ->
                    given(java.util.stream.IntStream.range(0, 1_001)
                            .mapToObj(i -> Backend.of("default", "http://h" + i))
                            .toList());
            };
        }

        private Supplier<@Nullable CompletionStage<Listing>> given(List<Backend> backends) {
            return () -> CompletableFuture.completedFuture(new Listing(backends, again));
        }

        @Override
        @SuppressWarnings("NullAway")
        public CompletionStage<Listing> list(String group) {
            asked++;
            return listing.get();
        }
    }
}
