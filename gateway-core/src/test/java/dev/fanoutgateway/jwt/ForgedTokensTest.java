package dev.fanoutgateway.jwt;

import static dev.fanoutgateway.jwt.Issuer.AUDIENCE;
import static dev.fanoutgateway.jwt.Issuer.EC;
import static dev.fanoutgateway.jwt.Issuer.NAME;
import static dev.fanoutgateway.jwt.Issuer.NOW;
import static dev.fanoutgateway.jwt.Issuer.OTHER_RSA;
import static dev.fanoutgateway.jwt.Issuer.RSA;
import static dev.fanoutgateway.jwt.Issuer.claims;
import static dev.fanoutgateway.jwt.Issuer.encoded;
import static dev.fanoutgateway.jwt.Issuer.signature;
import static dev.fanoutgateway.jwt.Issuer.token;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.util.Base64URL;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.KeyCredential.Source;
import dev.fanoutgateway.testing.FakeClock;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that must not be taken, by what is wrong with them; each is one step away from one that is. */
class ForgedTokensTest {
    private static final String HEADER = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\"}";
    private static final String EC_HEADER = "{\"alg\":\"ES256\",\"kid\":\"ec-1\"}";

    /** The order of P-256. */
    private static final BigInteger N =
            new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

    private final FakeClock clock = new FakeClock();
    private final AtomicInteger fetches = new AtomicInteger();

    private final JwtAuthenticator authenticator = JwtAuthenticator.open(
            JwtRules.of(NAME, AUDIENCE)
                    .jwksUrl(URI.create("https://id.test/jwks"))
                    .planClaim("plan")
                    .build(),
            Set.of("gold"),
            (url, timeout, most) -> {
                fetches.incrementAndGet();
                return Issuer.jwks(RSA, EC).getBytes(StandardCharsets.UTF_8);
            },
            1_000_000_000,
            clock,
            message -> {});

    static Stream<Arguments> forged() {
        List<Arguments> all = new ArrayList<>();
        unsigned(all);
        confused(all);
        resigned(all);
        headers(all);
        claimed(all);
        dated(all);
        spelled(all);
        shaped(all);
        return all.stream();
    }

    private static void unsigned(List<Arguments> all) {
        for (String none :
                List.of("none", "None", "NONE", "nOnE", "", " ", "none ", "null", "NonE\\u0000", "\\u006eone")) {
            String signed = encoded("{\"alg\":\"" + none + "\"}") + '.' + encoded(claims());
            all.add(Arguments.of("alg '" + none + "' without a signature", signed + '.'));
            all.add(Arguments.of("alg '" + none + "' with one", signed + '.' + signature(RSA, "RS256", signed)));
        }
        for (String alg : List.of("null", "1", "true", "[\"RS256\"]", "{\"a\":\"RS256\"}")) {
            String header = "{\"alg\":" + alg + ",\"kid\":\"rsa-1\"}";
            all.add(Arguments.of("alg is " + alg, token(RSA, "RS256", header, claims())));
        }
        all.add(Arguments.of("no alg", token(RSA, "RS256", "{\"kid\":\"rsa-1\"}", claims())));
        all.add(Arguments.of("alg in lower case", token(RSA, "RS256", HEADER.replace("RS256", "rs256"), claims())));
        all.add(Arguments.of("RS256, signature left out", encoded(HEADER) + '.' + encoded(claims()) + '.'));
    }

    private static void confused(List<Arguments> all) {
        for (String form : List.of("pem", "pem with its line end", "der", "jwk", "n", "empty")) {
            byte[] secret = publicKeyAs(form);
            for (String kid : List.of("", ",\"kid\":\"rsa-1\"")) {
                String signed = encoded("{\"alg\":\"HS256\"" + kid + "}") + '.' + encoded(claims());
                all.add(Arguments.of(
                        "HS256 by the public key as " + form + kid, signed + '.' + hmac("HmacSHA256", secret, signed)));
            }
        }
        String hs512 = encoded(HEADER.replace("RS256", "HS512")) + '.' + encoded(claims());
        all.add(Arguments.of("HS512", hs512 + '.' + hmac("HmacSHA512", publicKeyAs("pem"), hs512)));
        String lied = encoded(HEADER) + '.' + encoded(claims());
        all.add(Arguments.of("an HMAC said to be RS256", lied + '.' + hmac("HmacSHA256", publicKeyAs("pem"), lied)));
        all.add(Arguments.of("not pinned: RS512", token(RSA, "RS512", HEADER.replace("RS256", "RS512"), claims())));
        all.add(Arguments.of("not pinned: PS256", token(RSA, "PS256", HEADER.replace("RS256", "PS256"), claims())));
        all.add(Arguments.of("PS256 said to be RS256", token(RSA, "PS256", HEADER, claims())));
        all.add(Arguments.of(
                "RSA key for ES256", token(EC, "ES256", "{\"alg\":\"ES256\",\"kid\":\"rsa-1\"}", claims())));
        all.add(Arguments.of(
                "EC key for RS256", token(RSA, "RS256", "{\"alg\":\"RS256\",\"kid\":\"ec-1\"}", claims())));
        all.add(Arguments.of("EdDSA", token(RSA, "RS256", HEADER.replace("RS256", "EdDSA"), claims())));
        all.add(Arguments.of("ES256K", token(EC, "ES256", EC_HEADER.replace("ES256", "ES256K"), claims())));
        all.add(Arguments.of("RSA-OAEP", token(RSA, "RS256", HEADER.replace("RS256", "RSA-OAEP"), claims())));
    }

