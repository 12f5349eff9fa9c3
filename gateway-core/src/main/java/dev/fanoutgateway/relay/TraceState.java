package dev.fanoutgateway.relay;

import java.util.List;

/**
 * The field {@code tracestate} (W3C Trace Context level 2, section 3.3): up to 32 members, on any number of lines. One that
 * breaks the rules is given up as a whole (section 4.3, step 5): nobody knows what else is wrong with it. That no key is there
 * twice is up to those who add members; it is passed on all the same.
 */
final class TraceState {
    private static final int MOST_MEMBERS = 32;
    private static final int LONGEST_KEY = 256;
    private static final int LONGEST_VALUE = 256;

    private TraceState() {}

    /** All lines as one, its members unchanged and in order; empty if there are none, or if it is not valid. Never throws. */
    static String combined(List<String> lines) {
        if (lines.isEmpty()) {
            return "";
        }
        List<String> members = ClientChain.members(lines);
        if (members.size() > MOST_MEMBERS) {
            return "";
        }
        for (String member : members) {
            int equals = member.indexOf('=');
            if (equals < 0 || !isKey(member, equals) || !isValue(member, equals + 1)) {
                return "";
            }
        }
        return String.join(",", members);
    }

    /** Where an at sign stands is the tracing systems' affair; level 1 was stricter. */
    private static boolean isKey(String member, int end) {
        for (int i = 0; i < end; i++) {
            char c = member.charAt(i);
            boolean first = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!first && (i == 0 || "_-*/@".indexOf(c) < 0)) {
                return false;
            }
        }
        return end > 0 && end <= LONGEST_KEY;
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
