package dev.fanoutgateway.discovery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a file of backends, JSON or YAML. Every refusal is of the form {@code file:line: field: expected ..., got ...}; none
 * quotes the content, which may be a file of secrets that somebody named by mistake.
 */
final class BackendsReader {
    private final String file;
    private final String group;
    private final JsonParser parser;
    private final boolean yaml;
    private final Set<String> seen = new HashSet<>();

    private BackendsReader(String file, String group, JsonParser parser, boolean yaml) {
        this.file = file;
        this.group = group;
        this.parser = parser;
        this.yaml = yaml;
    }

    /** The backends in {@code content}, at least one. */
    static List<Backend> read(String file, byte[] content, String group) {
        String text = textOf(file, content);
        String begin = text.stripLeading();
        if (!begin.startsWith("{") && !begin.startsWith("[")) {
            return read(file, group, text, true);
        }
        try {
            return read(file, group, text, false);
        } catch (Malformed notJson) {
            try {
                return read(file, group, text, true); // which may begin with a bracket, too
            } catch (Malformed | NoClassDefFoundError neither) {
                throw notJson;
            }
        }
    }

    private static List<Backend> read(String file, String group, String text, boolean yaml) {
        try (JsonParser parser = yaml ? BackendsYaml.parserFor(text) : new JsonFactory().createParser(text)) {
            return new BackendsReader(file, group, parser, yaml).document();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new Malformed(
                    file + ":" + line + ": backends: expected " + (yaml ? "YAML" : "JSON") + ", got a syntax error");
        } catch (NoClassDefFoundError e) {
            throw new Malformed(file + ":1: backends: expected JSON, got other text; YAML needs"
                    + " com.fasterxml.jackson.dataformat:jackson-dataformat-yaml on the class path");
        } catch (Unavailable e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new Malformed(file + ":1: backends: expected a list of backends, got a file that cannot be parsed");
        }
    }

    private static String textOf(String file, byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new Unavailable(file + ":1: backends: expected UTF-8, got other bytes");
        }
    }

    private List<Backend> document() throws IOException {
        JsonToken token = parser.nextToken();
        boolean wrapped = token == JsonToken.START_OBJECT;
        if (wrapped && (parser.nextToken() != JsonToken.FIELD_NAME || !"backends".equals(parser.currentName()))) {
            throw refused("backends", "a field 'backends' and no other", "something else");
        }
        if (wrapped) {
            token = parser.nextToken();
        }
        if (token != JsonToken.START_ARRAY) {
            throw refused("backends", "a list of backends", got());
        }
        List<Backend> backends = new ArrayList<>();
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            backends.add(entry("backends[" + i + "]"));
        }
        if (backends.isEmpty()) {
            throw refused("backends", "at least one backend", "none");
        }
        if (wrapped && parser.nextToken() != JsonToken.END_OBJECT) {
            throw refused("backends", "a field 'backends' and no other", "another one");
        }
        if (parser.nextToken() != null) {
            throw refused("backends", "one document", "something after it");
        }
        return backends;
    }

    private Backend entry(String path) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return unique(path, backend(path));
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw refused(path, "a URL or an object", got());
        }
        int line = line();
        Backend backend = null;
        int weight = 1;
        String zone = "";
        Set<String> fields = new HashSet<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            if (!fields.add(field)) {
                throw refused(path, "each field once", "one twice");
            }
            parser.nextToken();
            switch (field) {
                case "url" -> backend = backend(path + ".url");
                case "weight" -> weight = weight(path + ".weight");
                case "zone" -> zone = text(path + ".zone", "text");
                default -> throw refused(path, "the fields url, weight and zone", "another one");
            }
        }
        if (backend == null) {
            throw new Unavailable(file + ":" + line + ": " + path + ".url: expected a URL, got nothing");
        }
        return unique(path, backend.weight(weight).zone(zone));
    }

    private Backend unique(String path, Backend backend) {
        if (!seen.add(backend.id())) {
            throw refused(path, "each backend once", "one twice");
        }
        return backend;
    }

    private Backend backend(String path) throws IOException {
        String expected = "a URL such as http://10.0.0.1:8080, without user, query and fragment";
        String url = text(path, expected);
        try {
            return Backend.of(group, url);
        } catch (Backend.PortOutOfRange e) {
            throw new Unavailable(file + ":" + line() + ": " + path + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw refused(path, expected, "other text");
        }
    }

    private int weight(String path) throws IOException {
        String expected = "a whole number of 1 to 1000";
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw refused(path, expected, got());
        }
        long weight = parser.getNumberType() == JsonParser.NumberType.INT ? parser.getIntValue() : -1;
        if (weight < 1 || weight > 1_000) {
            throw refused(path, expected, "another number");
        }
        return (int) weight;
    }

    private String text(String path, String expected) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING || (yaml && BackendsYaml.isAlias(parser))) {
            throw refused(path, expected, got());
        }
        return parser.getText();
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private Unavailable refused(String path, String expected, String got) {
        return new Unavailable("%s:%d: %s: expected %s, got %s".formatted(file, line(), path, expected, got));
    }

    private String got() {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT, END_OBJECT -> "an object";
            case START_ARRAY, END_ARRAY -> "a list";
            case FIELD_NAME -> "a field";
            case VALUE_STRING -> "other text";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NULL -> "null";
            case VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE -> "something else";
        };
    }

    /** It is not in the language that it was taken for. */
    private static final class Malformed extends Unavailable {
        private static final long serialVersionUID = 1;

        Malformed(String reason) {
            super(reason);
        }
    }
}
