package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.KeyCredential.Source;
import org.jspecify.annotations.Nullable;

/**
 * One parameter of a query, however its name is percent-encoded. Parameters are separated by {@code &} and decoded as
 * {@code application/x-www-form-urlencoded}; every byte that belongs to another parameter stays as it is.
 */
final class QueryParameter {
    private static final int LONGEST_ENCODED = 3 * KeySyntax.LONGEST;

    private final String name;

    QueryParameter(String name) {
        this.name = name;
    }

    /** Adds each of its values to {@code found}; one without a value counts as empty. */
    void collect(String query, Found found) {
        int start = 0;
        while (start <= query.length()) {
            int end = endOfParameter(query, start);
            int equals = endOfName(query, start, end);
            if (isNamed(query, start, equals)) {
                found.add(Source.QUERY, equals == end ? "" : decoded(query, equals + 1, end));
            }
            start = end + 1;
        }
    }

    /** The query without it: the same object if it is not in there, null if nothing else is. */
    @Nullable
    String strippedFrom(String query) {
        StringBuilder kept = null;
        int start = 0;
        while (start <= query.length()) {
            int end = endOfParameter(query, start);
            if (isNamed(query, start, endOfName(query, start, end))) {
                if (kept == null) {
                    kept = new StringBuilder(query.length()).append(query, 0, start);
                }
            } else if (kept != null) {
                kept.append(query, start, end).append('&');
            }
            start = end + 1;
        }
        if (kept == null) {
            return query;
        }
        // Every parameter that was kept brought a separator behind it; the last has none.
        return kept.length() <= 1 ? null : kept.substring(0, kept.length() - 1);
    }

    private static int endOfParameter(String query, int start) {
        int end = query.indexOf('&', start);
        return end < 0 ? query.length() : end;
    }

    private static int endOfName(String query, int start, int end) {
        for (int i = start; i < end; i++) {
            if (query.charAt(i) == '=') {
                return i;
            }
        }
        return end;
    }

    /** Whether the characters from {@code start} to {@code end} decode to the name; stops at the first that differs. */
    private boolean isNamed(String query, int start, int end) {
        int at = start;
        for (int i = 0; i < name.length(); i++) {
            if (at >= end) {
                return false;
            }
            int c = query.charAt(at++);
            if (c == '%') {
                c = octet(query, at, end);
                at += 2;
            } else if (c == '+') {
                c = ' ';
            }
            if (c != name.charAt(i)) {
                return false;
            }
        }
        return at == end;
    }

    private static @Nullable String decoded(String query, int start, int end) {
        if (end - start > LONGEST_ENCODED) {
            return null;
        }
        StringBuilder text = new StringBuilder(end - start);
        for (int i = start; i < end; i++) {
            int c = query.charAt(i);
            if (c == '%') {
                c = octet(query, i + 1, end);
                i += 2;
            } else if (c == '+') {
                c = ' ';
            }
            if (c < 0) {
                return null;
            }
            text.append((char) c);
        }
        return text.toString();
    }

    /** The octet of the two hexadecimal digits at {@code at}, or -1. */
    private static int octet(String query, int at, int end) {
        if (at + 2 > end) {
            return -1;
        }
        int high = hex(query.charAt(at));
        int low = hex(query.charAt(at + 1));
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    private static int hex(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