    private static void resigned(List<Arguments> all) {
        all.add(Arguments.of("another's key under our name", token(OTHER_RSA, "RS256", HEADER, claims())));
        all.add(Arguments.of("another's key, unnamed", token(OTHER_RSA, "RS256", "{\"alg\":\"RS256\"}", claims())));
        all.add(Arguments.of("another's elliptic key", token(Issuer.ec("ec-1", Curve.P_256), claims())));
        String good = token(RSA, claims());
        String[] parts = good.split("\\.");
        all.add(Arguments.of("other claims", parts[0] + '.' + encoded(claims(",\"x\":1")) + '.' + parts[2]));
        all.add(Arguments.of(
                "another header", encoded(HEADER.replace("}", ",\"x\":1}")) + '.' + parts[1] + '.' + parts[2]));
        byte[] bytes = Base64.getUrlDecoder().decode(parts[2]);
        for (int length : new int[] {0, 1, 64, 128, 255}) {
            all.add(Arguments.of("RSA signature of " + length, replaced(parts, Arrays.copyOf(bytes, length))));
        }
        all.add(Arguments.of("RSA signature and a zero", replaced(parts, Arrays.copyOf(bytes, 257))));
        all.add(Arguments.of("RSA signature and 800 bytes", replaced(parts, Arrays.copyOf(bytes, 1_056))));
        all.add(Arguments.of("RSA signature of zeros", replaced(parts, new byte[256])));
        bytes[17] ^= 1;
        all.add(Arguments.of("one bit of the signature", replaced(parts, bytes)));
        String[] elliptic = token(EC, claims()).split("\\.");
        byte[] zero = new byte[32];
        byte[] order = Arrays.copyOfRange(N.toByteArray(), 1, 33);
        byte[] rs = Base64.getUrlDecoder().decode(elliptic[2]);
        all.add(Arguments.of("r and s zero", replaced(elliptic, new byte[64])));
        all.add(Arguments.of("r zero", replaced(elliptic, joined(zero, Arrays.copyOfRange(rs, 32, 64)))));
        all.add(Arguments.of("s zero", replaced(elliptic, joined(Arrays.copyOf(rs, 32), zero))));
        all.add(Arguments.of("r and s the order", replaced(elliptic, joined(order, order))));
        all.add(Arguments.of("r the order", replaced(elliptic, joined(order, Arrays.copyOfRange(rs, 32, 64)))));
        for (int length : new int[] {1, 2, 32, 63, 65, 66, 96, 132}) {
            all.add(Arguments.of("ES256 signature of " + length, replaced(elliptic, Arrays.copyOf(rs, length))));
        }
        all.add(Arguments.of("ES256 signature in DER", replaced(elliptic, der(rs))));
        all.add(Arguments.of(
                "ES256 signature of zero in DER", replaced(elliptic, new byte[] {48, 6, 2, 1, 0, 2, 1, 0})));
    }

