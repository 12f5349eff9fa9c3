package dev.fanoutgateway;

/**
 * Which paths are forwarded at all. A path that a backend may read otherwise than the gateway does is a way around the
 * key check, so it is refused: dot segments, empty segments, path parameters, back slashes, control characters, what is not
 * ASCII or in no URI; the escapes of these characters, of the slash and of the percent sign; and escapes that are not UTF-8
 * (RFC 3986 section 3.3; RFC 9110 section 17.1). Other escapes are harmless because {@link PathPattern} compares what they
 * stand for.
 */
final class PathRules {
    /** What RFC 3986 does not allow in a path, and the semicolon; clients may send others, escaped. */
    private static final boolean[] REFUSED = refused("\\;?#\"<>^`{|}[]");

    private PathRules() {}

    /** Whether every backend must read {@code path} as the gateway does. */
    static boolean unambiguous(String path) {
        int segmentStart = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c >= 0x80 || REFUSED[c]) {
                return false;
            }
            if (c == '%') {
                int escapes = harmlessEscapes(path, i);
                if (escapes == 0) {
                    return false;
                }
                i += 3 * escapes - 1;
            } else if (c == '/') {
                if (i > 0 && (i == segmentStart || isDots(path, segmentStart, i))) {
                    return false;
                }
                segmentStart = i + 1;
            }
        }
        return !isDots(path, segmentStart, path.length());
    }

    /** Whether the escape of this ASCII character is refused wherever it stands. */
    static boolean isRefused(int octet) {
        return octet < 0x20 || octet == 0x7f || "./\\;%".indexOf(octet) >= 0;
    }

    private static boolean[] refused(String characters) {
        boolean[] refused = new boolean[0x80];
        for (char c = 0; c < refused.length; c++) {
            refused[c] = c <= ' ' || c == 0x7f || characters.indexOf(c) >= 0;
        }
        return refused;
    }

    private static boolean isDots(String path, int from, int to) {
        int length = to - from;
        return (length == 1 || length == 2) && path.charAt(from) == '.' && path.charAt(to - 1) == '.';
    }

    /** How many escapes stand here for one harmless character; 0 if it is none. */
    private static int harmlessEscapes(String path, int at) {
        int octet = Escapes.octet(path, at);
        if (octet >= 0x80) {
            return Escapes.sequence(path, at);
        }
        return octet < 0 || isRefused(octet) ? 0 : 1;
    }
}
