package dev.fanoutgateway.okhttp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import okhttp3.Headers;

/**
 * The octets of a field's value that are no ASCII. Servlet containers, and so this gateway, have each as one character; OkHttp
 * reads and writes them as UTF-8. RFC 9110 section 5.5 has an intermediary pass them on as they are. Where they are no UTF-8,
 * each is a private character on its way through OkHttp, which {@link Wire} writes as the octet, and which stands for what
 * {@link Head} has seen.
 */
final class FieldOctets {
    /** The private characters U+F780 to U+F7FF stand for the octets 0x80 to 0xff. */
    private static final int MARK = 0xf700;

    /** With which UTF-8 begins any of these. */
    private static final byte MARK_FIRST = (byte) 0xef;

    private FieldOctets() {}

    /** What OkHttp writes as the octets of {@code value}; marked where they are no UTF-8, which OkHttp cannot write. */
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
        String text = isOdd(octets, 0, octets.length) ? null : new String(octets, StandardCharsets.UTF_8);
        return text == null ? marked(value) : text;
    }

    /** The octets that OkHttp has read as {@code value}. */
    static String read(String value) {
        if (isAscii(value)) {
            return value;
        }
        return isMarked(value)
                ? unmarked(value)
                : new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Whether OkHttp cannot have these octets as text, or would take them for marks. */
    static boolean isOdd(byte[] octets, int from, int to) {
        for (int i = from; i < to - 1; i++) {
            if (octets[i] == MARK_FIRST && (octets[i + 1] & 0xfe) == 0x9e) {
                return true;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, from, to - from));
            return false;
        } catch (CharacterCodingException e) {
            return true;
        }
    }

    /** What OkHttp has read, with those values marked that it could not read. */
    static Headers marked(Headers read, List<String> odd) {
        Headers.Builder fields = new Headers.Builder();
        int next = 0;
        for (int i = 0; i < read.size(); i++) {
            String value = read.value(i);
            boolean isNext = next < odd.size() && !isAscii(value) && isReadAs(odd.get(next), value);
            fields.addUnsafeNonAscii(read.name(i), isNext ? marked(odd.get(next++)) : value);
        }
        return fields.build();
    }

    /** For where nobody writes octets for marks: each as the character that it is in Latin-1. */
    static Headers withoutMarks(Headers fields) {
        Headers.Builder plain = new Headers.Builder();
        for (int i = 0; i < fields.size(); i++) {
            String value = fields.value(i);
            plain.addUnsafeNonAscii(fields.name(i), isMarked(value) ? unmarked(value) : value);
        }
        return plain.build();
    }

    /** Whether any value has marks. */
    static boolean haveMarks(Headers fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (isMarked(fields.value(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code value} is of ASCII and marks, and has one. */
    static boolean isMarked(String value) {
        boolean marked = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0x7f) {
                marked = c >= MARK + 0x80 && c <= MARK + 0xff;
                if (!marked) {
                    return false;
                }
            }
        }
        return marked;
    }

    private static boolean isReadAs(String octets, String text) {
        String read = new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return read.strip().equals(text.strip());
    }

    private static String marked(String octets) {
        StringBuilder text = new StringBuilder(octets);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                text.setCharAt(i, (char) (MARK + text.charAt(i)));
            }
        }
        return text.toString();
    }

    private static String unmarked(String value) {
        StringBuilder octets = new StringBuilder(value);
        for (int i = 0; i < octets.length(); i++) {
            octets.setCharAt(i, (char) (octets.charAt(i) & 0xff));
        }
        return octets.toString();
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
