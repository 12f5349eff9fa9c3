package dev.fanoutgateway.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a backend does to know that a request has come through the gateway, once and lately: an example to copy. Keep one for
 * the whole backend; of several replicas each may have its own, since a signature names the host it is for.
 *
 * @param secrets by the names of their keys; both while they are changed
 * @param trusted fields, in lower case, that are believed: one that is there must be covered
 * @param windowSeconds how old a request may be, and how far the clocks may differ, such as 60
 * @param seen when nonces that were used were made
 */
public record SignatureVerifier(
        Map<String, byte[]> secrets, Set<String> trusted, long windowSeconds, Map<String, Long> seen) {
    private static final Pattern INPUT = Pattern.compile("(?:^|, )(gateway(?:-2)?)=(\\(([^()]*)\\);created=(\\d{1,12})"
            + ";nonce=\"([A-Za-z0-9_-]{22})\";keyid=\"([A-Za-z0-9._-]{1,64})\";tag=\"fanout-gateway\")");
    private static final List<String> ALWAYS = List.of("@method", "@authority", "@path", "@query");
    private static final int MOST_NONCES = 1_000_000;

    public SignatureVerifier(Map<String, byte[]> secrets, Set<String> trusted, long windowSeconds) {
        this(secrets, trusted, windowSeconds, new ConcurrentHashMap<>());
    }

    /**
     * Whether the request may be served.
     *
     * @param path and {@code query} exactly as on the request line; query null if there is none
     * @param fields all lines of a field, whatever its case
     * @param content the whole content; null for a route that reads it as it comes and takes it unsigned
     */
    public boolean accepts(
            String method,
            String authority,
            String path,
            @Nullable String query,
            Function<String, List<String>> fields,
            byte @Nullable [] content,
            long nowSeconds) {
        List<String> inputs = fields.apply("Signature-Input");
        List<String> signatures = fields.apply("Signature");
        if (inputs.size() != 1 || signatures.size() != 1) {
            return false;
        }
        Matcher input = INPUT.matcher(inputs.get(0));
        while (input.find()) {
            byte[] secret = secrets.get(input.group(6));
            if (secret != null) {
                List<String> covered = List.of(input.group(3).replace("\"", "").split(" "));
                StringBuilder base = new StringBuilder();
                for (String component : covered) {
                    String value = switch (component) {
                        case "@method" -> method;
                        case "@authority" -> authority.toLowerCase(Locale.ROOT);
                        case "@path" -> path;
                        case "@query" -> '?' + (query == null ? "" : query);
                        default -> value(fields.apply(component));
                    };
                    base.append('"')
                            .append(component)
                            .append("\": ")
                            .append(value)
                            .append('\n');
                }
                base.append("\"@signature-params\": ").append(input.group(2));
                long created = Long.parseLong(input.group(4));
                return coversEnough(covered, fields, content)
                        && Math.abs(nowSeconds - created) <= windowSeconds
                        && MessageDigest.isEqual(
                                hmac(secret, base.toString()), signature(signatures.get(0), input.group(1)))
                        && isFirst(input.group(5), created, nowSeconds); // last: only who has the secret uses nonces up
            }
        }
        return false;
    }

    private boolean coversEnough(
            List<String> covered, Function<String, List<String>> fields, byte @Nullable [] content) {
        for (String field : trusted) {
            if (!fields.apply(field).isEmpty() && !covered.contains(field)) {
                return false;
            }
        }
        boolean digested = content == null
                || (covered.contains("content-digest")
                        && List.of("sha-256=:" + Base64.getEncoder().encodeToString(sha256(content)) + ':')
                                .equals(fields.apply("Content-Digest")));
        return digested && covered.containsAll(ALWAYS) && Set.copyOf(covered).size() == covered.size();
    }

    private boolean isFirst(String nonce, long created, long nowSeconds) {
        if (seen.size() >= MOST_NONCES) {
            seen.values().removeIf(made -> Math.abs(nowSeconds - made) > windowSeconds);
        }
        return seen.size() < MOST_NONCES && seen.putIfAbsent(nonce, created) == null;
    }

    private static String value(List<String> lines) {
        List<String> stripped = new ArrayList<>();
        lines.forEach(line -> stripped.add(line.strip()));
        return String.join(", ", stripped);
    }

    private static byte[] signature(String field, String label) {
        Matcher member = Pattern.compile("(?:^|, )" + label + "=:([A-Za-z0-9+/]{43}=):(?:, |$)")
                .matcher(field);
        return member.find() ? Base64.getDecoder().decode(member.group(1)) : new byte[0];
    }

    private static byte[] hmac(byte[] secret, String base) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(base.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
