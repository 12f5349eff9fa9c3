package dev.fanoutgateway.jwt;

import static dev.fanoutgateway.jwt.Issuer.AUDIENCE;
import static dev.fanoutgateway.jwt.Issuer.EC;
import static dev.fanoutgateway.jwt.Issuer.NAME;
import static dev.fanoutgateway.jwt.Issuer.NOW;
import static dev.fanoutgateway.jwt.Issuer.RSA;
import static dev.fanoutgateway.jwt.Issuer.claims;
import static dev.fanoutgateway.jwt.Issuer.token;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.testing.FakeClock;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom good tokens stand for, and how long. */
class JwtAuthenticatorTest {
    private final FakeClock clock = new FakeClock();

    @Test
    void theSubjectIsTheCallerAndTheClaimThePlan() {
        assertThat(ask(open(rules()), token(RSA, claims()))).contains(new Caller("jwt:alice", "gold"));
        assertThat(ask(open(rules()), token(EC, claims()))).contains(new Caller("jwt:alice", "gold"));
    }

    @ParameterizedTest
    @EnumSource(JwtAlgorithm.class)
    void everyAlgorithmThatIsAskedForIsVerified(JwtAlgorithm algorithm) {
        JWK key = !algorithm.elliptic()
                ? RSA
                : algorithm == JwtAlgorithm.ES256 ? EC : algorithm == JwtAlgorithm.ES384 ? Issuer.EC384 : Issuer.EC521;
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + key.getKeyID() + "\"}";
        JwtAuthenticator authenticator = open(rules().algorithms(algorithm), RSA, EC, Issuer.EC384, Issuer.EC521);
        assertThat(ask(authenticator, token(key, algorithm.name(), header, claims())))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "application/jwt", "at+jwt", "AT+JWT", "application/at+jwt"})
    void typesAreMediaTypes(String type) {
        String header = "{\"typ\":\"" + type + "\",\"alg\":\"RS256\",\"kid\":\"rsa-1\"}";
        assertThat(ask(open(rules()), token(RSA, "RS256", header, claims()))).isPresent();
    }

    @Test
    void whereOneTypeIsWantedATokenMustHaveIt() {
        JwtAuthenticator authenticator = open(rules().types("application/at+jwt"));
        assertThat(ask(authenticator, token(RSA, claims()))).isEmpty();
        String header = "{\"typ\":\"at+jwt\",\"alg\":\"RS256\",\"kid\":\"rsa-1\"}";
        assertThat(ask(authenticator, token(RSA, "RS256", header, claims()))).isPresent();
    }

    @Test
    void aTokenThatNamesNoKeyIsTheOnlyKeys() {
        String unnamed = token(RSA, "RS256", "{\"alg\":\"RS256\"}", claims());
        assertThat(ask(open(rules()), unnamed)).isPresent();
        assertThat(ask(open(rules(), RSA, Issuer.OTHER_RSA), unnamed)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "['prices']; true",
                "['others', 'prices']; true",
                "['mirror']; true",
                "'mirror'; true",
                "['others']; false",
                "'others'; false"
            })
    void oneAudienceIsEnough(String audience, boolean taken) {
        String claims = claims().replace("\"prices\"", audience.replace('\'', '"'));
        assertThat(ask(open(rules().audience("mirror")), token(EC, claims)).isPresent())
                .isEqualTo(taken);
    }

    @Test
    void aTokenEndsWhenItSaysAndTheLeewayLater() {
        JwtAuthenticator authenticator = open(rules());
        String token = token(RSA, claims(NOW + 10, ""));
        assertThat(ask(authenticator, token)).isPresent();
        clock.advance(Duration.ofMillis(39_999));
        assertThat(ask(authenticator, token)).as("remembered").isPresent();
        assertThat(ask(open(rules()), token)).as("looked at now").isPresent();
        clock.advance(Duration.ofMillis(1));
        assertThat(ask(authenticator, token)).as("remembered").isEmpty();
        assertThat(ask(open(rules()), token)).as("looked at now").isEmpty();
    }

    @Test
    void aTokenBeginsWhenItSaysAndTheLeewayBefore() {
        JwtAuthenticator authenticator = open(rules().leeway(Duration.ofSeconds(5)));
        String token = token(EC, claims(",\"nbf\":" + (NOW + 10) + ".5,\"iat\":" + (NOW + 10)));
        clock.advance(Duration.ofMillis(5_499));
        assertThat(ask(authenticator, token)).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(ask(authenticator, token)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e12", "99999999999999999999999999999999", "1.7976931348623157e308", "1767225900.75"})
    void datesMayBeAnyNumber(String expires) {
        String claims = claims().replace(Long.toString(NOW + 300), expires);
        assertThat(ask(open(rules()), token(EC, claims))).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "'vip'; gold",
                "['vip']; gold",
                "['user', 'vip']; gold",
                "['user', 'other']; basic",
                "'gold'; free",
                "['gold', 7, null]; free",
                "7; free",
                "{}; free"
            })
    void valuesOfAClaimStandForPlansTheFirstGivenFirst(String value, String plan) {
        JwtRules.Builder rules = rules().planClaim("realm", "roles")
                .plan("vip", "gold")
                .plan("user", "basic")
                .defaultPlan("free");
        String claims = claims(",\"realm\":{\"roles\":" + value.replace('\'', '"') + "}");
        assertThat(ask(open(rules), token(EC, claims))).contains(new Caller("jwt:alice", plan));
    }

    @Test
    void withoutAPlansClaimEverybodyHasTheDefault() {
        JwtRules.Builder rules = JwtRules.of(NAME, AUDIENCE)
                .defaultPlan("basic")
                .idClaim("client_id")
                .idPrefix("");
        assertThat(ask(open(rules), token(EC, claims(",\"client_id\":\"shop \u20ac\""))))
                .contains(new Caller("shop \u20ac", "basic"));
    }

    @Test
    void whereNoPlansAreKnownATokensOwnCounts() {
        JwtAuthenticator authenticator = open(rules(), Set.of(), RSA);
        assertThat(ask(authenticator, token(RSA, claims().replace("gold", "platinum"))))
                .contains(new Caller("jwt:alice", "platinum"));
    }

    @Test
    void keysThatAreOfNoUseAreLeftOut() {
        JWK forEncryption = new com.nimbusds.jose.jwk.RSAKey.Builder(RSA)
                .keyUse(com.nimbusds.jose.jwk.KeyUse.ENCRYPTION)
                .build();
        JWK forAnother = new com.nimbusds.jose.jwk.RSAKey.Builder(RSA)
                .algorithm(com.nimbusds.jose.JWSAlgorithm.RS512)
                .build();
        JWK tooShort = Issuer.rsa("rsa-1", 1_024);
        for (JWK useless : new JWK[] {forEncryption, forAnother, tooShort}) {
            assertThat(ask(open(rules(), useless, EC), token(RSA, claims()))).isEmpty();
            assertThat(ask(open(rules(), useless, EC), token(EC, claims()))).isPresent();
        }
    }

    private static JwtRules.Builder rules() {
        return JwtRules.of(NAME, AUDIENCE).planClaim("plan");
    }

    private JwtAuthenticator open(JwtRules.Builder rules, JWK... keys) {
        return open(rules, Set.of("gold", "basic", "free"), keys.length == 0 ? new JWK[] {RSA, EC} : keys);
    }

    private JwtAuthenticator open(JwtRules.Builder rules, Set<String> plans, JWK... keys) {
        byte[] jwks = Issuer.jwks(keys).getBytes(StandardCharsets.UTF_8);
        JwtAuthenticator authenticator = JwtAuthenticator.open(
                rules.jwksUrl(URI.create("https://id.test/jwks")).build(),
                plans,
                (url, timeout, most) -> jwks,
                1_000_000_000,
                clock,
                message -> {});
        clock.runDue();
        return authenticator;
    }

    private Optional<Caller> ask(JwtAuthenticator authenticator, String token) {
        return authenticator
                .authenticate(new KeyCredential(Source.BEARER, token))
                .toCompletableFuture()
                .getNow(Optional.empty());
    }
}
