package dev.fanoutgateway;

import java.nio.charset.StandardCharsets;

/** Percent-encoding in paths (RFC 3986 section 2.1), of octets that are UTF-8. */
final class Escapes {
    private Escapes() {}

    /** The octet that the escape at {@code at} stands for; -1 if there is no escape there. */
    static int octet(String path, int at) {
        if (at + 2 >= path.length() || path.charAt(at) != '%') {
            return -1;
        }
        int high = hex(path.charAt(at + 1));
        int low = hex(path.charAt(at + 2));
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    /**
     * How many escapes at {@code at} stand for one character beyond ASCII; 0 if they stand for none: sequences that are cut
     * short or longer than need be, surrogates (The Unicode Standard, table 3-7), and the control characters to U+009F.
     */
    static int sequence(String path, int at) {
        int lead = octet(path, at);
        int second = octet(path, at + 3);
        boolean wellFormed = second >= lowestSecond(lead) && second <= highestSecond(lead);
        int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
        for (int i = 2; i < length; i++) {
            int next = octet(path, at + 3 * i);
            wellFormed &= next >= 0x80 && next <= 0xbf;
        }
        return wellFormed && lead >= 0xc2 && lead <= 0xf4 ? length : 0;
    }

    /**
     * {@code path} as every backend reads it, for comparing: with the characters in place of their escapes, but for those
     * escapes that {@link PathRules} refuses, which stay as they are. The same object if there are none.
     */
    static String decoded(String path) {
        int next = path.indexOf('%');
        if (next < 0) {
            return path;
        }
        StringBuilder text = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            int octet = octet(path, at);
            int length = octet < 0x80 ? 1 : sequence(path, at);
            if (octet < 0 || length == 0 || PathRules.isRefused(octet)) {
                text.append(path.charAt(at++));
            } else if (length == 1) {
                text.append((char) octet);
                at += 3;
            } else {
                byte[] octets = new byte[length];
                for (int i = 0; i < length; i++, at += 3) {
                    octets[i] = (byte) octet(path, at);
                }
                text.append(new String(octets, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    private static int lowestSecond(int lead) {
        return switch (lead) {
            case 0xc2, 0xe0 -> 0xa0;
            case 0xf0 -> 0x90;
            default -> 0x80;
        };
    }

    private static int highestSecond(int lead) {
        return switch (lead) {
            case 0xed -> 0x9f;
            case 0xf4 -> 0x8f;
            default -> 0xbf;
        };
    }

    /** Of ASCII only: {@link Character#digit} takes the digits of all scripts. */
    private static int hex(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
