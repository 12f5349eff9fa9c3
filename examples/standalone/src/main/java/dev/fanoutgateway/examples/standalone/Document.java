package dev.fanoutgateway.examples.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads a configuration file into a tree: YAML, or JSON as JSON means it, with tabs and escapes. Refusals never quote the
 * content, and the parsers' own messages, which do, are not shown.
 */
final class Document {
    private static final int LARGEST = 4 << 20;

    private Document() {}

    /**
     * The tree of {@code file}.
     *
     * @throws Malformed if it cannot be read or is neither YAML nor JSON
     */
    static Node read(Path file) throws Malformed {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        } catch (IOException e) {
            throw new Malformed(1, "a readable file", e.getClass().getSimpleName());
        }
        if (bytes.length > LARGEST) {
            throw new Malformed(1, "a file of at most 4 MiB", "a larger one");
        }
        return parse(text(bytes));
    }

    static Node parse(String text) throws Malformed {
        String content = text.startsWith("\ufeff") ? text.substring(1) : text;
        if (!content.stripLeading().startsWith("{")) {
            return yaml(content);
        }
        try {
            return JsonTree.of(content);
        } catch (JsonProcessingException notJson) {
            return flowYaml(content, notJson);
        } catch (IOException e) {
            throw new IllegalStateException("text in memory can be read", e);
        }
    }

    /** YAML may begin with a brace, too. If it is neither, JSON was meant. */
    private static Node flowYaml(String content, JsonProcessingException notJson) throws Malformed {
        try {
            return yaml(content);
        } catch (Malformed notYaml) {
            int line = notJson.getLocation() == null ? 1 : notJson.getLocation().getLineNr();
            int column =
                    notJson.getLocation() == null ? 1 : notJson.getLocation().getColumnNr();
            throw new Malformed(Math.max(1, line), "JSON", "a syntax error at column " + column);
        }
    }

    private static Node yaml(String content) throws Malformed {
        try {
            return YamlTree.of(content);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            int column = e.getProblemMark() == null ? 1 : e.getProblemMark().getColumn() + 1;
            throw new Malformed(line, "YAML", "a syntax error at column " + column);
        } catch (ReaderException e) {
            throw new Malformed(lineOf(content, e.getPosition()), "YAML", "a character that YAML does not allow");
        } catch (YAMLException e) {
            throw new Malformed(1, "YAML without deep nesting and many aliases", "another");
        }
    }

    private static int lineOf(String content, int position) {
        return 1
                + (int) content.codePoints()
                        .limit(Math.max(0, position))
                        .filter(c -> c == '\n')
                        .count();
    }

    private static String text(byte[] bytes) throws Malformed {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        if (result.isError()) {
            String before = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
            throw new Malformed(lineOf(before, before.length()), "UTF-8", "other bytes");
        }
        return out.flip().toString();
    }

    /** A file that gives no tree. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        private final int line;
        private final String expected;
        private final String got;

        Malformed(int line, String expected, String got) {
            super("expected " + expected + ", got " + got);
            this.line = line;
            this.expected = expected;
            this.got = got;
        }

        void reportTo(Problems problems) {
            problems.add(line, "", expected, got);
        }
    }
}
