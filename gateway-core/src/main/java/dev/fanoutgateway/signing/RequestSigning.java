package dev.fanoutgateway.signing;

import dev.fanoutgateway.http.HopByHop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * How every request to a group is signed, health checks included: by RFC 9421 with {@code hmac-sha256}. Immutable: each method
 * gives a changed copy. Its text shows no secret. Safe for use by any thread.
 *
 * <p>Covered are {@code @method}, {@code @authority}, {@code @path}, {@code @query} and {@code content-digest} (RFC 9530,
 * {@code sha-256}, also of no content); for content that passes while it comes, {@code content-length} in its place if that is
 * known, and nothing of it otherwise. Parameters are {@code created}, {@code nonce}, {@code keyid} and the tag {@code
 * fanout-gateway}. What clients send as {@code Signature}, {@code Signature-Input} or {@code Content-Digest} is dropped.
 */
public final class RequestSigning {
    private static final int SHORTEST_SECRET = 32;
    private static final Set<String> DERIVED_OR_CHANGED = Set.of(
            "signature",
            "signature-input",
            "content-digest",
            "content-length",
            "host",
            "expect",
            "user-agent",
            "accept-encoding",
            "cache-control",
            "pragma");

    final List<SigningKey> keys;
    final List<String> fields;

    private RequestSigning(List<SigningKey> keys, List<String> fields) {
        this.keys = List.copyOf(keys);
        this.fields = List.copyOf(fields);
    }

    /**
     * Signed by one key.
     *
     * @param keyId names it for the backends: 1 to 64 letters, digits and {@code - . _}
     * @param secret at least 32 bytes as UTF-8, as long as the digest
     */
    public static RequestSigning hmac(String keyId, String secret) {
        return new RequestSigning(List.of(key(keyId, secret)), List.of());
    }

    /** Signed by a second key too, while backends change from one to the other: each request then has two signatures. */
    public RequestSigning andHmac(String keyId, String secret) {
        if (keys.size() > 1) {
            throw new IllegalArgumentException("expected one key or two, got a third");
        }
        SigningKey second = key(keyId, secret);
        if (keys.get(0).id().equals(keyId)) {
            throw new IllegalArgumentException("expected keys of different names, got '" + keyId + "' twice");
        }
        return new RequestSigning(List.of(keys.get(0), second), fields);
    }

    /**
     * Covering these fields too, where a request has them: such as those by which backends are told who calls.
     *
     * @throws IllegalArgumentException if a name is none, or is a field of the connection or one that is covered or changed on
     *     the way anyhow
     */
    public RequestSigning covering(String... names) {
        Set<String> all = new LinkedHashSet<>(fields);
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!lower.matches("[a-z0-9!#$%&'*+.^_`|~-]{1,64}")) {
                throw new IllegalArgumentException("expected a field's name such as X-Caller-Id, got '" + name + "'");
            }
            if (DERIVED_OR_CHANGED.contains(lower) || HopByHop.contains(lower)) {
                throw new IllegalArgumentException(
                        "expected a field that the backend gets as it is here, got '" + name + "'");
            }
            all.add(lower);
        }
        return new RequestSigning(keys, new ArrayList<>(all));
    }

    private static SigningKey key(String id, String secret) {
        if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "expected a key's name of 1 to 64 letters, digits, '-', '.' and '_', got another");
        }
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_SECRET) {
            throw new IllegalArgumentException(
                    "expected a key of at least " + SHORTEST_SECRET + " bytes, got " + bytes.length);
        }
        return new SigningKey(id, bytes);
    }

    @Override
    public String toString() {
        return "RequestSigning["
                + String.join(", ", keys.stream().map(SigningKey::id).toList()) + ']';
    }
}
