package dev.fanoutgateway.notify;

/** Makes text from outside fit for one line: nothing in it can end the line, move the cursor, or change the direction. */
public final class OneLine {
    private OneLine() {}

    /** {@code text} with control, format and line-separating characters escaped, and cut after {@code longest}. */
    static String of(String text, int longest) {
        StringBuilder line = new StringBuilder(Math.min(text.length(), longest) + 8);
        for (int i = 0; i < text.length(); i++) {
            if (line.length() >= longest) {
                return line.append("...").toString();
            }
            int c = text.codePointAt(i);
            append(line, c);
            i += Character.charCount(c) - 1;
        }
        return line.toString();
    }

    /** Adds the character with the code point {@code c}, escaped if it is a control, format or line-separating one. */
    public static void append(StringBuilder line, int c) {
        if (c == '\n') {
            line.append("\\n");
        } else if (c == '\r') {
            line.append("\\r");
        } else if (c == '\t') {
            line.append("\\t");
        } else if (isUnsafe(c)) {
            line.append(c > 0xffff ? "\\U%08x".formatted(c) : "\\u%04x".formatted(c));
        } else {
            line.appendCodePoint(c);
        }
    }

    private static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
