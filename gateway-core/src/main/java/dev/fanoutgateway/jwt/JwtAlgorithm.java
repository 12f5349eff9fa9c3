package dev.fanoutgateway.jwt;

import org.jspecify.annotations.Nullable;

/**
 * How a token may be signed: asymmetric algorithms of RFC 7518 section 3.1. There is no {@code none}, and no HMAC: whoever can
 * check such a token can make one, and a public key must never be taken for a secret.
 */
public enum JwtAlgorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    ES512;

    /** The algorithm of this name, letter by letter; null if there is none such. */
    static @Nullable JwtAlgorithm named(String name) {
        for (JwtAlgorithm algorithm : values()) {
            if (algorithm.name().equals(name)) {
                return algorithm;
            }
        }
        return null;
    }

    boolean elliptic() {
        return this == ES256 || this == ES384 || this == ES512;
    }
}
