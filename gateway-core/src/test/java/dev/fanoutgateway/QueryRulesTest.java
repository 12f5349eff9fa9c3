package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries have one form: that in which they are forwarded. */
class QueryRulesTest {
    private final Stand stand = new Stand();

    @AfterEach
    void close() {
        stand.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', quoteCharacter = '`', textBlock = """
            a=1&b a=1&b
            a='b' a=%27b%27
            " %22
            <a>b %3Ca%3Eb
            %27%3c %27%3c
            %zz|{}^[]\\% %zz|{}^[]\\%
            """)
    void whatClientsEscapeIsEscapedFirst(String given, String sent) {
        GatewayRequest request = GatewayRequest.get("/a?" + given);
        assertThat(QueryRules.escaped(request).query()).isEqualTo(sent);
        assertThat(QueryRules.sendable(sent)).isTrue();
        assertThat(QueryRules.escaped(QueryRules.escaped(request)).query()).isEqualTo(sent);
    }

    @Test
    void whatNeedsNothingIsTheSame() {
        GatewayRequest request = GatewayRequest.get("/a?b=c&d");
        assertThat(QueryRules.escaped(request)).isSameAs(request);
        assertThat(QueryRules.escaped(GatewayRequest.get("/a")).query()).isNull();
        assertThat(QueryRules.sendable(null)).isTrue();
        assertThat(QueryRules.sendable("")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00e9", "\ufffd", "a=b\u0080", " ", "a b", "\u0000", "\r\n", "\u007f", "a#b", "\ud800"})
    void whatNobodyReadsAlikeIsRefused(String query) {
        stand.route(Stand.everything());
        assertThat(Stand.now(stand.ask(GatewayRequest.get("/a").withQuery(query)))
                        .status())
                .isEqualTo(400);
        assertThat(stand.attempts).isEmpty();
    }

    @Test
    void oneFormHasOneEntryInTheCache() {
        stand.all(Script.answers(new GatewayResponse(200, Headers.of("Content-Type", "text/plain"), Body.utf8("x"))));
        stand.builder.backends("http://a");
        stand.route(Stand.everything().cache(CachePolicy.standard().ttl(Duration.ofHours(1))));
        for (String query : new String[] {"a='<b>'", "a=%27%3Cb%3E%27", "a='%3Cb>'"}) {
            assertThat(Stand.now(stand.ask(GatewayRequest.get("/a?" + query))).status())
                    .isEqualTo(200);
        }
        assertThat(stand.attempts).hasSize(1);
    }

    @Test
    void whatAnUnsafeRequestNamesIsFoundInThatForm() {
        stand.all(
                Script.ok("old"),
                Script.answers(new GatewayResponse(200, Headers.of("Location", "/a?b='c'"), Body.utf8("made"))),
                Script.ok("new"));
        stand.builder.backends("http://a");
        stand.route(Stand.everything().cache(CachePolicy.standard().ttl(Duration.ofHours(1))));
        assertThat(Stand.now(stand.ask(GatewayRequest.get("/a?b='c'"))).body().utf8())
                .isEqualTo("old");
        Stand.now(stand.ask(GatewayRequest.of("POST", "/other")));
        assertThat(Stand.now(stand.ask(GatewayRequest.get("/a?b='c'"))).body().utf8())
                .isEqualTo("new");
    }
}
