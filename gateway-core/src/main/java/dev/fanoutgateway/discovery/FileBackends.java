package dev.fanoutgateway.discovery;

import dev.fanoutgateway.spi.BackendSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * See {@link BackendSources#file(Path, Duration)}. Reads the whole file each time: it is short, and neither its time nor its
 * size tells of every change.
 */
final class FileBackends implements BackendSource {
    private static final int LARGEST = 1 << 20;

    private final Path file;
    private final Duration every;

    FileBackends(Path file, Duration every) {
        this.file = file;
        this.every = every;
    }

    @Override
    public CompletionStage<Listing> list(String group) {
        return CompletableFuture.completedFuture(
                new Listing(BackendsReader.read(file.toString(), content(), group), every));
    }

    private byte[] content() {
        try {
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
        } catch (IOException e) {
            String got = e.getClass() == IOException.class
                    ? String.valueOf(e.getMessage())
                    : e.getClass().getSimpleName();
            throw new Unavailable(file + ": expected a readable file, got " + got);
        }
    }

    @Override
    public String toString() {
        return "file " + file;
    }
}
