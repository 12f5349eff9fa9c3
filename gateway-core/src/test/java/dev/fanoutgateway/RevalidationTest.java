package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Asking whether a stored response still holds: RFC 9111 section 4.3. */
class RevalidationTest {
    private static final String TAGGED = "max-age=10";

    private final Stand stand = new Stand().route(everything().strategy(FanoutStrategy.single()));

    @Test
    void aStaleResponseIsValidatedAndServedAgain() {
        stand.all(
                tagged("prices", "\"1\"", TAGGED),
                notModified("ETag", "\"1\"", "Cache-Control", "max-age=20", "X", "2"));
        stand.answer("/a");
        stand.pass(10_000);
        GatewayResponse again = stand.answer("/a");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().utf8()).isEqualTo("prices");
        assertThat(field(again, "X")).isEqualTo("2");
        assertThat(field(again, "Cache-Control")).isEqualTo("max-age=20");
        assertThat(field(again, "Cache-Status")).isEqualTo("fanout-gateway; fwd=stale; fwd-status=304; ttl=20; stored");
        assertThat(sent(1, "If-None-Match")).isEqualTo("\"1\"");
        stand.pass(19_999);
        assertThat(field(stand.answer("/a"), "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=0");
        assertThat(launches(stand.backends)).hasSize(2);
        assertThat(stand.outcomes()).containsExactly(Outcome.FORWARDED, Outcome.FORWARDED, Outcome.HIT);
    }

    @Test
    void aDateValidatesWhereThereIsNoTag() {
        String date = "Thu, 01 Jan 2015 00:00:00 GMT";
        stand.all(response(200, "prices", "Last-Modified", date, "Cache-Control", TAGGED), notModified());
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("prices");
        assertThat(sent(1, "If-Modified-Since")).isEqualTo(date);
        assertThat(sent(1, "If-None-Match")).isEmpty();
    }

    @Test
    void aNewResponseTakesItsPlace() {
        stand.all(tagged("old", "\"1\"", TAGGED), tagged("new", "\"2\"", TAGGED));
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
        GatewayResponse hit = stand.answer("/a");
        assertThat(hit.body().utf8()).isEqualTo("new");
        assertThat(field(hit, "Cache-Status")).startsWith("fanout-gateway; hit");
    }

    /** Section 4.3.4: a replica that has another response speaks of that. */
    @Test
    void a304AboutAnotherResponseIsNotBelieved() {
        stand.all(tagged("old", "\"1\"", TAGGED), notModified("ETag", "\"2\""), tagged("new", "\"2\"", TAGGED));
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
        assertThat(sent(2, "If-None-Match")).isEmpty();
        assertThat(launches(stand.backends)).hasSize(3);
        assertThat(stand.lastRecord().attempts())
                .extracting(AttemptOutcome::number, AttemptOutcome::status)
                .containsExactly(tuple(1, 304), tuple(2, 200));
        assertThat(stand.lastRecord().describe()).contains("asked again");
    }

    @Test
    void whoGaveTheValidatorIsAskedFirst() {
        Stand failing = new Stand().route(everything().strategy(FanoutStrategy.failover()));
        failing.on("a", Script.fails(Failure.UNREACHABLE), tagged("of a", "\"a\"", TAGGED));
        failing.on("b", tagged("of b", "\"b\"", TAGGED), notModified());
        failing.answer("/a");
        failing.pass(10_000);
        assertThat(failing.answer("/a").body().utf8()).isEqualTo("of b");
        assertThat(launches(failing.backends)).containsExactly("a", "b", "b");
    }

    @Test
    void anAcceptorThatKnowsNo304IsNotAskedAboutOurs() {
        Stand strict = new Stand()
                .route(everything()
                        .strategy(FanoutStrategy.single())
                        .accept((request, response) ->
                                response.status() == 200 ? Verdict.ACCEPTED : Verdict.RETRYABLE));
        strict.all(tagged("prices", "\"1\"", TAGGED), notModified());
        strict.answer("/a");
        strict.pass(10_000);
        assertThat(strict.answer("/a").body().utf8()).isEqualTo("prices");
    }

    /** Section 4.3.2: what the client has is compared with what holds now. */
    @Test
    void aClientThatHasItGets304() {
        stand.all(tagged("prices", "\"1\"", TAGGED), notModified());
        stand.answer("/a");
        stand.pass(10_000);
        GatewayRequest conditional = GatewayRequest.get("/a").header("If-None-Match", "W/\"1\"");
        assertThat(stand.answer(conditional).status()).isEqualTo(304);
        assertThat(sent(1, "If-None-Match")).isEqualTo("\"1\"");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("prices");
    }

