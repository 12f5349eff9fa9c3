package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.Arrival;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.relay.Relay;
import dev.fanoutgateway.relay.Relay.ClientFields;
import dev.fanoutgateway.relay.Relay.Trace;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the engine as an intermediary sends on, and what it believes. */
class RelayedRequestsTest {
    private static final GatewayRequest PROXIED =
            GatewayRequest.get("/a").from("10.0.0.1").header("X-Forwarded-For", "6.6.6.6, 192.0.2.1");

    private final Stand stand = new Stand()
            .route(Stand.everything().strategy(dev.fanoutgateway.fanout.FanoutStrategy.single()))
            .all(Script.ok("yes"));

    @Test
    void aProxyIsBelievedIfItIsTrusted() {
        stand.builder.relay(Relay.standard().trusting("10.0.0.0/8"));
        stand.answer(PROXIED);
        stand.answer(PROXIED.withQuery("2").from("11.0.0.1"));

        assertThat(sent(0, "X-Forwarded-For")).isEqualTo("192.0.2.1, 10.0.0.1");
        assertThat(sent(0, "Forwarded")).isEqualTo("for=192.0.2.1, for=10.0.0.1");
        assertThat(sent(1, "X-Forwarded-For")).isEqualTo("11.0.0.1");
        assertThat(sent(1, "Forwarded")).isEqualTo("for=11.0.0.1");
    }

    @Test
    void failuresToAuthenticateCountForTheClientBehindTheProxy() {
        stand.builder
                .relay(Relay.standard().trusting("10.0.0.0/8"))
                .key("demo", "demo-key", "any")
                .failedAuthentication(Limit.perMinute(1));
        GatewayRequest guess = PROXIED.header("X-API-Key", "wrong");
        assertThat(stand.answer(guess).status()).isEqualTo(401);
        assertThat(stand.answer(guess).status()).isEqualTo(429);
        GatewayRequest other = GatewayRequest.get("/a")
                .from("10.0.0.1")
                .header("X-Forwarded-For", "192.0.2.1, 192.0.2.2")
                .header("X-API-Key", "wrong");
        assertThat(stand.answer(other).status()).isEqualTo(401);
    }

    @Test
    void aPublicUrlIsToldEvenIfTheAnswerIsShared() {
        stand.builder.relay(Relay.standard().publicUrl("https://API.example.org"));
        stand.answer(GatewayRequest.get("/a").header("Host", "evil.example"));

        assertThat(sent(0, "X-Forwarded-Host")).isEqualTo("api.example.org");
        assertThat(sent(0, "X-Forwarded-Proto")).isEqualTo("https");
        assertThat(sent(0, "Forwarded")).isEqualTo("for=unknown;host=api.example.org;proto=https");
        assertThat(sent(0, "Host")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"BOTH, true, true", "FORWARDED, true, false", "X_FORWARDED, false, true", "NONE, false, false"})
    void clientFieldsAreChosen(ClientFields fields, boolean forwarded, boolean xForwarded) {
        stand.builder.relay(Relay.standard().client(fields));
        stand.answer(PROXIED.header("Forwarded", "for=6.6.6.6"));

        assertThat(sent(0, "Forwarded")).isEqualTo(forwarded ? "for=10.0.0.1" : "");
        assertThat(sent(0, "X-Forwarded-For")).isEqualTo(xForwarded ? "10.0.0.1" : "");
    }

    @Test
    void anAnswerThatVariesByWhatOneClientIsToldIsForNobodyElse() {
        stand.all(Script.answers(new GatewayResponse(
                200,
                Headers.of("Vary", "Accept, X-Forwarded-For", "Cache-Control", "max-age=60"),
                Body.utf8("yours"))));
        GatewayResponse first = stand.answer(GatewayRequest.get("/a").from("192.0.2.1"));
        stand.answer(GatewayRequest.get("/a").from("192.0.2.2"));

        assertThat(stand.backends.requests()).hasSize(2);
        assertThat(first.headers().all("Vary")).contains("*");
    }

    @Test
    void callersThatBackendsAreToldOfHaveAnswersOfTheirOwn() {
        stand.builder
                .relay(Relay.standard().caller("X-Caller-Id", ""))
                .key("one", "key-one", "any")
                .key("two", "key-two", "any");
        for (String key : List.of("key-one", "key-two", "key-one")) {
            stand.answer(GatewayRequest.get("/a").header("X-API-Key", key).header("X-Caller-Id", "root"));
        }

        assertThat(stand.backends.requests()).hasSize(2);
        assertThat(sent(0, "X-Caller-Id")).isEqualTo("one");
        assertThat(sent(1, "X-Caller-Id")).isEqualTo("two");
    }

