package dev.fanoutgateway.examples.standalone;

import java.util.List;

/** One value of a configuration file, and the line it stands on. As text it shows no content: that may be secret. */
sealed interface Node {
    int line();

    /** What it is, in the words of a message. */
    String kind();

    /** A single value, its text as it was written. */
    record Scalar(int line, Type type, String text) implements Node {
        @Override
        public String kind() {
            return switch (type) {
                case TEXT -> "text";
                case NUMBER -> "a number";
                case BOOLEAN -> "a boolean";
                case NULL -> "null";
                case TAGGED -> "a value with a tag";
            };
        }

        @Override
        public String toString() {
            return kind() + " in line " + line;
        }
    }

    /** What a scalar is without regard to what is wanted; quoted values are text. */
    enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        NULL,
        TAGGED
    }

    /** A list. */
    record Items(int line, List<Node> items) implements Node {
        @Override
        public String kind() {
            return "a list";
        }

        @Override
        public String toString() {
            return kind() + " in line " + line;
        }
    }

    /** A mapping, in the order of the file; a name may stand there twice. */
    record Fields(int line, List<Field> fields) implements Node {
        @Override
        public String kind() {
            return "a mapping";
        }

        @Override
        public String toString() {
            return kind() + " in line " + line;
        }
    }

    /** One entry of a mapping; {@code line} is its name's. */
    record Field(String name, int line, Node value) {}

    static boolean isNull(Node node) {
        return node instanceof Scalar scalar && scalar.type() == Type.NULL;
    }
}
