package dev.fanoutgateway.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A public key, and what it may check. Immutable; safe for use by any thread. */
final class SetKey {
    /** RFC 7518 section 3.3 wants 2,048 bits or more; beyond 8,192 one signature takes milliseconds. */
    private static final int LEAST_RSA_BITS = 2_048;

    private static final int MOST_RSA_BITS = 8_192;

    private static final Map<JwtAlgorithm, JWSHeader> HEADERS = headers();

    private final @Nullable String id;
    private final Set<JwtAlgorithm> algorithms;
    private final JWSVerifier verifier;

    private SetKey(@Nullable String id, Set<JwtAlgorithm> algorithms, JWSVerifier verifier) {
        this.id = id;
        this.algorithms = algorithms;
        this.verifier = verifier;
    }

    static void requireLibrary() {
        if (HEADERS.isEmpty()) {
            throw new IllegalStateException("there are algorithms");
        }
    }

    /** The key; null if it is not good for any of {@code wanted}. */
    static @Nullable SetKey of(JWK key, Set<JwtAlgorithm> wanted) {
        boolean forSignatures = (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
        Set<JwtAlgorithm> fitting = EnumSet.noneOf(JwtAlgorithm.class);
        for (JwtAlgorithm algorithm : wanted) {
            boolean same =
                    key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.name());
            if (same && isOfKind(key, algorithm)) {
                fitting.add(algorithm);
            }
        }
        return forSignatures && !fitting.isEmpty()
                ? new SetKey(key.getKeyID(), fitting, verifier(key.toPublicJWK()))
                : null;
    }

    private static boolean isOfKind(JWK key, JwtAlgorithm algorithm) {
        if (key instanceof ECKey elliptic) {
            return algorithm.elliptic()
                    && com.nimbusds.jose.jwk.Curve.forJWSAlgorithm(JWSAlgorithm.parse(algorithm.name()))
                            .contains(elliptic.getCurve());
        }
        return key instanceof RSAKey
                && !algorithm.elliptic()
                && key.size() >= LEAST_RSA_BITS
                && key.size() <= MOST_RSA_BITS;
    }

    private static JWSVerifier verifier(JWK key) {
        try {
            return key instanceof RSAKey rsa ? new RSASSAVerifier(rsa) : new ECDSAVerifier(key.toECKey());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("expected a sound key", e);
        }
    }

    @Nullable
    String id() {
        return id;
    }

    boolean fits(JwtAlgorithm algorithm) {
        return algorithms.contains(algorithm);
    }

    /** Whether this key's holder has signed {@code token}. The header that counts is made here, not read from the token. */
    boolean hasSigned(PresentedToken token) {
        JWSHeader header = HEADERS.get(token.algorithm);
        try {
            return header != null
                    && fits(token.algorithm)
                    && verifier.verify(header, token.signed, new Base64URL(token.signature));
        } catch (JOSEException | RuntimeException e) {
            return false; // a signature that cannot even be read
        }
    }

    private static Map<JwtAlgorithm, JWSHeader> headers() {
        Map<JwtAlgorithm, JWSHeader> headers = new EnumMap<>(JwtAlgorithm.class);
        for (JwtAlgorithm algorithm : JwtAlgorithm.values()) {
            headers.put(algorithm, new JWSHeader(JWSAlgorithm.parse(algorithm.name())));
        }
        return headers;
    }

    @Override
    public String toString() {
        return "key for " + algorithms;
    }
}
