package dev.fanoutgateway;

import static dev.fanoutgateway.RevalidationTest.response;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.launches;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an unsafe request makes doubtful: RFC 9111 section 4.4. */
class InvalidationTest {
    private final Stand stand = new Stand().route(Stand.everything().strategy(FanoutStrategy.single()));

    @ParameterizedTest(name = "{0} -> {1}, {2}: {3} removed: {4}")
    @CsvSource(delimiter = '|', textBlock = """
            POST     | 200 |                                              | /p/a?b | true
            PUT      | 204 |                                              | /p/a?b | true
            DELETE   | 200 |                                              | /p/a?b | true
            PATCH    | 303 |                                              | /p/a?b | true
            M-SEARCH | 200 |                                              | /p/a?b | true
            OPTIONS  | 200 |                                              | /p/a?b | false
            POST     | 400 |                                              | /p/a?b | false
            POST     | 500 |                                              | /p/a?b | false
            POST     | 200 |                                              | /p/a   | false
            POST     | 201 | Location: /p/new                             | /p/new | true
            POST     | 201 | Location: new?x=1                            | /p/new?x=1 | true
            POST     | 201 | Location: http://gateway.example/p/new       | /p/new | true
            POST     | 201 | Location: http://a/p/new                     | /p/new | true
            POST     | 201 | Location: http://other.example/p/new         | /p/new | false
            POST     | 200 | Content-Location: /p/new                     | /p/new | true
            POST     | 500 | Content-Location: /p/new                     | /p/new | false
            POST     | 201 | Location: :%% no URI                         | /p/a?b | true
            """)
    void removesWhatMayHaveChanged(String method, int status, String field, String target, boolean removed) {
        String[] fields = field == null ? new String[0] : field.split(": ", 2);
        stand.all(Script.ok("old"), response(status, "", fields), Script.ok("new"));
        stand.answer(target);
        stand.answer(GatewayRequest.of(method, "/p/a?b").header("Host", "gateway.example"));
        assertThat(stand.answer(target).body().utf8()).isEqualTo(removed ? "new" : "old");
    }

    @Test
    void allVariantsGo() {
        stand.all(
                response(200, "en", "Vary", "Accept-Language"),
                response(200, "de", "Vary", "Accept-Language"),
                Script.ok("posted"),
                response(200, "new en", "Vary", "Accept-Language"),
                response(200, "new de", "Vary", "Accept-Language"));
        GatewayRequest english = GatewayRequest.get("/a").header("Accept-Language", "en");
        GatewayRequest german = GatewayRequest.get("/a").header("Accept-Language", "de");
        stand.answer(english);
        stand.answer(german);
        assertThat(stand.answer(german).body().utf8()).isEqualTo("de");
        stand.answer(GatewayRequest.of("POST", "/a"));
        assertThat(stand.answer(english).body().utf8()).isEqualTo("new en");
        assertThat(stand.answer(german).body().utf8()).isEqualTo("new de");
    }

    /** What was asked for before the change may be from before it. */
    @Test
    void anOldFillIsNotStoredAfterwards() {
        stand.all(Script.ok("old").in(100), Script.ok("posted").in(10), Script.ok("new"));
        CompletableFuture<GatewayResponse> slow = stand.ask("/a");
        CompletableFuture<GatewayResponse> post = stand.ask(GatewayRequest.of("POST", "/a"));
        stand.pass(10);
        assertThat(post).isCompleted();
        stand.pass(1);
        assertThat(stand.answer("/a").body().utf8())
                .as("does not join the old flight")
                .isEqualTo("new");
        stand.pass(89);
        assertThat(Stand.now(slow).body().utf8()).isEqualTo("old");
        GatewayResponse hit = stand.answer("/a");
        assertThat(hit.body().utf8()).isEqualTo("new");
        assertThat(field(hit, "Cache-Status")).startsWith("fanout-gateway; hit");
    }

    @Test
    void aMethodThatMustBeForwardedSaysSo() {
        stand.all(Script.ok("posted"));
        GatewayResponse posted = stand.answer(GatewayRequest.of("POST", "/a"));
        assertThat(field(posted, "Cache-Status")).isEqualTo("fanout-gateway; fwd=method");
        assertThat(launches(stand.backends)).hasSize(1);
    }
}
