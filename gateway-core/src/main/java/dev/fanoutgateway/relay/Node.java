package dev.fanoutgateway.relay;

import org.jspecify.annotations.Nullable;

/** A node as proxies write it (RFC 7239 section 6, and what goes in {@code X-Forwarded-For}): mostly an address. */
final class Node {
    private Node() {}

    /**
     * The address of a node: {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1}, {@code [2001:db8::1]} or
     * {@code [2001:db8::1]:80}, its port also obfuscated ({@code :_p}); null for {@code unknown}, for {@code _hidden}, and for
     * everything else. Never throws.
     */
    static @Nullable String addressOf(String node) {
        String address = node;
        if (node.startsWith("[")) {
            int end = node.indexOf(']');
            if (end < 0 || (end + 1 < node.length() && !isPort(node, end + 1)) || node.indexOf(':') > end) {
                return null;
            }
            address = node.substring(1, end);
        } else {
            int colon = node.indexOf(':');
            if (colon >= 0 && node.indexOf('.') >= 0 && node.indexOf('.') < colon) {
                if (!isPort(node, colon)) {
                    return null;
                }
                address = node.substring(0, colon);
            }
        }
        byte[] octets = IpAddress.parse(address);
        if (octets == null || (address != node && node.startsWith("[") && address.indexOf(':') < 0)) {
            return null;
        }
        return octets.length == 4 && address.indexOf(':') >= 0 ? dotted(octets) : address;
    }

    /** {@code address} as a node of {@code Forwarded}: IPv6 in brackets, and quoted for that. */
    static String forwarded(String address) {
        return address.isEmpty() ? "unknown" : address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
    }

    private static boolean isPort(String node, int from) {
        if (FieldText.isPort(node, from)) {
            return true;
        }
        if (!node.startsWith(":_", from) || node.length() == from + 2) {
            return false;
        }
        for (int i = from + 2; i < node.length(); i++) {
            if (!FieldText.isAlphanumeric(node.charAt(i)) && "._-".indexOf(node.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    private static String dotted(byte[] octets) {
        return (octets[0] & 0xff) + "." + (octets[1] & 0xff) + "." + (octets[2] & 0xff) + "." + (octets[3] & 0xff);
    }
}
