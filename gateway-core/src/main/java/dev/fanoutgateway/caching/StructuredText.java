package dev.fanoutgateway.caching;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The text of a structured field and how far it has been read. Not safe for use by several threads. */
final class StructuredText {
    /** What no character of a field is. */
    static final char END = '\uffff';

    private final String text;
    private final int end;
    private int at;

    private StructuredText(String text) {
        int last = text.length();
        while (last > 0 && text.charAt(last - 1) == ' ') {
            last--;
        }
        this.text = text;
        this.end = last;
        skipSpaces();
    }

    /** All lines of a field as one (RFC 9651 section 4.2), without spaces at both ends. */
    static StructuredText of(List<String> lines) {
        return new StructuredText(lines.size() == 1 ? lines.get(0) : String.join(", ", lines));
    }

    boolean atEnd() {
        return at >= end;
    }

    /** The next character, not read yet; {@link #END} if there is none. */
    char peek() {
        return at < end ? text.charAt(at) : END;
    }

    boolean at(char c) {
        return at < end && text.charAt(at) == c;
    }

    /** Reads one character; {@link #END} if there is none. */
    char next() {
        return at < end ? text.charAt(at++) : END;
    }

    /** Reads {@code c} if it stands here. */
    boolean take(char c) {
        if (!at(c)) {
            return false;
        }
        at++;
        return true;
    }

    /** Reads spaces; whether there were any. */
    boolean skipSpaces() {
        int from = at;
        while (at(' ')) {
            at++;
        }
        return at > from;
    }

    /** Reads what stands between two members; whether the text is at its end, or at one more member. */
    boolean nextMember() {
        skipBlanks();
        if (atEnd()) {
            return true;
        }
        boolean comma = take(',');
        skipBlanks();
        return comma && !atEnd();
    }

    /** Section 4.2.3.3; null if no key stands here. */
    @Nullable
    String key() {
        char first = peek();
        if (!isLower(first) && first != '*') {
            return null;
        }
        int from = at;
        while (isKeyChar(peek())) {
            at++;
        }
        return text.substring(from, at);
    }

    /** Reads up to {@code closing}, and over it; null if there is none. */
    @Nullable
    String until(char closing) {
        int close = text.indexOf(closing, at);
        if (close < 0) {
            return null;
        }
        String found = text.substring(at, close);
        at = close + 1;
        return found;
    }

    private void skipBlanks() {
        while (at < end && Ascii.isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isKeyChar(char c) {
        return isLower(c) || Ascii.isDigit(c) || c == '_' || c == '-' || c == '.' || c == '*';
    }

    private static boolean isLower(char c) {
        return c >= 'a' && c <= 'z';
    }
}
