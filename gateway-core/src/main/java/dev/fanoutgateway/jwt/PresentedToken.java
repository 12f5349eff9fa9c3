package dev.fanoutgateway.jwt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A token as it was presented (RFC 7515 section 3.1, compact): well-formed, and nothing of it believed yet. Not a record: its
 * text must not show what it holds.
 */
final class PresentedToken {
    /** The longest signature there is a use for: that of an RSA key of 8,192 bits. */
    private static final int LONGEST_SIGNATURE = 1_024;

    private static final int LONGEST_KEY_ID = 256;

    final JwtAlgorithm algorithm;
    final @Nullable String keyId;
    final ObjectNode claims;
    final byte[] signed;
    final String signature;

    private PresentedToken(
            JwtAlgorithm algorithm, @Nullable String keyId, ObjectNode claims, byte[] signed, String signature) {
        this.algorithm = algorithm;
        this.keyId = keyId;
        this.claims = claims;
        this.signed = signed;
        this.signature = signature;
    }

    /** Whether {@code text} begins as every token does: an encoded brace has this first letter. */
    static boolean resembles(String text) {
        return text.startsWith("e") && text.indexOf('.') > 0;
    }

    /** The token; null if it is none, or one that {@code rules} have no use for whatever its claims and signature. */
    static @Nullable PresentedToken read(String text, JwtRules rules) {
        if (text.length() > rules.longestToken) {
            return null;
        }
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0) {
            return null; // five parts are an encrypted token
        }
        String signature = text.substring(second + 1);
        byte[] bytes = decoded(signature);
        ObjectNode header = object(text.substring(0, first));
        if (header == null || bytes == null || bytes.length == 0 || bytes.length > LONGEST_SIGNATURE) {
            return null;
        }
        JwtAlgorithm algorithm = algorithm(header, rules);
        if (algorithm == null || !plain(header, rules)) {
            return null;
        }
        ObjectNode claims = object(text.substring(first + 1, second));
        return claims == null
                ? null
                : new PresentedToken(
                        algorithm,
                        StrictJson.text(header, "kid"),
                        claims,
                        text.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                        signature);
    }

    private static @Nullable JwtAlgorithm algorithm(ObjectNode header, JwtRules rules) {
        String name = StrictJson.text(header, "alg");
        JwtAlgorithm algorithm = name == null ? null : JwtAlgorithm.named(name);
        return algorithm != null && rules.algorithms.contains(algorithm) ? algorithm : null;
    }

    /** Nothing in the header that changes what the token is: no extension, no encryption, compression or other content. */
    private static boolean plain(ObjectNode header, JwtRules rules) {
        if (header.has("crit") || header.has("b64") || header.has("enc") || header.has("zip") || header.has("cty")) {
            return false;
        }
        String keyId = StrictJson.text(header, "kid");
        boolean named = header.has("kid") ? keyId != null && keyId.length() <= LONGEST_KEY_ID : true;
        String type = StrictJson.text(header, "typ");
        return named && (type != null || !header.has("typ")) && TokenType.fits(type, rules.types);
    }

    private static @Nullable ObjectNode object(String part) {
        byte[] json = decoded(part);
        return json == null ? null : StrictJson.object(json);
    }

    /** What {@code part} encodes (RFC 7515 section 2); null unless it is the one way to encode that. */
    private static byte @Nullable [] decoded(String part) {
        byte[] encoded = part.getBytes(StandardCharsets.ISO_8859_1);
        try {
            byte[] decoded = Base64.getUrlDecoder().decode(encoded);
            // The decoder takes padding, and bits beyond the end: as many spellings of one token.
            return Arrays.equals(Base64.getUrlEncoder().withoutPadding().encode(decoded), encoded) ? decoded : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    @Override
    public String toString() {
        return "token signed by " + algorithm;
    }
}
