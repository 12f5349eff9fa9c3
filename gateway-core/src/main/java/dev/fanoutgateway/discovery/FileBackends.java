package dev.fanoutgateway.discovery;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * See {@link BackendSources#file(Path, Duration)}. Reads the whole file each time: it is short, and neither its time nor its
 * size tells of every change. A change counts only once it is seen twice in a row, be it for the better or the worse: who
 * writes into the file, or removes it before he puts another there, is then through with it. Once it has failed, it fails
 * until a change is taken.
 */
final class FileBackends implements BackendSource {
    private static final int LARGEST = 1 << 20;

    /** From the first sight of a change to the second, unless the file is read more often anyway. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    /** From the first look that is good again to the next. */
    private static final Duration WELL = Duration.ofSeconds(2);

    /** A file that still changes after so many looks is no list of backends. */
    private static final int MOST_UNSETTLED = 30;

    private final Path file;
    private final Duration every;
    private final ConcurrentMap<String, Group> groups = new ConcurrentHashMap<>();

    FileBackends(Path file, Duration every) {
        this.file = file;
        this.every = every;
    }

    @Override
    public CompletionStage<Listing> list(String group) {
        return CompletableFuture.completedFuture(
                groups.computeIfAbsent(group, Group::new).listing(seen()));
    }

    /** Reading it again costs little, and what has failed works again only after a second look. */
    @Override
    public Duration retryWithin() {
        return settling();
    }

    private Duration settling() {
        return every.compareTo(SETTLING) < 0 ? every : SETTLING;
    }

    private Seen seen() {
        try {
            return new Seen(ByteBuffer.wrap(content()), "");
        } catch (IOException e) {
            String got = e.getClass() == IOException.class
                    ? String.valueOf(e.getMessage())
                    : e.getClass().getSimpleName();
            return new Seen(ByteBuffer.allocate(0), file + ": expected a readable file, got " + got);
        }
    }

    private byte[] content() throws IOException {
        if (!Files.isRegularFile(file)) { // reading a pipe might never end
            throw new IOException(Files.exists(file) ? "something else" : "nothing");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("more than 1 MiB");
            }
            return bytes;
        }
    }

    @Override
    public String toString() {
        return "file " + file;
    }

    /**
     * What one look at the file has shown.
     *
     * @param trouble why there is no content; empty if there is
     */
    private record Seen(ByteBuffer content, String trouble) {}

    /** What a group was told last, and what it may be told next. */
    private final class Group {
        private final String name;

        private @Nullable Seen inForce;
        private List<Backend> backends = List.of();
        private @Nullable Seen next;
        private int unsettled;

        /** Why the last look that came to something came to nothing good; null if it did. */
        private @Nullable Unavailable trouble;

        Group(String name) {
            this.name = name;
        }

        synchronized Listing listing(Seen now) {
            boolean first = inForce == null; // there is nothing better to go on with
            if (first || now.equals(next)) {
                unsettled = 0;
                backends = backends(now);
                inForce = now;
                return taken();
            }
            if (now.equals(inForce)) {
                return taken();
            }
            next = now;
            if (++unsettled > MOST_UNSETTLED) {
                throw failed(new Unavailable(
                        file + ": expected a file that is left alone, got another content at each look"));
            }
            if (trouble != null) {
                throw trouble; // it does not work again before the change is taken
            }
            return new Listing(backends, settling());
        }

        /** What the file says is in force. After a failure there is another look soon: it tells that all has stayed well. */
        private Listing taken() {
            boolean again = trouble != null && every.compareTo(WELL) > 0;
            unsettled = 0;
            next = null;
            trouble = null;
            return new Listing(backends, again ? WELL : every);
        }

        private List<Backend> backends(Seen now) {
            if (!now.trouble.isEmpty()) {
                throw failed(new Unavailable(now.trouble));
            }
            try {
                return BackendsReader.read(file.toString(), now.content.array(), name);
            } catch (Unavailable refused) {
                throw failed(refused);
            }
        }

        private Unavailable failed(Unavailable why) {
            trouble = why;
            return why;
        }
    }
}
