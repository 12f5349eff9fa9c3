package dev.fanoutgateway.relay;

/** Characters of header fields (RFC 9110 section 5.6). */
final class FieldText {
    private FieldText() {}

    static boolean isTokenChar(char c) {
        return isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    static boolean isAlphanumeric(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** {@code text} without blanks at its ends. */
    static String trimmed(String text, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /**
     * Whether {@code text} can be the value of a {@code Host} field: a name or an address, with or without a port (RFC
     * 9110 section 7.2), 255 characters at most. Stricter than the grammar: no escapes and no sub-delimiters, which no
     * host name has and which some reader of it may take for the end of it.
     */
    static boolean isHost(String text) {
        int length = text.length();
        if (length == 0 || length > 255) {
            return false;
        }
        int at = 0;
        if (text.charAt(0) == '[') {
            at = text.indexOf(']') + 1;
            boolean v6 = at > 2 && text.lastIndexOf(':', at) > 0 && IpAddress.parse(text.substring(1, at - 1)) != null;
            if (!v6) {
                return false;
            }
        } else {
            while (at < length && (isAlphanumeric(text.charAt(at)) || "-._".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
        }
        return at > 0 && (at == length || isPort(text, at));
    }

    /** Whether a colon and one to five digits stand from {@code from} to the end. */
    static boolean isPort(String text, int from) {
        int digits = text.length() - from - 1;
        if (text.charAt(from) != ':' || digits < 1 || digits > 5) {
            return false;
        }
        for (int i = from + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