    private static void headers(List<Arguments> all) {
        String key = OTHER_RSA.toPublicJWK().toJSONString();
        for (String more : List.of(
                ",\"jwk\":" + key,
                ",\"jku\":\"https://evil.test/jwks\"",
                ",\"x5u\":\"https://evil.test/cert\"",
                ",\"x5c\":[\"MIIB\"]",
                ",\"x5t\":\"AAAA\"")) {
            String header = "{\"alg\":\"RS256\",\"kid\":\"rsa-2\"" + more + "}";
            all.add(Arguments.of(
                    "brings its own key" + more.substring(0, 7), token(OTHER_RSA, "RS256", header, claims())));
        }
        for (String more : List.of(
                "\"crit\":[\"exp\"],\"exp\":1",
                "\"crit\":[]",
                "\"crit\":null",
                "\"crit\":[\"b64\"],\"b64\":true",
                "\"b64\":false",
                "\"cty\":\"JWT\"",
                "\"zip\":\"DEF\"",
                "\"enc\":\"A128GCM\"",
                "\"typ\":\"JWE\"",
                "\"typ\":\"logout+jwt\"",
                "\"typ\":\"dpop+jwt\"",
                "\"typ\":\"\"",
                "\"typ\":7",
                "\"alg\":\"RS256\"",
                "\"alg\":\"none\"",
                "\"\\u0061lg\":\"RS256\"",
                "\"kid\":\"rsa-1\"",
                "\"x\":{\"y\":1,\"y\":2}")) {
            all.add(Arguments.of(
                    "header has " + more, token(RSA, "RS256", HEADER.replace("}", "," + more + "}"), claims())));
        }
        for (String kid :
                List.of("\"\"", "\"RSA-1\"", "\"../../dev/null\"", "\"' or 1=1\"", "7", "null", "[\"rsa-1\"]")) {
            String header = "{\"alg\":\"RS256\",\"kid\":" + kid + "}";
            all.add(Arguments.of("kid is " + kid, token(RSA, "RS256", header, claims())));
        }
        String longest = "{\"alg\":\"RS256\",\"kid\":\"" + "k".repeat(257) + "\"}";
        all.add(Arguments.of("a kid of 257", token(RSA, "RS256", longest, claims())));
        all.add(Arguments.of("two after the header", token(RSA, "RS256", HEADER + HEADER, claims())));
        all.add(Arguments.of("a header in a list", token(RSA, "RS256", '[' + HEADER + ']', claims())));
        all.add(Arguments.of("a header with a comment", token(RSA, "RS256", "{/**/" + HEADER.substring(1), claims())));
    }

    private static void claimed(List<Arguments> all) {
        for (String[] change : new String[][] {
            {NAME, "https://id.test"},
            {NAME, "https://ID.test/"},
            {NAME, "https://id.test/ "},
            {"\"iss\":\"" + NAME + "\",", ""},
            {"\"" + NAME + "\"", "[\"" + NAME + "\"]"},
            {"\"aud\":\"prices\",", ""},
            {"\"prices\"", "\"Prices\""},
            {"\"prices\"", "\"prices \""},
            {"\"prices\"", "[]"},
            {"\"prices\"", "[\"others\"]"},
            {"\"prices\"", "[\"prices\",7]"},
            {"\"prices\"", "[[\"prices\"]]"},
            {"\"prices\"", "{\"prices\":\"prices\"}"},
            {"\"prices\"", "null"},
            {"\"alice\"", "\"\""},
            {"\"alice\"", "7"},
            {"\"alice\"", "null"},
            {"\"alice\"", "\"al\\nice\""},
            {"\"alice\"", "\"al\\u0000ice\""},
            {"\"alice\"", "\"al\\ud800ice\""},
            {"\"alice\"", "\"" + "a".repeat(257) + "\""},
            {"\"sub\":\"alice\",", ""},
            {"\"gold\"", "\"platinum\""},
            {"\"gold\"", "[\"platinum\"]"},
            {"\"gold\"", "7"},
            {"\"plan\":\"gold\",", ""}
        }) {
            String claims = claims().replace(change[0], change[1]);
            all.add(Arguments.of(change[1] + " for " + change[0], token(RSA, claims)));
        }
        all.add(Arguments.of("bound to a key of its sender", token(RSA, claims(",\"cnf\":{\"jkt\":\"AAAA\"}"))));
        all.add(Arguments.of("sub twice", token(RSA, claims(",\"sub\":\"bob\""))));
        all.add(Arguments.of("sub twice, once escaped", token(RSA, claims(",\"\\u0073ub\":\"bob\""))));
        all.add(Arguments.of("twice in another claim", token(RSA, claims(",\"x\":[{\"y\":1,\"y\":1}]"))));
    }

