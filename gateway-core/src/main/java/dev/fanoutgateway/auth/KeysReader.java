package dev.fanoutgateway.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Reads a keys file's content, JSON or YAML. Every refusal is an IllegalArgumentException of the form {@code file:line:
 * field: expected ..., got ...}; none quotes the content, and parsers' own messages, which do, are neither shown nor kept
 * as a cause.
 */
final class KeysReader {
    private final String file;
    private final Givens givens;
    private final JsonParser parser;
    private final boolean yaml;

    private KeysReader(String file, Givens givens, JsonParser parser, boolean yaml) {
        this.file = file;
        this.givens = givens;
        this.parser = parser;
        this.yaml = yaml;
    }

    /** The keys in {@code content}. */
    static KeyTable read(String file, byte[] content, Givens givens) {
        String text = textOf(file, content);
        if (text.isBlank()) {
            throw new IllegalArgumentException(file + ":1: keys: expected a list of keys, got an empty file");
        }
        char first = text.stripLeading().charAt(0);
        if (first != '{' && first != '[') {
            return readYaml(file, text, givens);
        }
        try {
            return new KeysReader(file, givens, new JsonFactory().createParser(text), false).table();
        } catch (JsonParseException notJson) {
            return readFlowYaml(file, text, givens, notJson);
        } catch (IOException | RuntimeException e) {
            throw refusal(file, 1, e);
        }
    }

    /** YAML may begin with a bracket, too. If it is neither, JSON was meant. */
    private static KeyTable readFlowYaml(String file, String text, Givens givens, JsonParseException notJson) {
        int line = notJson.getLocation() == null ? 1 : notJson.getLocation().getLineNr();
        int column = notJson.getLocation() == null ? 1 : notJson.getLocation().getColumnNr();
        try {
            return new KeysReader(file, givens, KeysYaml.parserFor(text), true).table();
        } catch (IOException | NoClassDefFoundError e) {
            throw new IllegalArgumentException(
                    "%s:%d: keys: expected JSON, got a syntax error at column %d".formatted(file, line, column));
        } catch (RuntimeException e) {
            throw refusal(file, line, e);
        }
    }

    private static KeyTable readYaml(String file, String text, Givens givens) {
        try {
            return new KeysReader(file, givens, KeysYaml.parserFor(text), true).table();
        } catch (JsonParseException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new IllegalArgumentException(file + ":" + line + ": keys: expected YAML, got a syntax error");
        } catch (NoClassDefFoundError e) {
            throw new IllegalArgumentException(file + ":1: keys: expected JSON, got other text; YAML needs"
                    + " com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the class path");
        } catch (IOException | RuntimeException e) {
            throw refusal(file, 1, e);
        }
    }

    /** Our own refusals as they are; of a parser's failure only its kind. */
    private static IllegalArgumentException refusal(String file, int line, Exception e) {
        return e instanceof Refused refused
                ? refused
                : new IllegalArgumentException(
                        file + ":" + line + ": keys: expected a list of keys, got a file that cannot be parsed ("
                                + e.getClass().getSimpleName() + ")");
    }

    private static String textOf(String file, byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        CharBuffer chars = CharBuffer.allocate(content.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(bytes, chars, true);
        if (result.isError()) {
            long line = 1;
            for (int i = 0; i < bytes.position(); i++) {
                line += content[i] == '\n' ? 1 : 0;
            }
            throw new IllegalArgumentException(file + ":" + line + ": keys: expected UTF-8, got other bytes");
        }
        String text = chars.flip().toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    private KeyTable table() throws IOException {
        KeyTable table = new KeyTable();
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_ARRAY) {
            readList(table);
        } else if (token == JsonToken.START_OBJECT) {
            readWrapped(table);
        } else {
            throw refused("keys", "a list of keys, or an object with 'keys'", got());
        }
        if (parser.nextToken() != null) {
            throw refused("keys", "one document", "something after it");
        }
        return table;
    }

    private void readWrapped(KeyTable table) throws IOException {
        // The name of another field is not shown: someone may have written a map from key to plan.
        if (parser.nextToken() != JsonToken.FIELD_NAME || !"keys".equals(parser.currentName())) {
            throw refused("keys", "a field 'keys' and no other", "something else");
        }
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw refused("keys", "a list", got());
        }
        readList(table);
        if (parser.nextToken() != JsonToken.END_OBJECT) {
            throw refused("keys", "a field 'keys' and no other", "another one");
        }
    }

    private void readList(KeyTable table) throws IOException {
        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
            String path = "keys[" + index + ']';
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw refused(path, "an object", got());
            }
            int line = line();
            KeysEntryReader entry = new KeysEntryReader(this, path);
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                entry.readField();
            }
            guarded(line, path, () -> {
                KeyEntry read = entry.toEntry();
                givens.keys().checkBeside(read);
                table.add(read);
            });
        }
    }

    JsonParser parser() {
        return parser;
    }

    Set<String> knownPlans() {
        return givens.plans();
    }

    int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    /** The current token as text; anything else is refused. */
    String text(String path) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw refused(path, "text (put it in quotes)", got());
        }
        if (yaml && KeysYaml.isAlias(parser)) {
            throw refused(path, "text", "an alias");
        }
        return parser.getText();
    }

    /** Runs a check whose own message is {@code field: expected ..., got ...}. */
    void guarded(int line, String path, Runnable check) {
        try {
            check.run();
        } catch (Refused e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new Refused(file + ":" + line + ": " + path + "." + e.getMessage());
        }
    }

    Refused refused(String path, String expected, String got) {
        return new Refused("%s:%d: %s: expected %s, got %s".formatted(file, line(), path, expected, got));
    }

    /** What kind of thing the current token is. */
    String got() throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "a list";
            case FIELD_NAME -> "a field";
            case VALUE_STRING -> parser.getText().isEmpty() ? "empty text" : "text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "something else";
        };
    }

    /** A refusal of ours, as opposed to an exception of a parser, whose message quotes the content. */
    static final class Refused extends IllegalArgumentException {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }
}
