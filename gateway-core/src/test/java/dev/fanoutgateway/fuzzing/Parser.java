package dev.fanoutgateway.fuzzing;

import java.util.List;

/** Something that reads what a stranger has written, and what must be true of whatever it reads. */
public interface Parser {
    String name();

    /** Proper text, and the words that such text is made of. */
    List<String> examples();

    /** Reads a text, each character a byte or more, and checks what was made of it. */
    void read(String text);

    /** {@code text} without what is refused before it comes here: of a field's value, control characters. */
    default String allowed(String text) {
        StringBuilder allowed = new StringBuilder(text.length());
        text.chars().forEach(c -> allowed.append(c == 0x7f || (c < ' ' && c != '\t') ? ' ' : (char) c));
        return allowed.toString();
    }
}
