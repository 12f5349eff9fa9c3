package dev.fanoutgateway.auth;

/** What a key may look like: 1 to 512 printable ASCII characters, no space at either end. */
final class KeySyntax {
    static final int LONGEST = 512;
    static final String RULE = "1 to 512 printable ASCII characters without a space at either end";

    private KeySyntax() {}

    static boolean isKey(String text) {
        return isKey(text, LONGEST);
    }

    static boolean isKey(String text, int longest) {
        int length = text.length();
        if (length == 0 || length > longest || text.charAt(0) == ' ' || text.charAt(length - 1) == ' ') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** {@code text} without optional white space (RFC 9110 section 5.6.3) around it. */
    static String trimmed(String text, int from) {
        int start = from;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
