package dev.fanoutgateway;

import static dev.fanoutgateway.RevalidationTest.response;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Ranges through the whole gateway: RFC 9110 section 14, RFC 9111 sections 3.3 and 3.4. */
class PartialAnswersTest {
    private final Stand stand = new Stand().route(Stand.everything().strategy(FanoutStrategy.single()));

    @Test
    void aPartIsCutFromAStoredResponse() {
        stand.all(Script.ok("0123456789"));
        stand.answer("/a");
        GatewayResponse part = ranged("bytes=2-4");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body().utf8()).isEqualTo("234");
        assertThat(field(part, "Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(field(part, "Cache-Status")).startsWith("fanout-gateway; hit");
        assertThat(ranged("bytes=20-").status()).isEqualTo(416);
        assertThat(launches(stand.backends)).hasSize(1);
    }

    @Test
    void aPartIsKeptAndItsPartsAreGiven() {
        stand.all(part("2-7/10", "234567", "\"1\""));
        GatewayResponse first = ranged("bytes=2-7");
        assertThat(field(first, "Cache-Status")).isEqualTo("fanout-gateway; fwd=uri-miss; stored");
        assertThat(ranged("bytes=3-4").body().utf8()).isEqualTo("34");
        assertThat(launches(stand.backends)).hasSize(1);
    }

    @Test
    void aPartIsNeverTakenForAll() {
        stand.all(part("0-4/10", "01234", "\"1\""), response(200, "0123456789", "ETag", "\"1\""));
        ranged("bytes=0-4");
        GatewayResponse whole = stand.answer("/a");
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.body().utf8()).isEqualTo("0123456789");
        assertThat(field(whole, "Cache-Status")).isEqualTo("fanout-gateway; fwd=partial; stored");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("0123456789");
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void partsOfTheSameMakeAWhole() {
        stand.all(part("0-4/10", "01234", "\"1\""), part("5-9/10", "56789", "\"1\""));
        ranged("bytes=0-4");
        ranged("bytes=5-9");
        GatewayResponse whole = stand.answer("/a");
        assertThat(whole.status()).isEqualTo(200);
        assertThat(whole.body().utf8()).isEqualTo("0123456789");
        assertThat(launches(stand.backends)).hasSize(2);
    }

    @Test
    void partsOfDifferentOnesDoNot() {
        stand.all(part("0-4/10", "01234", "\"1\""), part("5-9/10", "fghij", "\"2\""), Script.ok("abcdefghij"));
        ranged("bytes=0-4");
        ranged("bytes=5-9");
        assertThat(stand.answer("/a").body().utf8()).isEqualTo("abcdefghij");
    }

    @Test
    void partsDoNotWaitForEachOther() {
        stand.all(part("0-4/10", "01234", "\"1\"").in(5));
        var answers = IntStream.range(0, 10)
                .mapToObj(i -> stand.ask(GatewayRequest.get("/a").header("Range", "bytes=" + i + "-" + i)))
                .toList();
        assertThat(launches(stand.backends)).hasSize(10);
        stand.pass(5);
        assertThat(answers).allSatisfy(answer -> assertThat(answer).isCompleted());
    }

    /** RFC 9111 section 3.4: what only the older part has said of its lifetime holds for both. */
    @Test
    void partsTogetherLiveAsLongAsTheirFieldsSay() {
        stand.all(
                part("0-4/10", "01234", "\"1\""),
                response(206, "56789", "Content-Range", "bytes 5-9/10", "ETag", "\"1\""),
                response(304, "", "ETag", "\"1\""));
        ranged("bytes=0-4");
        ranged("bytes=5-9");
        stand.pass(59_000);
        assertThat(field(stand.answer("/a"), "Cache-Status")).isEqualTo("fanout-gateway; hit; ttl=1");
        stand.pass(2_000);
        assertThat(field(stand.answer("/a"), "Cache-Status")).startsWith("fanout-gateway; fwd=stale; fwd-status=304");
    }

    @Test
    void headsAndPartsFollowARequestForAll() {
        stand.all(Script.ok("0123456789").in(5));
        CompletableFuture<GatewayResponse> all = stand.ask("/a");
        CompletableFuture<GatewayResponse> head = stand.ask(GatewayRequest.of("HEAD", "/a"));
        CompletableFuture<GatewayResponse> part =
                stand.ask(GatewayRequest.get("/a").header("Range", "bytes=2-4"));
        CompletableFuture<GatewayResponse> beyond =
                stand.ask(GatewayRequest.get("/a").header("Range", "bytes=20-"));
        stand.pass(5);
        assertThat(launches(stand.backends)).hasSize(1);
        assertThat(Stand.now(all).body().utf8()).isEqualTo("0123456789");
        assertThat(Stand.now(head).status()).isEqualTo(200);
        assertThat(Stand.now(head).body().length()).isZero();
        assertThat(field(Stand.now(head), "Cache-Status")).contains("collapsed");
        assertThat(Stand.now(part).status()).isEqualTo(206);
        assertThat(Stand.now(part).body().utf8()).isEqualTo("234");
        assertThat(field(Stand.now(part), "Content-Range")).isEqualTo("bytes 2-4/10");
        assertThat(Stand.now(beyond).status()).isEqualTo(416);
    }

    @Test
    void headsAndPartsGoAloneWhereThatFailsOrIsNotForThem() {
        stand.all(
                response(200, "mine", "Cache-Control", "private").in(5),
                Script.ok("their own").in(5));
        CompletableFuture<GatewayResponse> all = stand.ask("/a");
        CompletableFuture<GatewayResponse> head = stand.ask(GatewayRequest.of("HEAD", "/a"));
        CompletableFuture<GatewayResponse> part =
                stand.ask(GatewayRequest.get("/a").header("Range", "bytes=0-1"));
        stand.pass(5);
        assertThat(Stand.now(all).body().utf8()).isEqualTo("mine");
        assertThat(launches(stand.backends)).hasSize(3);
        stand.pass(5);
        assertThat(Stand.now(head).status()).isEqualTo(200);
        assertThat(Stand.now(part).body().utf8()).isEqualTo("th"); // cut from a whole answer of its own
    }

    @Test
    void allThatIsAskedForDoesNotFollowAHead() {
        stand.all(Script.ok("").in(5), Script.ok("all").in(5));
        CompletableFuture<GatewayResponse> head = stand.ask(GatewayRequest.of("HEAD", "/a"));
        CompletableFuture<GatewayResponse> all = stand.ask("/a");
        assertThat(launches(stand.backends)).hasSize(2);
        stand.pass(5);
        assertThat(Stand.now(head).status()).isEqualTo(200);
        assertThat(Stand.now(all).body().utf8()).isEqualTo("all");
    }

    @Test
    void conditionsOfAPartGoWithIt() {
        stand.all(part("0-4/10", "01234", "\"1\""));
        GatewayRequest request =
                GatewayRequest.get("/a").header("Range", "bytes=0-4").header("If-Range", "\"1\"");
        stand.answer(request);
        assertThat(stand.backends.requests().get(0).request().headers().all("If-Range"))
                .isEqualTo(List.of("\"1\""));
    }

    private GatewayResponse ranged(String range) {
        return stand.answer(GatewayRequest.get("/a").header("Range", range));
    }

    private static Script part(String range, String text, String tag) {
        return response(206, text, "Content-Range", "bytes " + range, "ETag", tag, "Cache-Control", "max-age=60");
    }
}
