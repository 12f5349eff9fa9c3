package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.CachedResponse.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Jazzer looks for bytes in Redis that a gateway does not bear. */
class ResponseCodecFuzzIT {
    private static final int HEADER_BYTES = 8;

    @MethodSource("seeds")
    @FuzzTest(maxExecutions = 200_000)
    void whatIsReadIsWhatWasWritten(byte[] data) {
        check(ResponseCodec.decode(data));
        if (data.length >= HEADER_BYTES) {
            check(ResponseCodec.decode(withItsChecksum(data)));
        }
        String text = new String(data, StandardCharsets.UTF_8);
        int half = text.length() / 2;
        RedisPurges.of(text.substring(0, half), text.substring(half))
                .ifPresent(purge -> assertThat(purge.atMillis()).isPositive());
    }

    private static void check(Optional<CachedResponse> read) {
        read.ifPresent(response -> {
            byte[] written = ResponseCodec.encode(response);
            CachedResponse again = ResponseCodec.decode(written).orElseThrow();
            assertThat(ResponseCodec.encode(again)).isEqualTo(written);
            assertThat(again.headers()).isEqualTo(response.headers());
            assertThat(again.body()).isEqualTo(response.body());
        });
    }

    /** As nobody but an attacker would write it: damage is found by the checksum. */
    private static byte[] withItsChecksum(byte[] data) {
        byte[] copy = Arrays.copyOf(data, data.length);
        CRC32C crc = new CRC32C();
        crc.update(copy, HEADER_BYTES, copy.length - HEADER_BYTES);
        ByteBuffer.wrap(copy).putInt(4, (int) crc.getValue());
        return copy;
    }

    static Stream<Arguments> seeds() {
        return Stream.of(Kind.values())
                .map(kind -> new CachedResponse(
                        kind, 200, Headers.of("ETag", "\"a\""), new byte[] {1, 2, 3}, "http://a", 1, 2, 3, 4))
                .map(ResponseCodec::encode)
                .map(data -> Arguments.of((Object) data));
    }
}
