package dev.fanoutgateway;

import org.jspecify.annotations.Nullable;

/**
 * Which client addresses count as one: an IPv4 address alone, and of IPv6 a whole /64, since that is what one client has to
 * itself (RFC 4291 section 2.5.4). Text that is no IPv6 address stands for itself; nothing is looked up.
 */
final class ClientNetwork {
    private static final int GROUPS = 8;

    private ClientNetwork() {}

    /** A name for the network of {@code address}: the same for all ways to write the addresses of one network. */
    static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        String bare =
                address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
        int zone = bare.indexOf('%');
        bare = zone < 0 ? bare : bare.substring(0, zone);
        String mapped = mappedIpv4(bare);
        if (mapped != null) {
            return mapped;
        }
        int[] groups = groups(bare);
        return groups == null ? address : "%x:%x:%x:%x::/64".formatted(groups[0], groups[1], groups[2], groups[3]);
    }

    /** The IPv4 address within {@code ::ffff:192.0.2.1} (RFC 4291 section 2.5.5.2). */
    private static @Nullable String mappedIpv4(String address) {
        int last = address.lastIndexOf(':') + 1;
        if (address.indexOf('.', last) < 0) {
            return null;
        }
        int[] groups = groups(address.substring(0, last) + "0:0");
        if (groups == null) {
            return null;
        }
        boolean mapped = groups[5] == 0xffff;
        for (int i = 0; i < 5; i++) {
            mapped &= groups[i] == 0;
        }
        return mapped ? address.substring(last) : null;
    }

    private static int @Nullable [] groups(String address) {
        int gap = address.indexOf("::");
        String[] head = split(gap < 0 ? address : address.substring(0, gap));
        String[] tail = split(gap < 0 ? "" : address.substring(gap + 2));
        int given = head.length + tail.length;
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            return null;
        }
        int[] groups = new int[GROUPS];
        return filled(groups, 0, head) && filled(groups, GROUPS - tail.length, tail) ? groups : null;
    }

    private static String[] split(String part) {
        return part.isEmpty() ? new String[0] : part.split(":", -1);
    }

    private static boolean filled(int[] groups, int from, String[] texts) {
        for (int i = 0; i < texts.length; i++) {
            int length = texts[i].length();
            int value = 0;
            for (int j = 0; j < length; j++) {
                int digit = Character.digit(texts[i].charAt(j), 16);
                value = digit < 0 ? Integer.MAX_VALUE >> 4 : value * 16 + digit;
            }
            if (length == 0 || length > 4 || value < 0 || value > 0xffff) {
                return false;
            }
            groups[from + i] = value;
        }
        return true;
    }
}
