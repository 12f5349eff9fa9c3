package dev.fanoutgateway.caching;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The bare items of structured fields (RFC 9651 section 4.2.3.1); null stands for a syntax error. */
final class StructuredValues {
    private static final int MOST_DIGITS = 15;
    private static final int MOST_DIGITS_BEFORE_POINT = 12;
    private static final int MOST_DIGITS_AFTER_POINT = 3;

    private StructuredValues() {}

    static @Nullable Object read(StructuredText text) {
        char first = text.peek();
        if (Ascii.isAlpha(first) || first == '*') {
            return token(text);
        }
        if (Ascii.isDigit(first) || first == '-') {
            return number(text);
        }
        text.next();
        return switch (first) {
            case '"' -> string(text);
            case ':' -> bytes(text);
            case '?' -> text.take('1') ? Boolean.TRUE : text.take('0') ? Boolean.FALSE : null;
            case '@' -> number(text) instanceof Long seconds ? Instant.ofEpochSecond(seconds) : null;
            case '%' -> text.take('"') ? displayString(text) : null;
            default -> null;
        };
    }

    /** Section 4.2.4: a {@link Long} or a {@link BigDecimal}. */
    private static @Nullable Object number(StructuredText text) {
        StringBuilder number = new StringBuilder();
        if (text.take('-')) {
            number.append('-');
        }
        int whole = digits(text, number, MOST_DIGITS);
        if (whole < 1) {
            return null;
        }
        if (!text.take('.')) {
            return Long.valueOf(number.toString());
        }
        if (whole > MOST_DIGITS_BEFORE_POINT) {
            return null;
        }
        number.append('.');
        return digits(text, number, MOST_DIGITS_AFTER_POINT) < 1 ? null : new BigDecimal(number.toString());
    }

    /** Adds the digits that stand here, and tells how many; -1 if they are more than {@code most}. */
    private static int digits(StructuredText text, StringBuilder number, int most) {
        int count = 0;
        while (Ascii.isDigit(text.peek())) {
            if (++count > most) {
                return -1;
            }
            number.append(text.next());
        }
        return count;
    }

    /** Section 4.2.5, what follows the opening quote. */
    private static @Nullable String string(StructuredText text) {
        StringBuilder string = new StringBuilder();
        while (true) {
            char c = text.next();
            if (c == '"') {
                return string.toString();
            }
            if (c == '\\') {
                c = text.next();
                if (c != '"' && c != '\\') {
                    return null;
                }
            }
            if (!isVisible(c)) {
                return null;
            }
            string.append(c);
        }
    }

    /** Section 4.2.6. */
    private static StructuredFields.Token token(StructuredText text) {
        StringBuilder token = new StringBuilder();
        while (Ascii.isTokenChar(text.peek()) || text.at(':') || text.at('/')) {
            token.append(text.next());
        }
        return new StructuredFields.Token(token.toString());
    }

    /** Section 4.2.7, what follows the opening colon. Missing padding is forgiven, as are bits set in it. */
    private static @Nullable ByteBuffer bytes(StructuredText text) {
        String encoded = text.until(':');
        if (encoded == null) {
            return null;
        }
        int length = encoded.length();
        while (length > 0 && encoded.length() - length < 2 && encoded.charAt(length - 1) == '=') {
            length--;
        }
        boolean padded = length < encoded.length();
        if (length % 4 == 1 || (padded && encoded.length() % 4 != 0)) {
            return null;
        }
        for (int i = 0; i < length; i++) {
            char c = encoded.charAt(i);
            if (!Ascii.isAlpha(c) && !Ascii.isDigit(c) && c != '+' && c != '/') {
                return null;
            }
        }
        return ByteBuffer.wrap(Base64.getDecoder().decode(encoded.substring(0, length)))
                .asReadOnlyBuffer();
    }

    /** Section 4.2.10, what follows the opening quote. */
    private static StructuredFields.@Nullable DisplayString displayString(StructuredText text) {
        ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
        while (true) {
            char c = text.next();
            if (c == '"') {
                return decoded(utf8.toByteArray());
            }
            int octet = c == '%' ? lowerHex(text.next()) << 4 | lowerHex(text.next()) : c;
            if (!isVisible(c) || octet < 0) {
                return null;
            }
            utf8.write(octet);
        }
    }

    private static StructuredFields.@Nullable DisplayString decoded(byte[] utf8) {
        try {
            return new StructuredFields.DisplayString(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString());
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** -1 for anything else: upper case is an error here. */
    private static int lowerHex(char c) {
        if (Ascii.isDigit(c)) {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    private static boolean isVisible(char c) {
        return c >= ' ' && c < 0x7f;
    }
}
