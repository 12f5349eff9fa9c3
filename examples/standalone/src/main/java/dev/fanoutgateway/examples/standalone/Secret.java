package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Text that need not stand in the configuration file itself.
 *
 * <ul>
 *   <li>{@code ${NAME}} is the environment variable of that name, anywhere in the text. It must be set, and not empty.
 *   <li>{@code ${NAME:-default}} is the default, up to the next brace, where the variable is not set or empty.
 *   <li>{@code $${} is <code>${</code> itself.
 *   <li>{@code file:/path}, as the whole text, is what the file of that absolute path holds: UTF-8, at most 64 KiB, without one
 *       line's end at its end, and not empty. Nothing in the path or the file is replaced.
 *   <li>{@code $file:} at the beginning is {@code file:} itself.
 * </ul>
 *
 * <p>What is put in is taken as it is. No message has any of it.
 */
final class Secret {
    private static final String FILE = "file:";
    private static final int LARGEST = 64 << 10;

    private Secret() {}

    /** @throws IllegalArgumentException {@code expected ..., got ...} */
    static String resolve(String text) {
        return resolve(text, System::getenv);
    }

    static String resolve(String text, UnaryOperator<@Nullable String> environment) {
        if (text.startsWith(FILE)) {
            return contentOf(text.substring(FILE.length()));
        }
        StringBuilder resolved = new StringBuilder(text.length());
        int at = text.startsWith('$' + FILE) ? 1 : 0;
        while (at < text.length()) {
            if (text.startsWith("$${", at)) {
                resolved.append("${");
                at += 3;
            } else if (text.startsWith("${", at)) {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw malformed();
                }
                resolved.append(variable(text.substring(at + 2, end), environment));
                at = end + 1;
            } else {
                resolved.append(text.charAt(at++));
            }
        }
        return resolved.toString();
    }

    private static String variable(String reference, UnaryOperator<@Nullable String> environment) {
        int mark = reference.indexOf(":-");
        String name = mark < 0 ? reference : reference.substring(0, mark);
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw malformed();
        }
        @Nullable String value = environment.apply(name);
        if (value != null && !value.isEmpty()) {
            return value;
        }
        if (mark < 0) {
            throw new IllegalArgumentException("expected a value in the environment variable "
                    + Problems.shownName(name) + ", got " + (value == null ? "none" : "an empty one"));
        }
        return reference.substring(mark + 2);
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "expected ${NAME} or ${NAME:-default}, or $${ for ${ itself, got another text in braces");
    }

    private static String contentOf(String path) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(absolute(path))) {
            bytes = in.readNBytes(LARGEST + 1);
        } catch (IOException e) { // whose message is the path, which may be a secret in the wrong place
            throw new IllegalArgumentException(
                    "expected a readable file after file:, got " + e.getClass().getSimpleName(), e);
        }
        if (bytes.length > LARGEST) {
            throw new IllegalArgumentException("expected a file of at most 64 KiB after file:, got a larger one");
        }
        String content = text(bytes);
        int end = content.length() - (content.endsWith("\r\n") ? 2 : content.endsWith("\n") ? 1 : 0);
        if (end == 0) {
            throw new IllegalArgumentException("expected a file with a value after file:, got an empty one");
        }
        return content.substring(0, end);
    }

    private static Path absolute(String path) {
        try {
            Path file = Path.of(path);
            if (file.isAbsolute()) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("expected an absolute path after file:, got text that is none", e);
        }
        throw new IllegalArgumentException("expected an absolute path after file:, got another");
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("expected UTF-8 in the file after file:, got other bytes", e);
        }
    }
}
