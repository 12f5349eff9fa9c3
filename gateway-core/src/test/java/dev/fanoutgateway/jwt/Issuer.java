package dev.fanoutgateway.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/** Whoever makes tokens, good and bad, byte by byte. */
public final class Issuer {
    public static final String NAME = "https://id.test/";
    public static final String AUDIENCE = "prices";

    /** 2026-01-01T00:00Z, which is what a fake clock shows. */
    public static final long NOW = 1_767_225_600L;

    public static final RSAKey RSA = rsa("rsa-1");
    public static final RSAKey OTHER_RSA = rsa("rsa-2");
    public static final ECKey EC = ec("ec-1", Curve.P_256);
    public static final ECKey EC384 = ec("ec-384", Curve.P_384);
    public static final ECKey EC521 = ec("ec-521", Curve.P_521);

    private Issuer() {}

    static RSAKey rsa(String id) {
        return rsa(id, 2_048);
    }

    static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, bits < 2_048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static ECKey ec(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The key set of these keys, public. */
    public static String jwks(JWK... keys) {
        return Arrays.stream(keys)
                .map(key -> key.toPublicJWK().toJSONString())
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    /** Claims of {@code alice} for the plan {@code gold}, good for five minutes. */
    public static String claims() {
        return claims("");
    }

    /** Those, and {@code more}, which begins with a comma. */
    public static String claims(String more) {
        return claims(NOW + 300, more);
    }

    public static String claims(long expires, String more) {
        return "{\"iss\":\"" + NAME + "\",\"aud\":\"" + AUDIENCE + "\",\"sub\":\"alice\",\"plan\":\"gold\",\"exp\":"
                + expires + more + "}";
    }

    /** A token of {@code key}, signed as its kind is usually. */
    public static String token(JWK key, String claims) {
        String algorithm = algorithm(key);
        return token(key, algorithm, "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + key.getKeyID() + "\"}", claims);
    }

    /** Really signed, whatever the header says. */
    public static String token(JWK key, String algorithm, String header, String claims) {
        String signed = encoded(header) + '.' + encoded(claims);
        return signed + '.' + signature(key, algorithm, signed);
    }

    static String signature(JWK key, String algorithm, String signed) {
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
            return signer.sign(
                            new JWSHeader(JWSAlgorithm.parse(algorithm)), signed.getBytes(StandardCharsets.ISO_8859_1))
                    .toString();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String algorithm(JWK key) {
        if (key instanceof RSAKey) {
            return "RS256";
        }
        Curve curve = key.toECKey().getCurve();
        if (curve.equals(Curve.P_256)) {
            return "ES256";
        }
        return curve.equals(Curve.P_384) ? "ES384" : "ES512";
    }

    static String encoded(String json) {
        return encoded(json.getBytes(StandardCharsets.UTF_8));
    }

    static String encoded(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
