package dev.fanoutgateway.jwt;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Where the document with an issuer's keys lies. */
@FunctionalInterface
interface KeyDocument {
    /** The most bytes that a key set may have. */
    int LARGEST = 1 << 20;

    /** The longest that a fetch may take from first to last. */
    long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    /**
     * The whole document, as it is now. May block, for {@link #LONGEST_NANOS} at most where it is fetched.
     *
     * @throws IOException whose message may be shown
     */
    byte[] read() throws IOException;

    static KeyDocument of(JwtRules rules, JwtAuthenticator.Download download) {
        URI url = rules.url;
        Path file = rules.file;
        if (url != null) {
            return () -> download.get(url, LONGEST_NANOS, LARGEST);
        }
        if (file == null) {
            throw new IllegalStateException("rules have a URL or a file");
        }
        return () -> {
            if (!Files.isRegularFile(file)) {
                throw new IOException("expected a regular file, got none");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(LARGEST + 1);
                if (bytes.length > LARGEST) {
                    throw new IOException("expected at most 1 MiB, got more");
                }
                return bytes;
            }
        };
    }
}
