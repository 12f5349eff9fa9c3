package dev.fanoutgateway;

/**
 * Which paths are forwarded at all. A path that a backend may read otherwise than the gateway does is a way around the
 * key check, so it is refused: dot segments, empty segments, path parameters, back slashes, control and non-ASCII
 * characters, and the encoded forms of these and of the slash (RFC 3986 section 3.3; RFC 9110 section 17.1).
 */
final class PathRules {
    private PathRules() {}

    /** Whether every backend must read {@code path} as the gateway does. */
    static boolean unambiguous(String path) {
        int segmentStart = 0;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '\\' || c == ';' || c == '?' || c == '#') {
                return false;
            }
            if (c == '%' && !harmlessEscape(path, i)) {
                return false;
            }
            if (c == '/') {
                if (i > 0 && (i == segmentStart || isDots(path, segmentStart, i))) {
                    return false;
                }
                segmentStart = i + 1;
            }
        }
        return !isDots(path, segmentStart, path.length());
    }

    private static boolean isDots(String path, int from, int to) {
        int length = to - from;
        return (length == 1 || length == 2) && path.charAt(from) == '.' && path.charAt(to - 1) == '.';
    }

    /** An escape that stands for no dot, slash, back slash, semicolon, percent sign or control character. */
    private static boolean harmlessEscape(String path, int at) {
        if (at + 2 >= path.length()) {
            return false;
        }
        int high = Character.digit(path.charAt(at + 1), 16);
        int low = Character.digit(path.charAt(at + 2), 16);
        if (high < 0 || low < 0) {
            return false;
        }
        int octet = high * 16 + low;
        boolean control = octet < 0x20 || octet == 0x7f;
        boolean overlong = octet == 0xc0 || octet == 0xc1 || octet >= 0xf5;
        return !control && !overlong && "./\\;%".indexOf(octet) < 0;
    }
}
