package dev.fanoutgateway.relay;

import java.util.List;

/** The field {@code Via} (RFC 9110 section 7.6.3). */
final class Via {
    private Via() {}

    /** Whether {@code lines} tell of {@code name}, without regard to case, as of one who has passed the message on. Linear. */
    static boolean tellsOf(String name, List<String> lines) {
        for (String line : lines) {
            if (tellsOf(name, line)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Of each member the second word counts; comments count for nothing. One that does not end is none, and neither is any
     * after it: or a client could write one that swallows what the gateway adds.
     */
    private static boolean tellsOf(String name, String line) {
        int word = 0;
        int at = 0;
        boolean comments = true;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (c == ',') {
                word = 0;
                at++;
            } else if (c == '(') {
                int after = comments ? afterComment(line, at) : 0;
                comments = after > 0;
                at = comments ? after : at + 1;
            } else if (FieldText.isBlank(c)) {
                at++;
            } else {
                int start = at;
                while (at < line.length() && ",( \t".indexOf(line.charAt(at)) < 0) {
                    at++;
                }
                word++;
                if (word == 2 && at - start == name.length() && line.regionMatches(true, start, name, 0, at - start)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** 0 if it does not end. */
    private static int afterComment(String line, int from) {
        int depth = 0;
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == '(') {
                depth++;
            } else if (c == ')' && --depth == 0) {
                return at + 1;
            }
        }
        return 0;
    }
}
