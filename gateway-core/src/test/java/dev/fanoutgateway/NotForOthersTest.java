package dev.fanoutgateway;

import static dev.fanoutgateway.RevalidationTest.response;
import static dev.fanoutgateway.RevalidationTest.tagged;
import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one request brings or says must not become another's, by whatever way through the cache. */
class NotForOthersTest {
    private final Stand stand = new Stand();

    @ParameterizedTest(name = "RFC 9111 section 5.2.2: {0}=X-User")
    @ValueSource(strings = {"private", "no-cache"})
    void followersDoNotSeeWhatIsWithheld(String directive) {
        one(CachePolicy.standard());
        stand.all(response(
                        200,
                        "prices",
                        "Cache-Control",
                        "max-age=60, " + directive + "=\"X-User, Set-Cookie\"",
                        "X-User",
                        "leader",
                        "Set-Cookie",
                        "sid=leader")
                .in(5));
        CompletableFuture<GatewayResponse> leader = stand.ask("/a");
        CompletableFuture<GatewayResponse> follower = stand.ask("/a");
        stand.pass(5);
        assertThat(field(Stand.now(leader), "X-User")).isEqualTo("leader");
        assertThat(Stand.now(follower).body().utf8()).isEqualTo("prices");
        assertThat(Stand.wire(Stand.now(follower))).doesNotContain("leader");
        assertThat(Stand.wire(stand.answer("/a"))).doesNotContain("leader");
        assertThat(launches(stand.backends)).hasSize(1);
    }

    /** A part or a HEAD that is answered from a stale response refreshes all of it. */
    @ParameterizedTest
    @CsvSource({"GET, Range, bytes=0-1", "HEAD, X, y"})
    void aRefreshInTheBackgroundIsForAll(String method, String field, String value) {
        one(CachePolicy.standard());
        stand.all(
                tagged("0123456789", "\"1\"", "max-age=1, stale-while-revalidate=60"),
                tagged("abcdefghij", "\"2\"", "max-age=60").in(5));
        stand.answer("/a");
        stand.pass(2_000);
        stand.answer(GatewayRequest.of(method, "/a").header(field, value));
        GatewayRequest refresh = stand.backends.requests().get(1).request();
        assertThat(refresh.method()).isEqualTo("GET");
        assertThat(refresh.headers().contains("Range")).isFalse();
        CompletableFuture<GatewayResponse> joined =
                stand.ask(GatewayRequest.get("/a").header("Cache-Control", "max-age=1"));
        stand.pass(5);
        assertThat(Stand.now(joined).status()).isEqualTo(200);
        assertThat(Stand.now(joined).body().utf8()).isEqualTo("abcdefghij");
    }

    @Test
    void aRefreshIsInNobodysName() {
        one(CachePolicy.standard());
        stand.all(tagged("old", "\"1\"", "max-age=1, stale-while-revalidate=60"), tagged("new", "\"2\"", "max-age=60"));
        stand.answer("/a");
        stand.pass(2_000);
        assertThat(stand.answer(GatewayRequest.get("/a").header("Cookie", "a=b"))
                        .body()
                        .utf8())
                .isEqualTo("old");
        assertThat(stand.backends.requests().get(1).request().headers().contains("Cookie"))
                .isFalse();
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
    }

    /** RFC 9211 section 2.2: something is stored, but nothing that could be used for this request. */
    @ParameterizedTest
    @CsvSource({"Cookie, a=b", "Authorization, Basic eA=="})
    void whatIsNotMeantForACallerIsAMissToIt(String field, String value) {
        one(CachePolicy.standard());
        stand.all(Script.ok("theirs"), Script.ok("mine"));
        stand.answer("/a");
        GatewayResponse mine = stand.answer(GatewayRequest.get("/a").header(field, value));
        assertThat(mine.body().utf8()).isEqualTo("mine");
        assertThat(field(mine, "Cache-Status")).isEqualTo("fanout-gateway; fwd=miss");
        assertThat(field(stand.answer("/a"), "Cache-Status")).startsWith("fanout-gateway; hit");
    }

    @Test
    void callersWhoPresentTheirKeyAsBearerAreCoveredToo() {
        stand.builder.key("caller", "key", "basic").plan(Plan.of("basic"));
        one(CachePolicy.standard().staleIfNoneAcceptable(Duration.ofHours(1)));
        stand.all(Script.ok("old"), Script.fails(Failure.UNREACHABLE));
        GatewayRequest bearer = GatewayRequest.get("/a").header("Authorization", "Bearer key");
        assertThat(stand.answer(bearer).status()).isEqualTo(200);
        stand.pass(3_700_000);
        assertThat(stand.answer(bearer).body().utf8()).isEqualTo("old");
        assertThat(stand.answer(keyed("/a", "key")).body().utf8()).isEqualTo("old");
    }

