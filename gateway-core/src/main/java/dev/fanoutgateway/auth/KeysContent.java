package dev.fanoutgateway.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a file held at one moment, and the attributes that tell cheaply whether it is worth reading again. Not a record: its
 * text must not show the bytes.
 */
final class KeysContent {
    private static final int LARGEST = 64 << 20;
    /**
     * Up to this size the bytes decide alone: a change within one tick of the file system's clock that keeps the size, or
     * one whose author sets the time back, is noticed, too.
     */
    private static final int ALWAYS_READ = 1 << 20;

    private final Stamp stamp;
    private final byte[] bytes;
    private final String sha256;

    private KeysContent(Stamp stamp, byte[] bytes, String sha256) {
        this.stamp = stamp;
        this.bytes = bytes;
        this.sha256 = sha256;
    }

    static KeysContent of(Path file) throws IOException {
        return of(file, null);
    }

    /** The file's content; {@code before} itself if it cannot have changed since. */
    static KeysContent of(Path file, @Nullable KeysContent before) throws IOException {
        Stamp stamp = Stamp.of(file);
        if (before != null && stamp.size > ALWAYS_READ && stamp.equals(before.stamp)) {
            return before;
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
            throw new IOException("larger than 64 MiB");
        }
        return new KeysContent(stamp, bytes, digest(bytes));
    }

    byte[] bytes() {
        return bytes;
    }

    String sha256() {
        return sha256;
    }

    /** This without its bytes, to compare with later: keys in plain text do not stay in memory. */
    KeysContent forgotten() {
        return new KeysContent(stamp, new byte[0], sha256);
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private record Stamp(
            long modifiedNanos, long size, @Nullable Object fileKey) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException("not a regular file");
            }
            return new Stamp(
                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS), attributes.size(), attributes.fileKey());
        }
    }
}
