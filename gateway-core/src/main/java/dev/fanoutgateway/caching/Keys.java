package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.CacheKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keys such as {@code stocks GET /api/v1/prices?symbol=IBM}. Every part but the last is escaped, and the last begins with a
 * slash, so that no two requests that differ in what is forwarded have one key.
 */
final class Keys {
    private static final boolean[] PLAIN = plain(" %@;[]=#");
    private static final String HEX = "0123456789abcdef";

    private Keys() {}

    static CacheKey of(String group, GatewayRequest forwarded, @Nullable String partition) {
        String method = forwarded.method().equals("HEAD") ? "GET" : forwarded.method();
        String query = forwarded.query();
        if (partition == null && isPlain(group) && isPlain(method)) { // nearly always: nothing to escape, one copy
            return new CacheKey(
                    query == null
                            ? group + ' ' + method + ' ' + forwarded.path()
                            : group + ' ' + method + ' ' + forwarded.path() + '?' + query);
        }
        int length = group.length() + method.length() + forwarded.path().length() + 4;
        length += (partition == null ? 0 : partition.length() + 2) + (query == null ? 0 : query.length() + 1);
        StringBuilder key = new StringBuilder(length);
        escape(group, key);
        key.append(' ');
        escape(method, key);
        key.append(' ');
        if (partition != null) {
            escape(partition, key.append('@'));
            key.append(' ');
        }
        key.append(forwarded.path());
        if (query != null) {
            key.append('?').append(query);
        }
        return new CacheKey(key.toString());
    }

    /**
     * Path and query of what {@link #of} made, or of one of its variants. Never throws: for other keys, all or part of them.
     */
    static String targetOf(CacheKey key) {
        String text = key.value();
        int start = text.startsWith("[") ? text.indexOf(' ') + 1 : 0;
        start = text.indexOf(' ', start) + 1; // after the group
        start = text.indexOf(' ', start) + 1; // after the method
        return text.substring(text.startsWith("@", start) ? text.indexOf(' ', start) + 1 : start);
    }

    /** The same if a plain GET for it by anybody finds what stands under {@code key}; empty for variants and partitions. */
    static Optional<String> sharedTargetOf(CacheKey key) {
        String text = key.value();
        int method = text.indexOf(' ') + 1;
        return text.startsWith("GET /", method) && !text.startsWith("[")
                ? Optional.of(text.substring(method + "GET ".length()))
                : Optional.empty();
    }

    /** Appends {@code part} with what separates parts, and what is not printable ASCII, as {@code %} and UTF-16 in hex. */
    static void escape(String part, StringBuilder key) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c < PLAIN.length && PLAIN[c]) {
                key.append(c);
            } else {
                key.append('%');
                for (int shift = 12; shift >= 0; shift -= 4) {
                    key.append(HEX.charAt((c >> shift) & 0xf));
                }
            }
        }
    }

    private static boolean isPlain(String part) {
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c]) {
                return false;
            }
        }
        return true;
    }

    private static boolean[] plain(String reserved) {
        boolean[] plain = new boolean[128];
        for (char c = ' '; c <= '~'; c++) {
            plain[c] = reserved.indexOf(c) < 0;
        }
        return plain;
    }
}
