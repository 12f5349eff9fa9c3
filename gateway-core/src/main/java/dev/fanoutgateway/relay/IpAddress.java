package dev.fanoutgateway.relay;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IP address from its text, and never by asking DNS: what is no literal is no address. IPv4 is four decimal numbers
 * without leading zeros (others read 010 as eight); IPv6 is as in RFC 4291 section 2.2, without a zone; an IPv4 address
 * written as IPv6 ({@code ::ffff:192.0.2.1}) is the IPv4 address. Linear in the text.
 */
final class IpAddress {
    private static final int LONGEST = 45;
    private static final int GROUPS = 8;

    private IpAddress() {}

    /** The 4 or 16 octets that {@code text} stands for; null if it is no address. Never throws. */
    static byte @Nullable [] parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return null;
        }
        return text.indexOf(':') < 0 ? v4(text, 0) : v6(text);
    }

    private static byte @Nullable [] v4(String text, int from) {
        byte[] octets = new byte[4];
        int at = from;
        for (int i = 0; i < 4; i++) {
            int start = at;
            int value = 0;
            while (at < text.length() && isDigit(text.charAt(at)) && at - start < 3) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            boolean zeros = at - start > 1 && text.charAt(start) == '0';
            if (at == start || zeros || value > 255) {
                return null;
            }
            octets[i] = (byte) value;
            if (i < 3 && (at >= text.length() || text.charAt(at++) != '.')) {
                return null;
            }
        }
        return at == text.length() ? octets : null;
    }

    /** Before the gap the groups stand at the beginning, after it at the end. */
    private static byte @Nullable [] v6(String text) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            int end = endOfGroup(text, at);
            if (end < text.length() && text.charAt(end) == '.') { // the last two groups as IPv4
                byte[] last = count > GROUPS - 2 ? null : v4(text, at);
                if (last == null) {
                    return null;
                }
                groups[count++] = (last[0] & 0xff) << 8 | (last[1] & 0xff);
                groups[count++] = (last[2] & 0xff) << 8 | (last[3] & 0xff);
                at = text.length();
                continue;
            }
            if (end == at || end - at > 4 || count == GROUPS) {
                return null;
            }
            groups[count++] = Integer.parseInt(text, at, end, 16);
            at = end;
            if (at == text.length()) {
                continue;
            }
            if (text.startsWith("::", at)) {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at += 2;
            } else if (text.charAt(at) == ':' && at + 1 < text.length()) {
                at++;
            } else {
                return null;
            }
        }
        if (gap < 0 ? count != GROUPS : count == GROUPS) {
            return null;
        }
        return octets(groups, count, gap);
    }

    private static int endOfGroup(String text, int from) {
        int end = from;
        while (end < text.length() && isHex(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static byte[] octets(int[] groups, int count, int gap) {
        byte[] octets = new byte[2 * GROUPS];
        for (int i = 0; i < count; i++) {
            int place = gap >= 0 && i >= gap ? GROUPS - count + i : i;
            octets[2 * place] = (byte) (groups[i] >> 8);
            octets[2 * place + 1] = (byte) groups[i];
        }
        return isMapped(octets) ? Arrays.copyOfRange(octets, 12, 16) : octets;
    }

    /** RFC 4291 section 2.5.5.2. */
    private static boolean isMapped(byte[] octets) {
        for (int i = 0; i < 10; i++) {
            if (octets[i] != 0) {
                return false;
            }
        }
        return octets[10] == -1 && octets[11] == -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
