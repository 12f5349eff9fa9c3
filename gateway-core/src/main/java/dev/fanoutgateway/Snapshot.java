package dev.fanoutgateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Targets in a file, one in each line, the hottest first, after a line that says what it is. It is replaced as a whole, and
 * only its owner may read it: queries may be nobody else's business.
 */
final class Snapshot {
    private static final String TITLE = "# Fanout Gateway: the paths that were asked for most often";
    private static final long MOST_BYTES = 64L << 20;

    private Snapshot() {}

    /**
     * At most {@code most} targets.
     *
     * @throws java.nio.file.NoSuchFileException if there is no such file
     * @throws IOException if it cannot be read, or is none of these; the message does not quote it
     */
    static List<String> read(Path file, int most) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("expected at most 64 MiB, got more");
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(TITLE)) {
            throw new IOException("expected '" + TITLE + "' in line 1, got something else");
        }
        for (int i = 1; i < lines.size(); i++) {
            try {
                WarmUp.checked(lines.get(i));
            } catch (IllegalArgumentException e) {
                throw new IOException(e.getMessage() + " in line " + (i + 1), e);
            }
        }
        return List.copyOf(lines.subList(1, (int) Math.min(lines.size(), most + 1L)));
    }

    static void write(Path file, List<String> targets) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        Path name = file.getFileName();
        if (directory == null || name == null) {
            throw new IOException("expected a file, got a root");
        }
        Path next = Files.createTempFile(directory, name.toString(), ".tmp"); // for its owner alone
        try {
            StringBuilder text = new StringBuilder(TITLE).append('\n');
            targets.forEach(target -> text.append(target).append('\n'));
            Files.writeString(next, text);
            try {
                Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