    @Test
    void gatewaysInARowAreNoLoopAndOneInACircleIs() {
        stand.answer("/a");
        String via = sent(0, "Via");
        assertThat(via).matches("1\\.1 fanout-gateway-[0-9a-f]{8}");

        Stand next = new Stand().all(Script.ok("next"));
        GatewayRequest passed = GatewayRequest.get("/b").header("Via", via);
        assertThat(next.answer(passed).status()).isEqualTo(200);
        assertThat(next.backends.requests().get(0).request().headers().all("Via"))
                .hasSize(2)
                .startsWith(via)
                .allMatch(line -> line.startsWith("1.1 fanout-gateway-"));
        assertThat(stand.answer(passed).status()).isEqualTo(508);
    }

    @Test
    void viaTellsTheVersionThatTheRequestCameBy() {
        stand.builder.relay(Relay.standard().via("me"));
        stand.answer(GatewayRequest.of("POST", "/a").withArrival(Arrival.by("https", "2")));
        assertThat(sent(0, "Via")).isEqualTo("2 me");
        assertThat(sent(0, "X-Forwarded-Proto")).isEqualTo("https");
    }

    @Test
    void aPassedTraceStaysAsItIs() {
        String trace = "cc-12345678901234567890123456789012-1234567890123456-01-later";
        stand.builder.relay(Relay.standard().trace(Trace.PASS));
        stand.answer(GatewayRequest.get("/a").header("traceparent", trace).header("tracestate", "a=1"));
        stand.answer(GatewayRequest.get("/b").header("traceparent", "nonsense").header("tracestate", "a=1"));
        stand.answer("/c");

        assertThat(sent(0, "traceparent")).isEqualTo(trace);
        assertThat(sent(0, "tracestate")).isEqualTo("a=1");
        assertThat(sent(1, "traceparent") + sent(1, "tracestate") + sent(2, "traceparent"))
                .isEmpty();
    }

    @Test
    void theIdIsOneForBackendClientAndRecord() {
        GatewayResponse hit = null;
        for (String id : List.of("first", "second")) {
            hit = stand.answer(GatewayRequest.get("/a").header("x-request-id", id));
        }
        assertThat(sent(0, "X-Request-Id")).isEqualTo("first");
        assertThat(Stand.field(hit, "X-Request-Id")).isEqualTo("second");
        assertThat(stand.lastRecord().id()).isEqualTo("second");
        assertThat(stand.backends.requests()).hasSize(1);
    }

    @Test
    void withoutIdsThereAreNone() {
        stand.builder.relay(Relay.standard().requestId(""));
        GatewayResponse answer = stand.answer(GatewayRequest.get("/a").header("X-Request-Id", "theirs"));
        assertThat(sent(0, "X-Request-Id")).isEqualTo("theirs"); // no field of ours
        assertThat(Stand.field(answer, "X-Request-Id")).isEmpty();
        assertThat(stand.lastRecord().id()).isEmpty();
    }

    @Test
    void identityIsPassedOnWhereTheHostKeepsItOnly() {
        stand.builder.relay(Relay.standard().trusting("10.0.0.1").keeping("X-Kept-User", "X-Remote-User"));
        GatewayRequest claiming = GatewayRequest.of("POST", "/a")
                .header("X-Forwarded-User", "root")
                .header("X-Forwarded-Port", "8443")
                .header("X-Remote-User", "root")
                .header("X_Forwarded_User", "root");
        stand.answer(claiming.from("10.0.0.1"));
        stand.answer(claiming.from("10.0.0.2"));

        assertThat(sent(0, "X-Forwarded-User") + sent(0, "X-Remote-User")).isEqualTo("root");
        assertThat(sent(0, "X-Forwarded-Port") + sent(1, "X-Forwarded-Port")).isEqualTo("8443");
        assertThat(sent(0, "X_Forwarded_User")).isEmpty();
        assertThat(sent(1, "X-Forwarded-User") + sent(1, "X-Remote-User")).isEqualTo("root");
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"})
    void aReadingRequestDoesNotBecomeAWritingOne(String field) {
        stand.route(Stand.everything().cache(CachePolicy.off()));
        stand.builder.relay(Relay.standard().trusting("10.0.0.1").keeping(field));
        for (String method : List.of("GET", "HEAD", "OPTIONS")) {
            stand.answer(GatewayRequest.of(method, "/a").header(field, "DELETE").from("10.0.0.1"));
        }
        stand.answer(GatewayRequest.of("POST", "/a").header(field, "PATCH"));
        assertThat(stand.backends.requests())
                .extracting(sent -> sent.request().method())
                .contains("GET", "POST");
        assertThat(stand.backends.requests())
                .allMatch(sent -> sent.request()
                        .headers()
                        .all(field)
                        .equals(sent.request().method().equals("POST") ? List.of("PATCH") : List.of()));
    }

    private String sent(int request, String field) {
        return String.join(
                " | ",
                stand.backends.requests().get(request).request().headers().all(field));
    }
}
