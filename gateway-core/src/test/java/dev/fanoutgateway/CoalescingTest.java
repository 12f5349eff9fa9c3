package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoalescingTest {
    private final Stand stand = new Stand();

    private List<CompletableFuture<GatewayResponse>> ask(int times, String target) {
        return Stream.generate(() -> stand.ask(target)).limit(times).toList();
    }

    @Test
    void identicalMissesAreOneCallToEachBackend() {
        stand.all(Script.ok("prices").in(10));
        var answers = ask(3, "/a?x=1");
        stand.pass(10);
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("prices"));
        assertThat(launches(stand.backends)).containsExactly("a", "b", "c");
        assertThat(stand.outcomes()).containsExactlyInAnyOrder(Outcome.FORWARDED, Outcome.COLLAPSED, Outcome.COLLAPSED);
        assertThat(answers.stream().map(answer -> field(answer.join(), "Cache-Status")))
                .containsExactlyInAnyOrder(
                        "fanout-gateway; fwd=uri-miss; stored",
                        "fanout-gateway; fwd=uri-miss; stored; collapsed",
                        "fanout-gateway; fwd=uri-miss; stored; collapsed");
    }

    /** The leader's failure is not theirs: they ask once more, together. That of the second flight is. */
    @Test
    void aSecondFailureIsEverybodys() {
        stand.all(Script.answers(500, "broken").in(10));
        var answers = ask(20, "/a");
        stand.pass(10);
        assertThat(answers.stream().filter(CompletableFuture::isDone)).hasSize(1);
        assertThat(launches(stand.backends)).hasSize(6);
        stand.pass(10);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(Stand.now(answer).status()).isEqualTo(404));
        assertThat(launches(stand.backends)).hasSize(6);
        assertThat(stand.types()).containsExactly(Type.BACKENDS_DOWN, Type.BACKENDS_DOWN);
        assertThat(stand.records).hasSize(20);
    }

    @Test
    void aFollowerWaitsNoLongerThanAnAttemptMayTake() {
        Stand patient = new Stand()
                .route(everything()
                        .strategy(FanoutStrategy.failover())
                        .timeout(Duration.ofSeconds(60))
                        .attemptTimeout(Duration.ofSeconds(5)));
        patient.on("a", Script.hangs(), Script.ok("in time"));
        patient.on("b", Script.ok("late").in(4_500));
        CompletableFuture<GatewayResponse> leader = patient.ask("/a");
        patient.pass(1_000);
        CompletableFuture<GatewayResponse> follower = patient.ask("/a");
        patient.pass(4_999);
        assertThat(follower).isNotDone();
        assertThat(launches(patient.backends)).containsExactly("a", "b");
        patient.pass(1);
        assertThat(Stand.now(follower).body().utf8()).isEqualTo("in time");
        assertThat(leader).isNotDone();
        patient.pass(3_500);
        assertThat(Stand.now(leader).body().utf8()).isEqualTo("late");
    }

    private Stand hanging() {
        return new Stand()
                .route(everything().timeout(Duration.ofSeconds(5)).attemptTimeout(Duration.ofSeconds(5)))
                .all(Script.hangs());
    }

    @Test
    void nobodyWaitsBeyondTheirOwnDeadline() {
        Stand hung = hanging();
        List<CompletableFuture<GatewayResponse>> answers = new ArrayList<>();
        long[] starts = {0, 300, 600, 4_000, 4_200};
        for (int i = 0; i < starts.length; i++) {
            hung.pass(i == 0 ? 0 : starts[i] - starts[i - 1]);
            answers.add(hung.ask("/a"));
        }
        long now = 4_200;
        for (int i = 0; i < starts.length; i++) {
            hung.pass(starts[i] + 4_999 - now);
            assertThat(answers.get(i)).isNotDone();
            hung.pass(1);
            now = starts[i] + 5_000;
            assertThat(Stand.now(answers.get(i)).body().utf8()).contains("late");
        }
        assertThat(hung.outcomes()).hasSize(5).containsOnly(Outcome.FAILED);
        assertThat(launches(hung.backends)).hasSizeLessThanOrEqualTo(2 * 3);
    }

    /** The second flight is nobody's: one with little time left who launches it gives the others all of theirs. */
    @Test
    void oneWithLittleTimeLeftShortensNobodysWait() {
        Stand slow = hanging();
        slow.all(Script.hangs(), Script.ok("at last").in(3_000));
        slow.ask("/a");
        slow.pass(200);
        CompletableFuture<GatewayResponse> early = slow.ask("/a");
        slow.pass(4_000);
        CompletableFuture<GatewayResponse> late = slow.ask("/a");
        slow.pass(1_000);
        assertThat(Stand.now(early).body().utf8()).contains("late");
        slow.pass(2_800);
        assertThat(Stand.now(late).body().utf8()).isEqualTo("at last");
        assertThat(launches(slow.backends)).hasSize(6);
    }

    /** Each variant that is known to be one has a flight of its own. */
    @Test
    void variantsDoNotWaitForEachOther() {
        stand.all(varying("en").in(10), varying("de").in(10), varying("fr").in(10));
        stand.ask(GatewayRequest.get("/a").header("Accept-Language", "en"));
        stand.pass(10);
        var german = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "de"));
        var french = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "fr"));
        var alsoGerman = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "de"));
        assertThat(launches(stand.backends)).hasSize(9);
        stand.pass(10);
        assertThat(german).isCompleted();
        assertThat(french).isCompleted();
        assertThat(field(Stand.now(alsoGerman), "Cache-Status"))
                .isEqualTo("fanout-gateway; fwd=vary-miss; stored; collapsed");
    }

    private static Script varying(String text) {
        return Script.answers(new GatewayResponse(200, Headers.of("Vary", "Accept-Language"), Body.utf8(text)));
    }

    @Test
    void whatDiffersInAnythingForwardedDoesNotWait() {
        stand.all(Script.ok("prices").in(10));
        ask(1, "/a");
        ask(1, "/a?");
        ask(1, "/a?x");
        ask(1, "/A");
        ask(1, "/%61");
        stand.ask(GatewayRequest.of("HEAD", "/b"));
        stand.ask(GatewayRequest.of("POST", "/a"));
        assertThat(launches(stand.backends)).hasSize(6 * 3 + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"private", "no-store", "private, max-age=60"})
    void aPrivateResponseIsItsLeadersAlone(String cacheControl) {
        List<Script> each = Stream.of("first", "second", "third")
                .map(text -> Script.answers(HandBackends.ok(text, "Cache-Control", cacheControl))
                        .in(10))
                .toList();
        stand.route(everything().strategy(FanoutStrategy.single()));
        stand.on("a", each.toArray(Script[]::new));
        var answers = ask(3, "/a");
        stand.pass(20);
        assertThat(answers.stream().map(answer -> Stand.now(answer).body().utf8()))
                .containsExactlyInAnyOrder("first", "second", "third");
        assertThat(stand.outcomes()).containsOnly(Outcome.FORWARDED);
    }

    @Test
    void aResponseWithACookieIsItsLeadersAloneEvenIfTheStoreIsSlow() {
        SlowCache slow = new SlowCache();
        stand.builder.cache(slow);
        stand.route(everything().strategy(FanoutStrategy.single()));
        stand.on(
                "a",
                Script.answers(HandBackends.ok("first", "Set-Cookie", "id=first"))
                        .in(10),
                Script.answers(HandBackends.ok("second", "Set-Cookie", "id=second"))
                        .in(10));
        var answers = ask(2, "/a");
        slow.releaseLookups();
        stand.pass(20);
        assertThat(answers.stream().map(answer -> Stand.now(answer).body().utf8()))
                .containsExactlyInAnyOrder("first", "second");
        assertThat(slow.stored).isEmpty();
    }

    @Test
    void aFollowerWhoPrefersAnotherVariantGoesAlone() {
        stand.route(everything().strategy(FanoutStrategy.single()));
        stand.on(
                "a",
                Script.answers(HandBackends.ok("english", "Vary", "Accept-Language"))
                        .in(10),
                Script.answers(HandBackends.ok("deutsch", "Vary", "Accept-Language"))
                        .in(10));
        var english = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "en"));
        var german = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "de"));
        var alsoEnglish = stand.ask(GatewayRequest.get("/a").header("Accept-Language", "en"));
        stand.pass(20);
        assertThat(Stand.now(english).body().utf8()).isEqualTo("english");
        assertThat(Stand.now(german).body().utf8()).isEqualTo("deutsch");
        assertThat(Stand.now(alsoEnglish).body().utf8()).isEqualTo("english");
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void perCallerRoutesDoNotShareFlights() {
        stand.builder.key("one", "key-one", "any").key("two", "key-two", "any");
        stand.route(everything().cache(CachePolicy.standard().perCaller(true)));
        stand.all(Script.ok("mine").in(10));
        stand.ask(keyed("/a", "key-one"));
        stand.ask(keyed("/a", "key-two"));
        stand.ask(keyed("/a", "key-two"));
        assertThat(launches(stand.backends)).hasSize(6);
    }

    @Test
    void theLeadersLeavingDoesNotEndTheFlight() {
        stand.all(Script.ok("prices").in(10));
        var answers = ask(3, "/a");
        answers.get(0).cancel(false);
        answers.get(1).cancel(false);
        stand.pass(10);
        assertThat(Stand.now(answers.get(2)).body().utf8()).isEqualTo("prices");
        assertThat(launches(stand.backends)).hasSize(3);
        assertThat(stand.outcomes()).containsExactly(Outcome.ABANDONED, Outcome.ABANDONED, Outcome.COLLAPSED);
    }

    @Test
    void theLastOnesLeavingDoes() {
        stand.all(Script.ok("prices").in(10));
        var answers = ask(3, "/a");
        answers.forEach(answer -> answer.cancel(false));
        assertThat(stand.backends.running()).isZero();
        assertThat(stand.backends.events()).contains("0 cancel a", "0 cancel b", "0 cancel c");
        assertThat(stand.clock.pending()).isZero();
        assertThat(stand.types()).isEmpty();
        var next = stand.ask("/a");
        stand.pass(10);
        assertThat(Stand.now(next).status()).isEqualTo(200);
    }

    @Test
    void aFollowerHasItsOwnTimeWhenItGoesAlone() {
        stand.route(everything().strategy(FanoutStrategy.single()).timeout(Duration.ofMillis(100)));
        stand.on(
                "a",
                Script.answers(HandBackends.ok("mine", "Cache-Control", "private"))
                        .in(90),
                Script.hangs());
        var leader = stand.ask("/a");
        stand.pass(50);
        var follower = stand.ask("/a");
        stand.pass(40);
        assertThat(Stand.now(leader).status()).isEqualTo(200);
        stand.pass(59);
        assertThat(follower).isNotDone();
        stand.pass(1);
        assertThat(Stand.now(follower).status()).isEqualTo(404);
        assertThat(stand.backends.running()).isZero();
    }

    @Test
    void anUncacheableResourceDoesNotQueueASecondTime() {
        stand.all(Script.answers(HandBackends.ok("once", "Cache-Control", "no-store")));
        stand.answer("/a");
        stand.all(Script.answers(HandBackends.ok("once", "Cache-Control", "no-store"))
                .in(10));
        var answers = ask(3, "/a");
        assertThat(launches(stand.backends)).hasSize(1 + 9);
        stand.pass(10);
        assertThat(answers)
                .allSatisfy(answer -> assertThat(Stand.now(answer).status()).isEqualTo(200));
    }
}
