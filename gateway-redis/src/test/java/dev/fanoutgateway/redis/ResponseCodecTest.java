package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class ResponseCodecTest {
    private final Random random = new Random(7);

    @Test
    void whatGoesInComesOut() {
        for (int i = 0; i < 300; i++) {
            CachedResponse in = draw();
            CachedResponse out = ResponseCodec.decode(ResponseCodec.encode(in)).orElseThrow();
            assertThat(out).usingRecursiveComparison().isEqualTo(in);
        }
    }

    @Test
    void everyKindHasItsCode() {
        for (Kind kind : Kind.values()) {
            CachedResponse in = new CachedResponse(
                    kind,
                    kind == Kind.RESPONSE || kind == Kind.PART ? 206 : 0,
                    Headers.empty(),
                    new byte[0],
                    "",
                    0,
                    0,
                    0,
                    0);
            assertThat(ResponseCodec.decode(ResponseCodec.encode(in))
                            .orElseThrow()
                            .kind())
                    .isEqualTo(kind);
        }
    }

    @Test
    void whatIsTruncatedOrTooLongIsNone() {
        for (int i = 0; i < 10; i++) {
            byte[] bytes = ResponseCodec.encode(draw());
            for (int length = 0; length < bytes.length; length++) {
                assertThat(ResponseCodec.decode(Arrays.copyOf(bytes, length))).isEmpty();
                byte[] mended = Arrays.copyOf(bytes, length);
                assertThat(ResponseCodec.decode(withChecksum(mended))).isEmpty();
            }
            assertThat(ResponseCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                    .isEmpty();
            assertThat(ResponseCodec.decode(withChecksum(Arrays.copyOf(bytes, bytes.length + 1))))
                    .isEmpty();
        }
    }

    @Test
    void aFlippedBitIsNone() {
        for (int i = 0; i < 50; i++) {
            byte[] bytes = ResponseCodec.encode(draw());
            for (int bit = 0; bit < 8 * bytes.length; bit += 1 + random.nextInt(5)) {
                byte[] damaged = bytes.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                if (bit / 8 != 3) { // the kind stands before what the checksum covers
                    assertThat(ResponseCodec.decode(damaged)).isEmpty();
                }
                ResponseCodec.decode(withChecksum(damaged)); // whatever it is, it is no exception
            }
        }
    }

    @Test
    void noiseIsNone() {
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            if (noise.length >= 8) {
                noise[0] = 'F';
                noise[1] = 'G';
                noise[2] = 2;
                noise[3] = (byte) random.nextInt(6);
                noise = withChecksum(noise);
            }
            ResponseCodec.decode(noise);
        }
    }

    @Test
    void anotherVersionIsNone() {
        byte[] bytes = ResponseCodec.encode(draw());
        bytes[2] = 1;
        assertThat(ResponseCodec.decode(bytes)).isEmpty();
    }

    @Test
    void aHugeLengthAllocatesNothing() {
        ByteBuffer bytes = ByteBuffer.allocate(100);
        bytes.putShort((short) 0x4647).put((byte) 2).put((byte) 0).position(8 + 2 + 40);
        for (int length : new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE, -1, 1 << 30}) {
            bytes.putInt(42, length);
            assertThat(ResponseCodec.decode(withChecksum(bytes.array()))).isEmpty();
            bytes.putInt(42, 0).putInt(46, length);
            assertThat(ResponseCodec.decode(withChecksum(bytes.array()))).isEmpty();
        }
    }

    private CachedResponse draw() {
        Headers.Builder headers = Headers.builder();
        for (int i = random.nextInt(8); i > 0; i--) {
            headers.add("X-" + random.nextInt(99), "wert é😀\t".repeat(random.nextInt(4)));
        }
        byte[] body = new byte[random.nextInt(300)];
        random.nextBytes(body);
        return new CachedResponse(
                Kind.values()[random.nextInt(Kind.values().length)],
                100 + random.nextInt(500),
                headers.build(),
                body,
                "backend-" + random.nextInt(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong(),
                random.nextLong());
    }

    private static byte[] withChecksum(byte[] bytes) {
        if (bytes.length >= 8) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, 8, bytes.length - 8);
            ByteBuffer.wrap(bytes).putInt(4, (int) crc.getValue());
        }
        return bytes;
    }
}
