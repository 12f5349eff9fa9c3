package dev.fanoutgateway.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A shared secret, and what can be done with it (RFC 9421 section 3.3.3). Its text does not show it. Safe for use by any
 * thread.
 */
final class SigningKey {
    private static final String HMAC = "HmacSHA256";

    private final String id;
    private final SecretKeySpec secret;

    /** Never fed. */
    private final Mac prototype;

    SigningKey(String id, byte[] secret) {
        this.id = id;
        this.secret = new SecretKeySpec(secret, HMAC);
        this.prototype = made();
    }

    String id() {
        return id;
    }

    /** The signature of a base, in base64. */
    String sign(String base) {
        Mac mac = fresh();
        return Base64.getEncoder().encodeToString(mac.doFinal(base.getBytes(StandardCharsets.UTF_8)));
    }

    /** A copy, where the provider makes them, spares looking the algorithm up for every request. */
    private Mac fresh() {
        try {
            return (Mac) prototype.clone();
        } catch (CloneNotSupportedException e) {
            return made();
        }
    }

    private Mac made() {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(secret);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + ']';
    }
}
