package dev.fanoutgateway;

import static dev.fanoutgateway.RevalidationTest.notModified;
import static dev.fanoutgateway.RevalidationTest.response;
import static dev.fanoutgateway.RevalidationTest.tagged;
import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stale responses: RFC 9111 section 4.2.4, RFC 5861, and the policy's own windows. */
class StaleAnswersTest {
    private static final CachePolicy COVERING =
            CachePolicy.standard().staleIfNoneAcceptable(Duration.ofMinutes(5)).earlyRefresh(0);

    private final Stand stand = new Stand();

    @Test
    void staleWhileRevalidateAnswersAtOnceAndRefreshesInTheBackground() {
        one(CachePolicy.standard());
        stand.all(
                tagged("old", "\"1\"", "max-age=10, stale-while-revalidate=30"),
                tagged("new", "\"2\"", "max-age=10").in(50));
        stand.answer("/a");
        stand.pass(12_000);
        GatewayResponse stale = stand.answer("/a");
        assertThat(stale.body().utf8()).isEqualTo("old");
        assertThat(field(stale, "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=-2");
        assertThat(field(stale, "Age")).isEqualTo("12");
        stand.answer("/a");
        assertThat(launches(stand.backends)).as("one refresh for all").hasSize(2);
        stand.pass(50);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
    }

    @Test
    void afterItsWindowTheBackendsAreAskedFirst() {
        one(CachePolicy.standard());
        stand.all(
                tagged("old", "\"1\"", "max-age=10, stale-while-revalidate=30"), tagged("new", "\"2\"", "max-age=10"));
        stand.answer("/a");
        stand.pass(40_000);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
    }

    @ParameterizedTest(name = "RFC 9111 section 5.2.2: {0}")
    @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "s-maxage=10", "no-cache"})
    void whatTheOriginForbidsNoPolicyAllows(String directive) {
        one(COVERING.staleWhileRevalidate(Duration.ofMinutes(5)).staleIfError(Duration.ofMinutes(5)));
        stand.all(tagged("old", "\"1\"", "max-age=10, " + directive), Script.fails(Failure.UNREACHABLE));
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer("/a").status()).isEqualTo(404);
    }

    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            max-age=10, stale-if-error=60                      | 503 | true
            max-age=10, stale-if-error=60                      | 500 | true
            max-age=10, stale-if-error=60                      | 404 | false
            max-age=10, stale-if-error=60                      | 403 | false
            max-age=10, stale-if-error=1                       | 503 | false
            max-age=10                                         | 503 | false
            max-age=10, must-revalidate, stale-if-error=60     | 503 | false
            s-maxage=10, stale-if-error=60                     | 503 | true
            """)
    void staleIfErrorCoversErrorsThatWouldBeGiven(String cacheControl, int status, boolean covered) {
        stand.route(everything()
                .strategy(FanoutStrategy.single())
                .accept(Acceptors.any())
                .cache(CachePolicy.standard()));
        stand.all(tagged("old", "\"1\"", cacheControl), response(status, "error"));
        stand.answer("/a");
        stand.pass(12_000);
        GatewayResponse answer = stand.answer("/a");
        assertThat(answer.status()).isEqualTo(covered ? 200 : status);
        if (covered) {
            assertThat(answer.body().utf8()).isEqualTo("old");
            assertThat(field(answer, "Cache-Status"))
                    .isEqualTo("fanout-gateway; fwd=stale; fwd-status=" + status + "; ttl=-2; detail=error");
            assertThat(stand.outcomes()).endsWith(Outcome.STALE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UNREACHABLE", "BROKEN", "LATE"})
    void whereNobodyHasAnAnswerAStaleOneCovers(String failure) {
        one(COVERING);
        stand.all(Script.ok("old"), failure.equals("LATE") ? Script.hangs() : Script.fails(Failure.valueOf(failure)));
        stand.answer("/a");
        stand.pass(3_600_000);
        CompletableFuture<GatewayResponse> asked = stand.ask("/a");
        stand.pass(60_000);
        GatewayResponse answer = Stand.now(asked);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().utf8()).isEqualTo("old");
        assertThat(field(answer, "Cache-Status")).contains("fwd=stale", "detail=none-acceptable");
        stand.pass(300_000);
        CompletableFuture<GatewayResponse> after = stand.ask("/a");
        stand.pass(60_000);
        assertThat(Stand.now(after).status()).as("not for ever").isEqualTo(404);
    }

    @Test
    void thatThereIsNoneIsAnAnswerAndIsNotCovered() {
        one(COVERING);
        stand.all(Script.ok("old"), Script.answers(404, "none"));
        stand.answer("/a");
        stand.pass(3_600_000);
        assertThat(stand.answer("/a").status()).isEqualTo(404);
        assertThat(stand.outcomes()).endsWith(Outcome.ABSENT);
    }

    @Test
    void everybodyIsCoveredWhoWaited() {
        one(COVERING);
        stand.all(Script.ok("old"), Script.fails(Failure.BROKEN).in(20));
        stand.answer("/a");
        stand.pass(3_600_000);
        var answers = Stream.generate(() -> stand.ask("/a")).limit(100).toList();
        stand.pass(20);
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("old"));
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void aClientMayAskForStaleResponsesAndForNoneOlderThan() {
        one(CachePolicy.standard());
        stand.all(Script.ok("old"), Script.ok("new"));
        stand.answer("/a");
        stand.pass(3_605_000);
        assertThat(asked("max-stale=10").body().utf8()).isEqualTo("old");
        assertThat(asked("max-stale").body().utf8()).isEqualTo("old");
        assertThat(asked("only-if-cached, max-stale=10").body().utf8()).isEqualTo("old");
        assertThat(asked("only-if-cached, max-stale=4").status()).isEqualTo(504);
        assertThat(asked("max-stale=4").body().utf8()).isEqualTo("new");
    }

    @Test
    void freshEnoughIsTheClientsToSay() {
        one(CachePolicy.standard());
        stand.all(
                response(200, "old", "Cache-Control", "max-age=100"),
                response(200, "new", "Cache-Control", "max-age=100"));
        stand.answer("/a");
        stand.pass(50_000);
        assertThat(asked("max-age=50").body().utf8()).isEqualTo("old");
        assertThat(asked("min-fresh=50").body().utf8()).isEqualTo("old");
        assertThat(asked("only-if-cached, min-fresh=51").status()).isEqualTo(504);
        assertThat(asked("max-age=49").body().utf8()).isEqualTo("new");
    }

    @Test
    void hotResponsesAreRefreshedAheadOfTheirEnd() {
        one(CachePolicy.standard().refreshAhead(0.2).earlyRefresh(0));
        stand.all(tagged("old", "\"1\"", "max-age=10"), notModified().in(5));
        stand.answer("/a");
        stand.pass(7_999);
        stand.answer("/a");
        assertThat(launches(stand.backends)).hasSize(1);
        stand.pass(2);
        assertThat(field(stand.answer("/a"), "Cache-Status")).startsWith("fanout-gateway; hit");
        assertThat(launches(stand.backends)).hasSize(2);
        stand.pass(5);
        assertThat(field(stand.answer("/a"), "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=9");
    }

    @Test
    void earlyRefreshLeavesAloneWhatIsQuickToGet() {
        one(CachePolicy.standard());
        stand.all(tagged("old", "\"1\"", "max-age=10").in(100), notModified());
        CompletableFuture<GatewayResponse> first = stand.ask("/a");
        stand.pass(100);
        assertThat(first).isCompleted();
        for (int i = 0; i < 78; i++) {
            stand.pass(100);
            stand.answer("/a");
        }
        assertThat(launches(stand.backends))
                .as("two seconds before the end are twenty times what it takes")
                .hasSize(1);
        for (int i = 0; i < 2_000; i++) {
            stand.pass(1);
            stand.answer("/a");
        }
        assertThat(launches(stand.backends).size())
                .as("refreshed before it expired")
                .isGreaterThanOrEqualTo(2);
        assertThat(stand.outcomes().subList(1, stand.outcomes().size())).containsOnly(Outcome.HIT);
    }

    private GatewayResponse asked(String cacheControl) {
        return stand.answer(GatewayRequest.get("/a").header("Cache-Control", cacheControl));
    }

    private void one(CachePolicy policy) {
        stand.route(everything()
                .strategy(FanoutStrategy.single())
                .timeout(Duration.ofSeconds(60))
                .attemptTimeout(Duration.ofSeconds(30))
                .cache(policy));
    }
}