    @Test
    void whatMustBeValidatedEachTimeIsStoredAndNobodyWaits() {
        stand.all(tagged("prices", "\"1\"", "no-cache").in(5), notModified().in(5));
        CompletableFuture<GatewayResponse> first = stand.ask("/a");
        stand.pass(5);
        assertThat(first).isCompleted();
        List<CompletableFuture<GatewayResponse>> answers =
                Stream.generate(() -> stand.ask("/a")).limit(10).toList();
        stand.pass(5);
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("prices"));
        assertThat(launches(stand.backends)).hasSize(11);
        assertThat(sent(10, "If-None-Match")).isEqualTo("\"1\"");
    }

    @Test
    void fiveHundredWhoFindItExpiredAskOnce() {
        stand.all(tagged("prices", "\"1\"", TAGGED), notModified().in(5));
        stand.answer("/a");
        stand.pass(10_000);
        List<CompletableFuture<GatewayResponse>> answers =
                Stream.generate(() -> stand.ask("/a")).limit(500).toList();
        stand.pass(5);
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(Stand.now(answer).body().utf8()).isEqualTo("prices"));
        assertThat(launches(stand.backends)).hasSize(2);
        assertThat(field(answers.get(499).join(), "Cache-Status"))
                .isEqualTo("fanout-gateway; fwd=stale; fwd-status=304; ttl=9; stored; collapsed");
    }

    @Test
    void aClientThatWantsTheBackendsAskedGetsThat() {
        stand.all(tagged("prices", "\"1\"", TAGGED), notModified());
        stand.answer("/a");
        GatewayResponse answer = stand.answer(GatewayRequest.get("/a").header("Cache-Control", "no-cache"));
        assertThat(answer.body().utf8()).isEqualTo("prices");
        assertThat(field(answer, "Cache-Status"))
                .isEqualTo("fanout-gateway; fwd=request; fwd-status=304; ttl=10; stored");
        assertThat(sent(1, "If-None-Match")).isEqualTo("\"1\"");
    }

    /** Section 4.3.5. */
    @Test
    void headUpdatesWhatIsStored() {
        stand.all(
                tagged("prices", "\"1\"", TAGGED),
                response(200, "", "ETag", "\"1\"", "Cache-Control", "max-age=60", "Content-Length", "6"));
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer(GatewayRequest.of("HEAD", "/a")).status()).isEqualTo(200);
        stand.pass(59_000);
        GatewayResponse hit = stand.answer("/a");
        assertThat(hit.body().utf8()).isEqualTo("prices");
        assertThat(field(hit, "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=1");
    }

    @Test
    void headThatTellsOfAnotherResponseEndsTheStoredOne() {
        stand.all(
                tagged("prices", "\"1\"", TAGGED),
                response(200, "", "ETag", "\"2\"", "Cache-Control", "max-age=60"),
                tagged("new", "\"2\"", TAGGED));
        stand.answer("/a");
        stand.pass(10_000);
        stand.answer(GatewayRequest.of("HEAD", "/a"));
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
        assertThat(sent(2, "If-None-Match")).isEmpty();
    }

    @Test
    void aPartIsCutFromWhatWasValidated() {
        stand.all(tagged("0123456789", "\"1\"", TAGGED), notModified());
        stand.answer("/a");
        stand.pass(10_000);
        GatewayResponse part = stand.answer(GatewayRequest.get("/a").header("Range", "bytes=2-4"));
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body().utf8()).isEqualTo("234");
        assertThat(sent(1, "Range")).isEmpty();
    }

    @Test
    void a304ThatForbidsStoringEndsTheStoredOne() {
        stand.all(
                tagged("prices", "\"1\"", TAGGED),
                notModified("Cache-Control", "no-store"),
                tagged("new", "\"1\"", TAGGED));
        stand.answer("/a");
        stand.pass(10_000);
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("prices");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("new");
        assertThat(sent(2, "If-None-Match")).isEmpty();
    }

    private String sent(int call, String field) {
        return stand.backends
                .requests()
                .get(call)
                .request()
                .headers()
                .first(field)
                .orElse("");
    }

    static Script tagged(String text, String tag, String cacheControl) {
        return response(200, text, "ETag", tag, "Cache-Control", cacheControl);
    }

    static Script notModified(String... fields) {
        return response(304, "", fields);
    }

    static Script response(int status, String text, String... fields) {
        return Script.answers(new GatewayResponse(status, Headers.of(fields), Body.utf8(text)));
    }
}
