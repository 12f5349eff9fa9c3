package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What tells apart the responses under one key: {@code Vary} (RFC 9111 section 4.1, RFC 9110 section 12.5.5). */
final class Variants {
    /** A response that varies by more fields than these is kept for nobody. */
    private static final int MOST_FIELDS = 32;

    /** Values of these may stand in a key as they are; any other may be a secret, and is hashed. */
    private static final Set<String> PLAIN =
            Set.of("accept", "accept-charset", "accept-encoding", "accept-language", "origin");

    private static final int LONGEST_PLAIN = 128;

    private Variants() {}

    /** The names that {@code Vary} lists, in lower case, each once, in order. */
    static List<String> names(Headers response) {
        List<String> lines = response.all("Vary");
        return switch (lines.size()) {
            case 0 -> List.of();
            case 1 -> names(lines.get(0));
            default -> names(String.join(",", lines));
        };
    }

    /** The names in the value of a {@code Vary} field. */
    static List<String> names(String vary) {
        if (vary.indexOf(',') < 0) {
            String name = Ascii.lower(Ascii.trim(vary));
            return name.isEmpty() ? List.of() : List.of(name);
        }
        Set<String> names = new TreeSet<>();
        int start = 0;
        while (start <= vary.length()) {
            int comma = vary.indexOf(',', start);
            int end = comma < 0 ? vary.length() : comma;
            names.add(Ascii.lower(Ascii.trim(vary.substring(start, end))));
            start = end + 1;
        }
        names.remove("");
        return List.copyOf(names);
    }

    /** Whether no request but the very same can be answered with this response: {@code *}, or too much to tell. */
    static boolean unbounded(Headers response) {
        List<String> names = names(response);
        return names.contains("*") || names.size() > MOST_FIELDS;
    }

    /** The names of both lists; of {@code other} alone if together they are too many. */
    static List<String> union(List<String> one, List<String> other) {
        Set<String> names = new TreeSet<>(one);
        names.addAll(other);
        return names.size() > MOST_FIELDS ? other : List.copyOf(names);
    }

    /**
     * The key of the variant for {@code request}. It begins with a bracket, which no base key does, and every part of it is
     * escaped, so no value can pass for another one.
     */
    static CacheKey key(CacheKey base, List<String> names, long generation, GatewayRequest request) {
        StringBuilder key = new StringBuilder(base.value().length() + 80).append('[');
        key.append(Long.toUnsignedString(generation, 36)).append(';');
        for (String name : names) {
            Keys.escape(name, key);
            String value = value(name, request.headers());
            if (value != null) {
                appendValue(name, value, key);
            }
            key.append(';');
        }
        return new CacheKey(key.append("] ").append(base.value()).toString());
    }

    /** Whether two requests are the same to a response that varies by {@code names}. */
    static boolean same(List<String> names, GatewayRequest one, GatewayRequest other) {
        for (String name : names) {
            String value = value(name, one.headers());
            String otherValue = value(name, other.headers());
            if (value == null ? otherValue != null : !value.equals(otherValue)) {
                return false;
            }
        }
        return true;
    }

    private static void appendValue(String name, String value, StringBuilder key) {
        if (value.length() <= LONGEST_PLAIN && PLAIN.contains(name)) {
            Keys.escape(value, key.append('='));
        } else {
            key.append('#').append(digest(value));
        }
    }

    /** All lines of the field as one; null if there is none, which is not the same as an empty one. */
    private static @Nullable String value(String name, Headers headers) {
        List<String> lines = headers.all(name);
        if (lines.isEmpty()) {
            return null;
        }
        String joined = lines.size() == 1 ? lines.get(0) : String.join(", ", lines); // RFC 9110 section 5.3
        return PLAIN.contains(name) ? normalised(name, joined) : Ascii.trim(joined);
    }

    /** Blanks beside commas and semicolons, and case where the field has none, make no difference: section 4.1. */
    private static String normalised(String name, String value) {
        if (value.indexOf('"') >= 0 || name.equals("origin")) {
            return Ascii.trim(value);
        }
        StringBuilder text = new StringBuilder(value.length());
        int at = 0;
        while (at < value.length()) {
            int blanks = at;
            while (at < value.length() && Ascii.isBlank(value.charAt(at))) {
                at++;
            }
            boolean beside = text.length() == 0
                    || isSeparator(text.charAt(text.length() - 1))
                    || at == value.length()
                    || isSeparator(value.charAt(at));
            if (!beside) {
                text.append(value, blanks, at);
            }
            if (at < value.length()) {
                text.append(value.charAt(at++));
            }
        }
        return name.equals("accept") ? text.toString() : Ascii.lower(text.toString());
    }

    private static boolean isSeparator(char c) {
        return c == ',' || c == ';';
    }

    private static String digest(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
