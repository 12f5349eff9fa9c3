package dev.fanoutgateway.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One hop as {@code Forwarded} tells it (RFC 7239 section 4).
 *
 * @param node who made the request there; empty if it is not told
 * @param proto by which scheme; empty if not told
 * @param host which host was asked for; empty if not told
 */
record ForwardedElement(String node, String proto, String host) {
    /**
     * The hops of all lines, the first one first; null if there is anything wrong with them, since then nobody knows where
     * one hop ends. Linear; never throws.
     */
    static @Nullable List<ForwardedElement> parse(List<String> lines) {
        List<ForwardedElement> elements = new ArrayList<>();
        for (String line : lines) {
            if (!new Reader(line).readInto(elements)) {
                return null;
            }
        }
        return elements;
    }

    /** Reads one line. */
    private static final class Reader {
        private final String line;
        private int at;

        Reader(String line) {
            this.line = line;
        }

        boolean readInto(List<ForwardedElement> elements) {
            while (at < line.length()) {
                skipBlanks();
                if (at < line.length() && line.charAt(at) == ',') {
                    at++; // an empty element (RFC 9110 section 5.6.1)
                    continue;
                }
                if (at == line.length()) {
                    return true;
                }
                ForwardedElement element = element();
                if (element == null) {
                    return false;
                }
                elements.add(element);
            }
            return true;
        }

        /** To the comma after it, or the end. */
        private @Nullable ForwardedElement element() {
            String node = "";
            String proto = "";
            String host = "";
            int seen = 0;
            while (true) {
                skipBlanks();
                String name = token().toLowerCase(Locale.ROOT);
                if (!name.isEmpty()) {
                    if (at == line.length() || line.charAt(at++) != '=') {
                        return null;
                    }
                    String value = value();
                    int bit = List.of("for", "proto", "host", "by").indexOf(name) + 1;
                    if (value == null || (bit > 0 && (seen & 1 << bit) != 0)) {
                        return null; // a parameter occurs once (section 4)
                    }
                    seen |= 1 << bit;
                    node = bit == 1 ? value : node;
                    proto = bit == 2 ? value.toLowerCase(Locale.ROOT) : proto;
                    host = bit == 3 ? value : host;
                }
                skipBlanks();
                if (at == line.length()) {
                    return new ForwardedElement(node, proto, host);
                }
                char next = line.charAt(at++);
                if (next == ',') {
                    return new ForwardedElement(node, proto, host);
                }
                if (next != ';') {
                    return null;
                }
            }
        }

        /** A token or a quoted string; unquoted colons and brackets are no tokens, but common. */
        private @Nullable String value() {
            if (at < line.length() && line.charAt(at) == '"') {
                return quoted();
            }
            int start = at;
            while (at < line.length()
                    && (FieldText.isTokenChar(line.charAt(at)) || ":[]".indexOf(line.charAt(at)) >= 0)) {
                at++;
            }
            return at == start ? null : line.substring(start, at);
        }

        private @Nullable String quoted() {
            StringBuilder text = new StringBuilder();
            for (at++; at < line.length(); at++) {
                char c = line.charAt(at);
                if (c == '"') {
                    at++;
                    return text.toString();
                }
                if (c == '\\' && ++at == line.length()) {
                    return null;
                }
                text.append(line.charAt(at));
            }
            return null;
        }

        private String token() {
            int start = at;
            while (at < line.length() && FieldText.isTokenChar(line.charAt(at))) {
                at++;
            }
            return line.substring(start, at);
        }

        private void skipBlanks() {
            while (at < line.length() && FieldText.isBlank(line.charAt(at))) {
                at++;
            }
        }
    }
}
