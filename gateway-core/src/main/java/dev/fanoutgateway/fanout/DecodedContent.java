package dev.fanoutgateway.fanout;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/**
 * Content without its coding (RFC 9110 section 8.4.1), read no further than is asked for. It may be at most
 * {@value #MAX_RATIO} times as long as it came, beyond {@value #FREE} bytes, and never longer than {@value #MAX_LENGTH}
 * bytes: one that expands further is made to cost us more than it cost its sender, and ends in an {@link IOException}.
 */
final class DecodedContent extends FilterInputStream {
    static final long FREE = 1 << 20;
    static final long MAX_LENGTH = 64L << 20;
    static final long MAX_RATIO = 200;

    private static final int BUFFER = 4096;

    private long left;

    private DecodedContent(InputStream in, long left) {
        super(in);
        this.left = left;
    }

    static InputStream gzip(byte[] content) throws IOException {
        return bounded(new GZIPInputStream(new ByteArrayInputStream(content), BUFFER), content.length);
    }

    static InputStream deflate(byte[] content) {
        return bounded(new InflaterInputStream(new ByteArrayInputStream(content)), content.length);
    }

    private static InputStream bounded(InputStream in, int length) {
        return new DecodedContent(in, Math.min(MAX_LENGTH, Math.max(FREE, MAX_RATIO * length)));
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        if (next >= 0) {
            count(1);
        }
        return next;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            count(read);
        }
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        count(skipped);
        return skipped;
    }

    private void count(long bytes) throws IOException {
        left -= bytes;
        if (left < 0) {
            throw new IOException("content that expands beyond its bound");
        }
    }
}
