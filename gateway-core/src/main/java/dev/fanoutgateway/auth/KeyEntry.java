package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.KeyCredential;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key that is known, by its digest. Its text shows neither the digest nor the attributes' values.
 *
 * @param id names the caller; several keys may share one, so that a key can be replaced without a gap
 * @param sha256Hex the SHA-256 digest of the key's UTF-8 bytes, 64 hexadecimal digits; kept in lower case
 * @param plan the name of the caller's plan
 * @param expires from when on the key is refused; null for never
 * @param attributes whatever else should be known of the caller
 */
public record KeyEntry(
        String id, String sha256Hex, String plan, @Nullable Instant expires, Map<String, String> attributes) {
    private static final int LONGEST_NAME = 256;

    public KeyEntry {
        checkName("id", id);
        checkSha256(sha256Hex);
        checkName("plan", plan);
        sha256Hex = sha256Hex.toLowerCase(Locale.ROOT);
        attributes = Map.copyOf(attributes);
    }

    /** A key that never expires, by its plain text, which is not kept. */
    public static KeyEntry ofKey(String id, String plaintextKey, String plan) {
        return new KeyEntry(id, digestOf(plaintextKey), plan, null, Map.of());
    }

    /** This key, refused from {@code instant} on. */
    public KeyEntry expiresAt(Instant instant) {
        return new KeyEntry(id, sha256Hex, plan, instant, attributes);
    }

    static String digestOf(String plaintextKey) {
        if (!KeySyntax.isKey(plaintextKey)) {
            throw new IllegalArgumentException(
                    "key: expected " + KeySyntax.RULE + ", got " + plaintextKey.length() + " characters that are not");
        }
        return HexFormat.of().formatHex(KeyCredential.sha256Of(plaintextKey));
    }

    static void checkName(String field, String value) {
        if (value.isEmpty() || value.length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    field + ": expected 1 to " + LONGEST_NAME + " characters, got " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + ": expected no control characters, got some");
        }
    }

    /** Never says what it got: a key put into the wrong field must not reach a log. */
    static void checkSha256(String hex) {
        if (hex.length() != 64) {
            throw new IllegalArgumentException(
                    "sha256: expected 64 hexadecimal digits, got " + hex.length() + " characters");
        }
        if (!hex.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("sha256: expected 64 hexadecimal digits, got other characters");
        }
    }

    @Override
    public String toString() {
        return "KeyEntry[id=" + id + ", plan=" + plan + ", expires=" + expires + ", attributes=" + attributes.keySet()
                + ']';
    }
}
