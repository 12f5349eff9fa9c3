package dev.fanoutgateway.relay;

import java.util.Arrays;

/** A block of IP addresses (RFC 4632): {@code 10.0.0.0/8}, {@code fd00::/8}, or one address. */
final class Network {
    private final byte[] prefix;
    private final int bits;

    private Network(byte[] prefix, int bits) {
        this.prefix = prefix;
        this.bits = bits;
    }

    /** @throws IllegalArgumentException if it is none, or has bits set beyond its prefix: one of the two is a mistake */
    static Network of(String text) {
        int slash = text.indexOf('/');
        byte[] address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        String length = slash < 0 ? "" : text.substring(slash + 1);
        if (address == null || (slash >= 0 && !length.matches("0|[1-9]\\d{0,2}"))) {
            throw new IllegalArgumentException("expected an address or a block such as 10.0.0.0/8, got '" + text + "'");
        }
        int longest = address.length * 8;
        boolean mapped = text.indexOf(':') >= 0 && address.length == 4;
        int bits = slash < 0 ? longest : Integer.parseInt(length) - (mapped ? 96 : 0);
        if (bits < 0 || bits > longest) {
            throw new IllegalArgumentException("expected a prefix of 0 to " + longest + " bits, got '" + text + "'");
        }
        Network network = new Network(address, bits);
        for (int i = bits; i < longest; i++) {
            if ((address[i / 8] & 0x80 >> i % 8) != 0) {
                throw new IllegalArgumentException("expected no bits beyond the prefix, got '" + text + "'");
            }
        }
        return network;
    }

    /** Whether {@code address}, as {@link IpAddress#parse} gives it, is in this block. */
    boolean contains(byte[] address) {
        if (address.length != prefix.length) {
            return false;
        }
        int whole = bits / 8;
        int rest = bits % 8;
        return Arrays.equals(address, 0, whole, prefix, 0, whole)
                && (rest == 0 || (address[whole] ^ prefix[whole]) >> 8 - rest == 0);
    }
}
