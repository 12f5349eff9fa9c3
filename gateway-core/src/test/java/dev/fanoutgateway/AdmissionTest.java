package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.field;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionTest {
    private final Stand stand = new Stand().all(Script.ok("prices"));

    private Stand withKeys() {
        stand.builder
                .plan(Plan.of("basic").routes("/api/v1/**"))
                .key("demo", "demo-key", "basic")
                .key(KeyEntry.ofKey("old", "old-key", "basic").expiresAt(Instant.parse("2025-12-31T23:59:59Z")));
        return stand;
    }

    @Test
    void validKeyIsLetInFromHeaderBearerAndQuery() {
        withKeys();
        assertThat(stand.answer(keyed("/api/v1/a", "demo-key")).status()).isEqualTo(200);
        assertThat(stand.answer(GatewayRequest.get("/api/v1/b").header("Authorization", "Bearer demo-key"))
                        .status())
                .isEqualTo(200);
        assertThat(stand.answer("/api/v1/c?api_key=demo-key").status()).isEqualTo(200);
        assertThat(stand.records)
                .allSatisfy(record -> assertThat(record.caller()).contains(new Caller("demo", "basic", Map.of())));
    }

    @Test
    void theSame401ForMissingMalformedUnknownAndExpired() {
        withKeys();
        String missing = Stand.wire(stand.answer("/api/v1/a"));
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "")))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "k\u00e9y")))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "x".repeat(513)))))
                .isEqualTo(missing);
        assertThat(Stand.wire(stand.answer("/api/v1/a?api_key=%zz"))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer("/api/v1/a?api_key"))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(GatewayRequest.get("/api/v1/a").header("Authorization", "Bearer"))))
                .isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "unknown-key")))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "DEMO-KEY")))).isEqualTo(missing);
        assertThat(Stand.wire(stand.answer(keyed("/api/v1/a", "old-key")))).isEqualTo(missing);
        assertThat(missing).isEqualTo("""
                        401
                        Content-Type: application/json
                        Cache-Control: no-store
                        WWW-Authenticate: Bearer realm="api"
                        Cache-Status: fanout-gateway; detail=not-asked

                        {"status": false, "message": "A valid API key is required.", "reason": "unauthenticated"}""");
        assertThat(stand.backends.requests()).isEmpty();
        assertThat(stand.outcomes()).hasSize(10).containsOnly(Outcome.UNAUTHENTICATED);
    }

    @Test
    void twoDifferentKeysAre400AndTheSameTwiceIsOne() {
        withKeys();
        GatewayResponse conflict = stand.answer(
                keyed("/api/v1/a?api_key=other-key", "demo-key").header("Authorization", "Bearer demo-key"));
        assertThat(conflict.status()).isEqualTo(400);
        assertThat(conflict.body().utf8()).doesNotContain("demo-key", "other-key");
        assertThat(stand.answer(keyed("/api/v1/a?api_key=demo-key", "demo-key")
                                .header("Authorization", "Bearer demo-key"))
                        .status())
                .isEqualTo(200);
        assertThat(stand.outcomes()).containsExactly(Outcome.BAD_REQUEST, Outcome.FORWARDED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v2/a", "/api/v10/a", "/", "/API/v1/a"})
    void outsideThePlanIs403AndNot401(String path) {
        withKeys();
        GatewayResponse response = stand.answer(keyed(path, "demo-key"));
        assertThat(response.status()).isEqualTo(403);
        assertThat(response.headers().contains("WWW-Authenticate")).isFalse();
        assertThat(stand.answer(keyed(path, "wrong-key")).status()).isEqualTo(401);
        assertThat(stand.outcomes()).containsExactly(Outcome.FORBIDDEN, Outcome.UNAUTHENTICATED);
        assertThat(stand.backends.requests()).isEmpty();
    }

    @Test
    void escapesAreNoWayAroundAPlan() {
        stand.builder
                .plan(Plan.of("narrow").routes("/api/*/public"))
                .key("demo", "demo-key", "narrow")
                .route(Route.path("/api/admin/**").backends("inner").build())
                .route(Route.path("/api/**").auth(Auth.NONE).build())
                .backends(BackendGroup.of("inner", "http://d"));
        assertThat(stand.answer("/api/%61dmin/users").status()).isEqualTo(401);
        assertThat(stand.answer("/api/adm%69n").status()).isEqualTo(401);
        assertThat(stand.answer(keyed("/api/%61dmin/%70ublic", "demo-key")).status())
                .isEqualTo(404); // covered; d cannot be reached
        assertThat(stand.answer("/api/other").status()).isEqualTo(200);
    }

    @Test
    void aCallerOfAnUnknownPlanIsKnownButCoversNothing() {
        stand.builder
                .plan(Plan.of("basic"))
                .authenticator(
                        credential -> CompletableFuture.completedFuture(Optional.of(new Caller("ghost", "withdrawn"))));
        GatewayResponse response = stand.answer(keyed("/a", "some-key"));
        assertThat(response.status()).isEqualTo(403);
        assertThat(stand.lastRecord().caller()).contains(new Caller("ghost", "withdrawn"));
    }

    @Test
    void withoutPlansAnyKnownKeyCoversEverything() {
        stand.builder.key("demo", "demo-key", "whatever");
        assertThat(stand.answer(keyed("/anything", "demo-key")).status()).isEqualTo(200);
        assertThat(stand.answer("/anything").status()).isEqualTo(401);
    }

    @Test
    void optionalAuthLetsNobodyInAsNobodyAndRefusesAWrongKey() {
        withKeys().route(everything().auth(Auth.OPTIONAL));
        assertThat(stand.answer("/x").status()).isEqualTo(200);
        assertThat(stand.lastRecord().caller()).isEmpty();
        assertThat(stand.answer(keyed("/api/v1/y", "demo-key")).status()).isEqualTo(200);
        assertThat(stand.lastRecord().caller()).isPresent();
        assertThat(stand.answer(keyed("/api/v1/y", "wrong-key")).status()).isEqualTo(401);
        assertThat(stand.answer(keyed("/x", "demo-key")).status()).isEqualTo(403);
    }

    @Test
    void withoutAuthKeysAreNotLookedAt() {
        withKeys().route(everything().auth(Auth.NONE));
        assertThat(stand.answer(keyed("/x", "wrong-key")).status()).isEqualTo(200);
        assertThat(stand.answer(keyed("/x?api_key=%zz", "k\u00e9y")).status()).isEqualTo(200);
        assertThat(stand.records)
                .allSatisfy(record -> assertThat(record.caller()).isEmpty());
    }

    @Test
    void gatewayWithoutKeysWantsNone() {
        assertThat(stand.answer("/x").status()).isEqualTo(200);
    }

    @Test
    void everyMethodNeedsTheKey() {
        withKeys();
        for (String method : new String[] {"OPTIONS", "HEAD", "POST", "DELETE", "PATCH", "PUT"}) {
            assertThat(stand.answer(GatewayRequest.of(method, "/api/v1/a")).status())
                    .isEqualTo(401);
        }
        assertThat(stand.backends.requests()).isEmpty();
    }

    @Test
    void pathIsJudgedBeforeTheKey() {
        withKeys();
        assertThat(stand.answer(keyed("/api/v1/../v2", "demo-key")).status()).isEqualTo(400);
    }

    @Test
    void noRouteIs404() {
        stand.route(Route.path("/api/**").methods("GET"));
        assertThat(stand.answer("/other").status()).isEqualTo(404);
        assertThat(field(stand.answer("/other"), "Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void routeForAnotherMethodIs405() {
        stand.route(Route.path("/api/**").methods("GET", "HEAD"));
        stand.route(Route.path("/api/orders").methods("PUT", "GET"));
        GatewayResponse refusal = stand.answer(GatewayRequest.of("POST", "/api/%6frders"));
        assertThat(refusal.status()).isEqualTo(405);
        assertThat(field(refusal, "Allow")).isEqualTo("GET, HEAD, PUT");
        assertThat(refusal.body().utf8()).contains("\"method-not-allowed\"");
        assertThat(field(stand.answer(GatewayRequest.of("TRACE", "/api/a")), "Allow"))
                .isEqualTo("GET, HEAD");
        assertThat(stand.backends.requests()).isEmpty();
    }

    @Test
    void refusalsAreProblemsForThoseWhoAskForThem() {
        withKeys();
        GatewayResponse problem =
                stand.answer(GatewayRequest.get("/api/v1/a").header("Accept", "application/problem+json, */*;q=0.1"));
        assertThat(field(problem, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(problem.body().utf8())
                .isEqualTo("{\"type\":\"about:blank\",\"title\":\"Unauthorized\",\"status\":401,"
                        + "\"detail\":\"A valid API key is required.\",\"reason\":\"unauthenticated\"}");
    }
}
