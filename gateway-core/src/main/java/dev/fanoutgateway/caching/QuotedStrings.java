package dev.fanoutgateway.caching;

/** Quoted strings in fields (RFC 9110 section 5.6.4). */
final class QuotedStrings {
    private QuotedStrings() {}

    /** Where the quoted string that opens at {@code open} ends; -1 if it does not. */
    static int closing(String line, int open) {
        for (int at = open + 1; at < line.length(); at++) {
            if (line.charAt(at) == '\\') {
                at++;
            } else if (line.charAt(at) == '"') {
                return at;
            }
        }
        return -1;
    }

    /** What stands between the quotes, from {@code from} to {@code to}, with quoted pairs undone. */
    static String content(String line, int from, int to) {
        String quoted = line.substring(from, to);
        if (quoted.indexOf('\\') < 0) { // looked for in the string only: over the line it would be quadratic
            return quoted;
        }
        StringBuilder text = new StringBuilder(to - from);
        for (int at = from; at < to; at++) {
            if (line.charAt(at) == '\\' && at + 1 < to) {
                at++;
            }
            text.append(line.charAt(at));
        }
        return text.toString();
    }
}
