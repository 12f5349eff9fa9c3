package dev.fanoutgateway.tls;

import java.io.ByteArrayOutputStream;
import java.security.PublicKey;
import java.util.Arrays;

/** The little of DER (X.690) that older forms of keys need. */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private Der() {}

    /**
     * A key in the form of its algorithm (RFC 8017 for RSA, RFC 5915 for EC) as PKCS#8 (RFC 5208): that form in an octet
     * string, after the algorithm, which is the same as in the public key.
     */
    static byte[] pkcs8(PublicKey publicKey, byte[] key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION_0);
        content.writeBytes(algorithmOf(publicKey.getEncoded()));
        content.writeBytes(element(OCTET_STRING, key));
        return element(SEQUENCE, content.toByteArray());
    }

    /** The first element within the outer one of a SubjectPublicKeyInfo (RFC 5280 section 4.1), which Java has made. */
    private static byte[] algorithmOf(byte[] publicKey) {
        int start = contentAt(publicKey, 0);
        int content = contentAt(publicKey, start);
        return Arrays.copyOfRange(publicKey, start, content + lengthAt(publicKey, start));
    }

    private static int contentAt(byte[] der, int at) {
        int first = der[at + 1];
        return at + 2 + (first < 0 ? first & 0x7f : 0);
    }

    private static int lengthAt(byte[] der, int at) {
        int first = der[at + 1];
        if (first >= 0) {
            return first;
        }
        int length = 0;
        for (int i = at + 2; i < contentAt(der, at); i++) {
            length = length << 8 | der[i] & 0xff;
        }
        return length;
    }

    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else if (length < 0x100) {
            out.write(0x81);
            out.write(length);
        } else if (length < 0x10000) {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        } else {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }
}
