package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a query is forwarded; keys, limits and caches go by no other. Clients write characters in queries that RFC
 * 3986 section 3.4 does not allow: of these, HTTP clients escape some on the way to a backend (by the URL standard), so these
 * are escaped before anything of ours sees them, and the others stay as they came. Octets that are no ASCII are read
 * differently by each container, and so are not forwarded at all.
 */
final class QueryRules {
    private static final String ESCAPED = "\"'<>";
    private static final String HEX = "0123456789ABCDEF";

    private QueryRules() {}

    /** {@code request} with its query as it would be forwarded; the same object if it has that already. */
    static GatewayRequest escaped(GatewayRequest request) {
        String query = request.query();
        if (query == null) {
            return request;
        }
        for (int i = 0; i < query.length(); i++) {
            if (isEscaped(query.charAt(i))) {
                return request.withQuery(escaped(query, i));
            }
        }
        return request;
    }

    /** Whether a query can be forwarded as it is. */
    static boolean sendable(@Nullable String query) {
        if (query != null) {
            for (int i = 0; i < query.length(); i++) {
                char c = query.charAt(i);
                if (c <= ' ' || c >= 0x7f || c == '#') {
                    return false;
                }
            }
        }
        return true;
    }

    private static String escaped(String query, int first) {
        StringBuilder text = new StringBuilder(query.length() + 16).append(query, 0, first);
        for (int i = first; i < query.length(); i++) {
            char c = query.charAt(i);
            if (isEscaped(c)) {
                text.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    private static boolean isEscaped(char c) {
        return c <= '>' && ESCAPED.indexOf(c) >= 0;
    }
}
