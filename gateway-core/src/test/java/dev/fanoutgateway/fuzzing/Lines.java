package dev.fanoutgateway.fuzzing;

import java.util.List;
import java.util.Random;

/** Text that is likely to be nearly right, and wrong somewhere. */
final class Lines {
    /** What all grammars are made of, and what none of them has. */
    private static final List<String> PIECES = List.of(
            ",", ", ", " ", "\t", "=", "\"", "\\", ";", "-", "/", "0", "1", "60", "a", "Z", "*", "%", ":", "(", "[",
            "{", "\r\n", "\u0000", "\u00e9", "\u20ac", "\ud83d");

    private Lines() {}

    /** A word of the grammar, or a piece that may fit in or not. */
    static String word(Parser parser, Random random) {
        List<String> from = random.nextBoolean() ? parser.examples() : PIECES;
        return parser.allowed(from.get(random.nextInt(from.size())));
    }

    static String of(Parser parser, Random random) {
        StringBuilder line = new StringBuilder();
        for (int words = random.nextInt(12); words > 0; words--) {
            line.append(word(parser, random));
        }
        return line.toString();
    }
}
