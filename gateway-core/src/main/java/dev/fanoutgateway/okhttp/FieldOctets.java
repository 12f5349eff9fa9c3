package dev.fanoutgateway.okhttp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * The octets of a field's value that are no ASCII. Servlet containers, and so this gateway, have each as one character; OkHttp
 * reads and writes them as UTF-8. RFC 9110 section 5.5 has an intermediary pass them on as they are.
 */
final class FieldOctets {
    private FieldOctets() {}

    /** What OkHttp writes as the octets of {@code value}; as it is where they are no UTF-8, which OkHttp cannot write. */
    static String written(String value) {
        if (isAscii(value)) {
            return value;
        }
        byte[] octets = new byte[value.length()];
        for (int i = 0; i < octets.length; i++) {
            if (value.charAt(i) > 0xff) {
                return value; // not read by a container: a host's own text
            }
            octets[i] = (byte) value.charAt(i);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException e) {
            return value;
        }
    }

    /** The octets that OkHttp has read as {@code value}. */
    static String read(String value) {
        return isAscii(value) ? value : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static boolean isAscii(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }
}
