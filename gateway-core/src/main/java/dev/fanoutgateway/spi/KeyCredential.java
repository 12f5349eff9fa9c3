package dev.fanoutgateway.spi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a caller presented as its key. Its text never shows the secret. Safe for use by any thread.
 */
public final class KeyCredential {
    /** Where in the request the key stood. */
    public enum Source {
        HEADER,
        BEARER,
        QUERY
    }

    /** Never fed. */
    private static final MessageDigest SHA_256 = lookUpSha256();

    private final Source source;
    private final String secret;
    private final byte[] sha256;

    public KeyCredential(Source source, String secret) {
        this.source = source;
        this.secret = secret;
        this.sha256 = sha256Of(secret);
    }

    /** Where in the request the key stood. */
    public Source source() {
        return source;
    }

    /** The key itself. Do not log, store or forward it. */
    public String secret() {
        return secret;
    }

    /** The SHA-256 digest of the key's UTF-8 bytes: 32 bytes, a fresh array. */
    public byte[] sha256() {
        return sha256.clone();
    }

    /** The SHA-256 digest (FIPS 180-4) of a key's UTF-8 bytes. */
    public static byte[] sha256Of(String secret) {
        return newSha256().digest(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** A copy, where the provider makes them, spares looking the algorithm up for every request. */
    private static MessageDigest newSha256() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return lookUpSha256();
        }
    }

    private static MessageDigest lookUpSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "key from " + source;
    }
}