    @Test
    void aCrowdIsCoveredByOneCallWhereErrorsAreAccepted() {
        any(CachePolicy.standard());
        stand.all(
                tagged("old", "\"1\"", "max-age=1, stale-if-error=60"),
                Script.answers(503, "later").in(5));
        stand.answer("/a");
        stand.pass(2_000);
        List<CompletableFuture<GatewayResponse>> crowd =
                Stream.generate(() -> stand.ask("/a")).limit(200).toList();
        stand.pass(5);
        assertThat(crowd)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("old"));
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void aCrowdThatFindsAnErrorAsksOnceMore() {
        any(CachePolicy.standard());
        stand.all(Script.answers(503, "later").in(5));
        List<CompletableFuture<GatewayResponse>> crowd =
                Stream.generate(() -> stand.ask("/a")).limit(200).toList();
        stand.pass(5);
        stand.pass(5);
        assertThat(crowd)
                .allSatisfy(answer -> assertThat(Stand.now(answer).status()).isEqualTo(503));
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @ParameterizedTest(name = "a 503 with Cache-Control: {0}")
    @ValueSource(strings = {"no-cache", "max-age=0", "max-age=5", "no-store", ""})
    void anErrorDoesNotReplaceWhatCoversIt(String cacheControl) {
        any(CachePolicy.standard());
        stand.all(
                tagged("old", "\"1\"", "max-age=1, stale-if-error=60"),
                response(503, "later", "Cache-Control", cacheControl));
        stand.answer("/a");
        stand.pass(2_000);
        for (int i = 0; i < 3; i++) {
            assertThat(stand.answer("/a").body().utf8()).isEqualTo("old");
        }
    }

    @Test
    void aWriteThatHasARouteOfItsOwnInvalidatesTheReads() {
        stand.builder.route(Route.path("/**")
                .methods("GET")
                .strategy(FanoutStrategy.single())
                .build());
        stand.builder.route(Route.path("/**")
                .cache(CachePolicy.off())
                .strategy(FanoutStrategy.single())
                .build());
        stand.all(Script.ok("old"), Script.ok("posted"), Script.ok("new"));
        stand.answer("/a");
        assertThat(field(stand.answer(GatewayRequest.of("POST", "/a")), "Cache-Status"))
                .isEqualTo("fanout-gateway; fwd=method");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 403, 201})
    void aStatusThatIsNotKeptNeedNotQueue(int status) {
        any(CachePolicy.standard());
        stand.all(Script.answers(status, "x"), Script.answers(status, "x").in(5));
        stand.answer("/a");
        Stream.generate(() -> stand.ask("/a")).limit(10).toList();
        assertThat(launches(stand.backends)).hasSize(11);
    }

    @Test
    void absenceIsNobodysWhoPresentsCredentials() {
        one(CachePolicy.standard().absentTtl(Duration.ofMinutes(1)));
        stand.all(Script.answers(404, "none"), Script.answers(404, "none"), Script.ok("there"));
        stand.answer(GatewayRequest.get("/a").header("Authorization", "Basic eA=="));
        stand.answer(GatewayRequest.of("HEAD", "/a"));
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("there");
    }

    @Test
    void absenceForAnybodyIsNoneForWhoPresentsCredentials() {
        one(CachePolicy.standard().absentTtl(Duration.ofMinutes(1)));
        stand.all(Script.answers(404, "none"), Script.ok("mine"));
        stand.answer("/a");
        GatewayRequest request = GatewayRequest.get("/a").header("Authorization", "Basic eA==");
        assertThat(stand.answer(request).body().utf8()).isEqualTo("mine");
        assertThat(stand.answer("/a").status()).isEqualTo(404);
    }

    @Test
    void absenceFromBeforeAChangeIsNotRemembered() {
        one(CachePolicy.standard().absentTtl(Duration.ofMinutes(1)));
        stand.all(Script.answers(404, "none").in(100), Script.ok("made"), Script.ok("there"));
        CompletableFuture<GatewayResponse> slow = stand.ask("/a");
        stand.answer(GatewayRequest.of("PUT", "/a"));
        stand.pass(100);
        assertThat(Stand.now(slow).status()).isEqualTo(404);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"If-Match", "Range"})
    void whoWantsAStoredAnswerOrNoneGetsThatWhateverElseItSays(String field) {
        one(CachePolicy.standard());
        stand.all(Script.ok("prices"));
        GatewayRequest request = GatewayRequest.get("/a")
                .header("Cache-Control", "only-if-cached")
                .header(field, "\"x\"");
        assertThat(stand.answer(request).status()).isEqualTo(504);
        assertThat(launches(stand.backends)).isEmpty();
    }

    @ParameterizedTest(name = "RFC 9213, and the older field: {0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            Surrogate-Control | content="ESI/1.0" | no-store, private
            CDN-Cache-Control | must-revalidate   | no-store
            """)
    void aTargetedFieldThatStatesNoLifetimeIsNoLeaveToGuessOne(String field, String value, String cacheControl) {
        one(CachePolicy.standard());
        stand.all(response(200, "mine", "Cache-Control", cacheControl, field, value), Script.ok("theirs"));
        stand.answer("/a");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("theirs");
    }

    private void one(CachePolicy policy) {
        stand.route(everything().strategy(FanoutStrategy.single()).cache(policy));
    }

    private void any(CachePolicy policy) {
        stand.route(everything()
                .strategy(FanoutStrategy.single())
                .accept(Acceptors.any())
                .cache(policy));
    }
}