    private static void dated(List<Arguments> all) {
        for (String expires : List.of(
                Long.toString(NOW - 30),
                Long.toString(NOW - 31),
                Long.toString(NOW - 30) + ".0",
                "0",
                "-1",
                "-1e300",
                "1",
                "\"" + (NOW + 300) + "\"",
                "null",
                "true",
                "[" + (NOW + 300) + "]",
                "NaN",
                "Infinity",
                "1e",
                "0x7fffffff",
                "1" + "0".repeat(40))) {
            String claims = claims().replace(Long.toString(NOW + 300), expires);
            all.add(Arguments.of("exp is " + expires, token(RSA, claims)));
        }
        all.add(Arguments.of("no exp", token(RSA, claims().replace(",\"exp\":" + (NOW + 300), ""))));
        for (String begins : List.of(Long.toString(NOW + 31), "1e300", "\"" + NOW + "\"", "null", "{}")) {
            all.add(Arguments.of("nbf is " + begins, token(RSA, claims(",\"nbf\":" + begins))));
        }
        all.add(Arguments.of("iat is no date", token(RSA, claims(",\"iat\":\"yesterday\""))));
    }

    private static void spelled(List<Arguments> all) {
        String good = token(RSA, claims());
        String[] parts = good.split("\\.");
        all.add(Arguments.of("padded signature", good + "=="));
        all.add(Arguments.of("padded header", parts[0] + "=." + parts[1] + '.' + parts[2]));
        all.add(Arguments.of("a space in it", parts[0] + ". " + parts[1] + '.' + parts[2]));
        all.add(Arguments.of("a tab at its end", good + '\t'));
        all.add(Arguments.of("quoted", '"' + good + '"'));
        all.add(Arguments.of("percent-encoded", good.replace(".", "%2e")));
        all.add(Arguments.of("a character of no alphabet", parts[0] + '!' + '.' + parts[1] + '.' + parts[2]));
        all.add(Arguments.of("one character too many", good + "A"));
        all.add(Arguments.of("bits beyond the end", good.substring(0, good.length() - 1) + nextBits(good)));
        String standard = base64(parts[2]);
        all.add(Arguments.of("the other alphabet", parts[0] + '.' + parts[1] + '.' + standard + "+/"));
        all.add(Arguments.of("UTF-16", encodedAs(HEADER, StandardCharsets.UTF_16BE, claims(), StandardCharsets.UTF_8)));
        all.add(Arguments.of(
                "claims in UTF-16", encodedAs(HEADER, StandardCharsets.UTF_8, claims(), StandardCharsets.UTF_16LE)));
        all.add(Arguments.of("a byte order mark", token(RSA, "RS256", '\ufeff' + HEADER, claims())));
        String overlong =
                encoded(HEADER) + '.' + encoded(join("{\"iss\":\"", new byte[] {(byte) 0xc0, (byte) 0xae}, "\"}"));
        all.add(Arguments.of("overlong UTF-8", overlong + '.' + signature(RSA, "RS256", overlong)));
    }

