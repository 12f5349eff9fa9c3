package dev.fanoutgateway.relay;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The field {@code tracestate} (W3C Trace Context section 3.3): up to 32 members with different keys, on any number of
 * lines. One that breaks the rules is given up as a whole (section 4.3, step 5): nobody knows what else is wrong with it.
 */
final class TraceState {
    private static final int MOST_MEMBERS = 32;
    private static final int LONGEST_KEY = 256;
    private static final int LONGEST_TENANT = 241;
    private static final int LONGEST_SYSTEM = 14;
    private static final int LONGEST_VALUE = 256;

    private TraceState() {}

    /** All lines as one, its members unchanged and in order; empty if there are none, or if it is not valid. Never throws. */
    static String combined(List<String> lines) {
        if (lines.isEmpty()) {
            return "";
        }
        StringBuilder combined = new StringBuilder();
        Set<String> keys = new HashSet<>();
        for (String member : ClientChain.members(lines)) {
            int equals = member.indexOf('=');
            if (equals < 0
                    || keys.size() == MOST_MEMBERS
                    || !isKey(member, equals)
                    || !isValue(member, equals + 1)
                    || !keys.add(member.substring(0, equals))) {
                return "";
            }
            combined.append(combined.length() == 0 ? "" : ",").append(member);
        }
        return combined.toString();
    }

    /** A key of one system, or of a tenant of one. */
    private static boolean isKey(String member, int end) {
        int at = member.indexOf('@');
        if (at < 0 || at > end) {
            return end <= LONGEST_KEY && isName(member, 0, end, false);
        }
        return at <= LONGEST_TENANT
                && end - at - 1 <= LONGEST_SYSTEM
                && isName(member, 0, at, true)
                && isName(member, at + 1, end, false);
    }

    private static boolean isName(String member, int from, int to, boolean mayStartWithDigit) {
        for (int i = from; i < to; i++) {
            char c = member.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean digit = c >= '0' && c <= '9';
            boolean first = i == from;
            if (first ? !letter && !(digit && mayStartWithDigit) : !letter && !digit && "_-*/".indexOf(c) < 0) {
                return false;
            }
        }
        return to > from;
    }

    /** Printable ASCII without comma and equals sign; the end is no blank, since blanks there are none of it. */
    private static boolean isValue(String member, int from) {
        int length = member.length() - from;
        if (length < 1 || length > LONGEST_VALUE || member.charAt(member.length() - 1) == ' ') {
            return false;
        }
        for (int i = from; i < member.length(); i++) {
            char c = member.charAt(i);
            if (c < ' ' || c > '~' || c == ',' || c == '=') {
                return false;
            }
        }
        return true;
    }
}
