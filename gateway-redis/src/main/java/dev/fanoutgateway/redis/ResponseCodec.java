package dev.fanoutgateway.redis;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Cached responses as bytes. Version 2, big-endian; a text is its length in UTF-8 (4 bytes) and its bytes:
 *
 * <pre>
 * 2 magic "FG"   1 version   1 kind   4 CRC-32C (RFC 3385) of all that follows
 * 2 status   8 received   8 initial age   8 fresh   8 keep   8 elapsed   text backend
 * 4 number of fields, each: text name, text value
 * 4 length of body   body
 * </pre>
 *
 * <p>What cannot be read in full and to the last byte is no response: another version's, a truncated or damaged one, or
 * something that is not ours. Pure.
 */
final class ResponseCodec {
    private static final short MAGIC = 0x4647;
    private static final byte VERSION = 2;
    private static final int HEADER_BYTES = 8;
    private static final Kind[] KINDS = {Kind.RESPONSE, Kind.VARIANTS, Kind.UNCACHEABLE, Kind.ABSENT, Kind.PART};

    private ResponseCodec() {}

    static byte[] encode(CachedResponse response) {
        Headers headers = response.headers();
        byte[] backend = utf8(response.backend());
        byte[][] fields = new byte[2 * headers.size()][];
        long size = HEADER_BYTES + 2 + 5 * 8 + 4 + backend.length + 4 + 4 + (long) response.body().length;
        for (int i = 0; i < headers.size(); i++) {
            fields[2 * i] = utf8(headers.name(i));
            fields[2 * i + 1] = utf8(headers.value(i));
            size += 8 + fields[2 * i].length + fields[2 * i + 1].length;
        }
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(size));
        out.putShort(MAGIC).put(VERSION).put(code(response.kind())).putInt(0);
        out.putShort((short) response.status())
                .putLong(response.receivedMillis())
                .putLong(response.initialAgeMillis())
                .putLong(response.freshMillis())
                .putLong(response.keepMillis())
                .putLong(response.elapsedMillis());
        put(out, backend);
        out.putInt(headers.size());
        for (byte[] text : fields) {
            put(out, text);
        }
        put(out, response.body());
        return out.putInt(4, checksum(out.array())).array();
    }

    /** The response in {@code bytes}; empty if there is none that can be relied upon. */
    static Optional<CachedResponse> decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            if (in.getShort() != MAGIC || in.get() != VERSION) {
                return Optional.empty();
            }
            int kind = in.get();
            if (kind < 0 || kind >= KINDS.length || in.getInt() != checksum(bytes)) {
                return Optional.empty();
            }
            CachedResponse response = response(KINDS[kind], in);
            return in.hasRemaining() ? Optional.empty() : Optional.of(response);
        } catch (BufferUnderflowException | IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static CachedResponse response(Kind kind, ByteBuffer in) {
        int status = in.getShort();
        long received = in.getLong();
        long initialAge = in.getLong();
        long fresh = in.getLong();
        long keep = in.getLong();
        long elapsed = in.getLong();
        String backend = text(in);
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 8) {
            throw new BufferUnderflowException();
        }
        Headers.Builder headers = Headers.builder();
        for (int i = 0; i < count; i++) {
            headers.add(text(in), text(in));
        }
        return new CachedResponse(
                kind, status, headers.build(), bytes(in), backend, received, initialAge, fresh, keep, elapsed);
    }

    private static byte code(Kind kind) {
        return (byte) Arrays.asList(KINDS).indexOf(kind);
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
        return (int) crc.getValue();
    }

    private static void put(ByteBuffer out, byte[] bytes) {
        out.putInt(bytes.length).put(bytes);
    }

    private static byte[] bytes(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException(); // before anything of that size is allocated
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static String text(ByteBuffer in) {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