    private static void shaped(List<Arguments> all) {
        String good = token(RSA, claims());
        String[] parts = good.split("\\.");
        for (String text : List.of(
                "e",
                "e.",
                "e..",
                "ey.ey.ey",
                "eyJ.eyJ.AA",
                "....",
                ".",
                "..",
                "...",
                "e.....",
                "eyJhbGciOiJSUzI1NiJ9..")) {
            all.add(Arguments.of("'" + text + "'", text));
        }
        all.add(Arguments.of("two parts", parts[0] + '.' + parts[1]));
        all.add(Arguments.of("four parts", good + '.' + parts[2]));
        all.add(Arguments.of("five parts", good + ".AA.AA"));
        all.add(Arguments.of("a dot before", '.' + good));
        all.add(Arguments.of("a dot after", good + '.'));
        all.add(Arguments.of("turned round", parts[2] + '.' + parts[1] + '.' + parts[0]));
        for (int cut : new int[] {1, 2, 3, 100, 300, good.length() - 20}) {
            all.add(Arguments.of("cut by " + cut, good.substring(0, good.length() - cut)));
        }
        all.add(Arguments.of("nested", token(RSA, good)));
        all.add(Arguments.of("nested in text", token(RSA, '"' + good + '"')));
        for (String claims :
                List.of("", "null", "[]", "7", "\"alice\"", "{", claims() + ',', claims() + claims(), "{'iss':1}")) {
            all.add(Arguments.of("claims are " + claims, token(RSA, claims)));
        }
        all.add(Arguments.of("claims in a list", token(RSA, '[' + claims() + ']')));
        all.add(Arguments.of("deep claims", token(RSA, claims(",\"x\":" + "[".repeat(1_000) + "]".repeat(1_000)))));
        all.add(Arguments.of("huge", token(RSA, claims(",\"x\":\"" + "x".repeat(9_000) + "\""))));
        all.add(Arguments.of("a megabyte of dots", "e" + ".".repeat(1 << 20)));
        all.add(Arguments.of("a megabyte of a header", "e".repeat(1 << 20) + ".e30.AA"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forged")
    void isNobodys(String what, String token) {
        clock.runDue();
        assertThat(ask(Source.BEARER, token)).as(what).isEmpty();
        clock.runDue();
        assertThat(fetches.get()).as("fetches for " + what).isLessThanOrEqualTo(2);
    }

    @Test
    void areManyAndTheTokensTheyAreMadeOfAreGood() {
        clock.runDue();
        assertThat(forged().count()).isGreaterThan(200);
        assertThat(ask(Source.BEARER, token(RSA, claims()))).isPresent();
        assertThat(ask(Source.BEARER, token(EC, claims()))).isPresent();
        assertThat(ask(Source.BEARER, token(RSA, "RS256", HEADER, claims()))).isPresent();
        assertThat(ask(Source.BEARER, token(EC, "ES256", EC_HEADER, claims()))).isPresent();
    }

    @Test
    void tokensCountOnlyAsBearer() {
        clock.runDue();
        assertThat(ask(Source.HEADER, token(EC, claims()))).isEmpty();
        assertThat(ask(Source.QUERY, token(EC, claims()))).isEmpty();
    }

    @Test
    void whatATokenSaysOfItsKeyIsIgnored() {
        clock.runDue();
        String header =
                "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jku\":\"https://evil.test/\",\"x5u\":\"https://evil.test/\",\"jwk\":"
                        + OTHER_RSA.toPublicJWK().toJSONString() + "}";
        assertThat(ask(Source.BEARER, token(RSA, "RS256", header, claims()))).isPresent();
        assertThat(fetches).hasValue(1);
    }

    @Test
    void aSecretAmongTheKeysVerifiesNothing() throws Exception {
        byte[] secret = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        JWK oct = new OctetSequenceKey.Builder(secret).keyID("oct").build();
        String jwks =
                "{\"keys\":[" + oct.toJSONString() + ',' + EC.toPublicJWK().toJSONString() + "]}";
        KeySet keys = KeySet.of(jwks.getBytes(StandardCharsets.UTF_8), Set.of(JwtAlgorithm.values()));
        assertThat(keys.size()).isEqualTo(1);
    }

    private Optional<Caller> ask(Source source, String token) {
        CompletableFuture<Optional<Caller>> answer =
                authenticator.authenticate(new KeyCredential(source, token)).toCompletableFuture();
        clock.runDue(); // a look for keys that are not known
        assertThat(answer).isDone();
        return answer.join();
    }

    private static String replaced(String[] parts, byte[] signature) {
        return parts[0] + '.' + parts[1] + '.' + encoded(signature);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] join(String before, byte[] middle, String after) {
        return joined(before.getBytes(StandardCharsets.UTF_8), middle, after.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] der(byte[] rs) {
        byte[] r = new BigInteger(1, Arrays.copyOf(rs, 32)).toByteArray();
        byte[] s = new BigInteger(1, Arrays.copyOfRange(rs, 32, 64)).toByteArray();
        byte[] content = joined(new byte[] {2, (byte) r.length}, r, new byte[] {2, (byte) s.length}, s);
        return joined(new byte[] {48, (byte) content.length}, content);
    }

    /** Another last character that decodes to the same bytes: of 256 bytes the last character has four bits to spare. */
    private static char nextBits(String token) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return alphabet.charAt(alphabet.indexOf(token.charAt(token.length() - 1)) + 1);
    }

    private static String base64(String url) {
        return url.replace('-', '+').replace('_', '/');
    }

    private static String encodedAs(
            String header, java.nio.charset.Charset one, String claims, java.nio.charset.Charset two) {
        String signed = encoded(header.getBytes(one)) + '.' + encoded(claims.getBytes(two));
        return signed + '.' + signature(RSA, "RS256", signed);
    }

    private static byte[] publicKeyAs(String form) {
        try {
            byte[] der = RSA.toRSAPublicKey().getEncoded();
            String pem = "-----BEGIN PUBLIC KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END PUBLIC KEY-----";
            return switch (form) {
                case "pem" -> pem.getBytes(StandardCharsets.US_ASCII);
                case "pem with its line end" -> (pem + "\n").getBytes(StandardCharsets.US_ASCII);
                case "der" -> der;
                case "jwk" -> RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.US_ASCII);
                case "n" -> RSA.getModulus().decode();
                default -> new byte[1];
            };
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hmac(String algorithm, byte[] secret, String signed) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(secret, algorithm));
            return Base64URL.encode(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)))
                    .toString();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(HexFormat.of().formatHex(secret), e);
        }
    }
}
