package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.jwt.Issuer.AUDIENCE;
import static dev.fanoutgateway.jwt.Issuer.EC;
import static dev.fanoutgateway.jwt.Issuer.NAME;
import static dev.fanoutgateway.jwt.Issuer.NOW;
import static dev.fanoutgateway.jwt.Issuer.RSA;
import static dev.fanoutgateway.jwt.Issuer.claims;
import static dev.fanoutgateway.jwt.Issuer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.jwt.Issuer;
import dev.fanoutgateway.jwt.JwtRules;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Tokens beside keys, as a gateway takes them. */
@Isolated("takes over the standard error stream, where the log goes")
class JwtCallersTest {
    private static final String GOOD = token(RSA, claims(",\"scope\":\"" + "prices ".repeat(10) + "\""));

    private final Stand stand = new Stand();

    @TempDir
    private Path folder;

    private JwtRules.Builder rules = JwtRules.of("not", "read");

    @BeforeEach
    void publish() throws IOException {
        Path jwks = folder.resolve("jwks.json");
        Files.writeString(jwks, Issuer.jwks(RSA, EC));
        rules = JwtRules.of(NAME, AUDIENCE).jwksFile(jwks).planClaim("plan");
        stand.route(everything());
        stand.all(Script.ok("prices"));
        stand.builder.key("demo", "demo-key", "basic").plan(Plan.of("basic")).plan(Plan.of("gold"));
    }

    @Test
    void aTokenIsItsCallersAndAKeyIsToo() {
        stand.builder.jwt(rules.build());
        assertThat(GOOD.length()).isGreaterThan(512);
        assertThat(answer(bearer(GOOD)).status()).isEqualTo(200);
        assertThat(stand.lastRecord().caller().map(Caller::id)).contains("jwt:alice");
        assertThat(answer(bearer("demo-key")).status()).isEqualTo(200);
        assertThat(stand.lastRecord().caller().map(Caller::id)).contains("demo");
        assertThat(answer(Stand.keyed("/p", "demo-key")).status()).isEqualTo(200);
    }

    @Test
    void whateverIsWrongTheAnswerIsTheSame() {
        stand.builder.jwt(rules.build());
        String nothing = Stand.wire(answer(GatewayRequest.get("/p").from("192.0.2.9")));
        assertThat(nothing).startsWith("401").contains("WWW-Authenticate: Bearer realm=\"api\"\n");
        for (String wrong : List.of(
                "another-key",
                token(RSA, claims(NOW - 1_000, "")),
                token(Issuer.OTHER_RSA, claims()),
                token(EC, claims().replace("gold", "platinum")),
                GOOD.substring(1),
                GOOD + ".",
                "e".repeat(9_000),
                "")) {
            assertThat(Stand.wire(answer(bearer(wrong).from("192.0.2.9")))).isEqualTo(nothing);
        }
    }

    @Test
    void keysAreNoLongerThanBefore() {
        stand.builder.jwt(rules.build());
        assertThat(answer(GatewayRequest.get("/p").header("X-API-Key", GOOD)).status())
                .isEqualTo(401);
        assertThat(answer(GatewayRequest.get("/p?api_key=" + GOOD)).status()).isEqualTo(401);
    }

    @Test
    void aTokenBesideAKeyIsTwoCredentials() {
        stand.builder.jwt(rules.build());
        assertThat(answer(bearer(GOOD).header("X-API-Key", "demo-key")).status())
                .isEqualTo(400);
        String other = token(EC, claims());
        assertThat(answer(bearer(GOOD).header("Authorization", "Bearer " + other))
                        .status())
                .isEqualTo(400);
        assertThat(answer(bearer(GOOD).header("Authorization", "bearer  " + GOOD))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void guessesAreCountedByAddressAndKnownTokensStillTaken() {
        stand.builder.jwt(rules.build()).failedAuthentication(Limit.perMinute(5));
        assertThat(answer(bearer(GOOD)).status()).isEqualTo(200);
        String forged = token(Issuer.OTHER_RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}", claims());
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            refused += answer(bearer(forged)).status() == 429 ? 1 : 0;
        }
        assertThat(refused).isEqualTo(5);
        assertThat(answer(bearer(GOOD)).status()).isEqualTo(200);
        assertThat(answer(bearer(token(EC, claims()))).status()).isEqualTo(429);
    }

    @Test
    void anotherAuthenticatorIsAskedForWhatNeitherKnows() {
        stand.builder
                .jwt(rules.build())
                .authenticator(credential -> CompletableFuture.completedFuture(
                        credential.secret().equals("opaque")
                                ? Optional.of(new Caller("carol", "gold"))
                                : Optional.empty()));
        assertThat(answer(bearer("opaque")).status()).isEqualTo(200);
        assertThat(answer(bearer(GOOD)).status()).isEqualTo(200);
        assertThat(answer(bearer("other")).status()).isEqualTo(401);
    }

    @Test
    void plansOfTheRulesMustExist() {
        stand.builder.jwt(rules.plan("vip", "platinum").build());
        assertThatThrownBy(stand::gateway)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("jwt names the plan 'platinum', expected one of [basic, gold]");
    }

    @Test
    void aTokenLeavesTheGatewayByNoDoor() {
        stand.builder.jwt(rules.build());
        String refused = token(Issuer.OTHER_RSA, claims());
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        List<String> texts = new ArrayList<>();
        try {
            for (String token : List.of(GOOD, refused)) {
                GatewayResponse response = answer(bearer(token));
                texts.add(Stand.wire(response) + response + bearer(token));
            }
            stand.on("a", Script.answers(500, "broken")).on("b", Script.answers(500, "broken"));
            stand.on("c", Script.answers(500, "broken"));
            texts.add(Stand.wire(answer(bearer(GOOD))));
            stand.pass(600_000);
        } finally {
            System.setErr(before);
        }
        texts.add(log.toString(StandardCharsets.UTF_8));
        stand.backends.requests().forEach(sent -> {
            texts.add(sent.toString());
            sent.request().headers().forEach((name, value) -> texts.add(name + ": " + value));
        });
        Stream.of(stand.records, stand.attempts, stand.messages, stand.delivered)
                .flatMap(List::stream)
                .map(Object::toString)
                .forEach(texts::add);
        texts.add(stand.gateway().toString());
        for (String token : List.of(GOOD, refused)) {
            for (String part : token.split("\\.")) {
                assertThat(texts).allSatisfy(text -> assertThat(text).doesNotContain(part.substring(0, 20)));
            }
        }
    }

    /** Its answer, the keys having been looked at again if it asks for that. */
    private GatewayResponse answer(GatewayRequest request) {
        CompletableFuture<GatewayResponse> answer = stand.ask(request);
        stand.clock.runDue();
        return Stand.now(answer);
    }

    private static GatewayRequest bearer(String token) {
        return GatewayRequest.get("/p")
                .header("Authorization", "Bearer " + token)
                .from("192.0.2.1");
    }
}
