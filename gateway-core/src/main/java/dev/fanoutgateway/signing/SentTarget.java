package dev.fanoutgateway.signing;

import dev.fanoutgateway.http.GatewayRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Escapes in a target what HTTP clients would escape by themselves (the URL standard's sets for paths and queries), so that
 * what is signed is what is sent.
 */
final class SentTarget {
    private static final String IN_PATH = "\"<>^`{|}";
    private static final String IN_QUERY = "\"'<>";

    private SentTarget() {}

    /** {@code request} with such a target; the same object if it has one. */
    static GatewayRequest of(GatewayRequest request) {
        String path = escaped(request.path(), IN_PATH);
        String given = request.query();
        String query = given == null ? null : escaped(given, IN_QUERY);
        if (isSame(path, request.path()) && isSame(query, given)) {
            return request;
        }
        return new GatewayRequest(
                request.method(),
                path,
                query,
                request.headers(),
                request.body(),
                request.clientAddress(),
                request.arrival());
    }

    @SuppressWarnings("ReferenceEquality") // escaped returns the same object if it changed nothing
    private static boolean isSame(@Nullable String one, @Nullable String other) {
        return one == other;
    }

    private static String escaped(String text, String escapable) {
        int first = 0;
        while (first < text.length() && !isEscapable(text.charAt(first), escapable)) {
            first++;
        }
        if (first == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (byte octet : text.substring(first).getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (isEscapable(c, escapable)) {
                escaped.append('%').append(hex(c >> 4)).append(hex(c & 15));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    private static boolean isEscapable(char c, String escapable) {
        return c > '~' || escapable.indexOf(c) >= 0;
    }

    private static char hex(int digit) {
        return "0123456789ABCDEF".charAt(digit);
    }
}
