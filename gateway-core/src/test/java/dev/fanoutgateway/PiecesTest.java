package dev.fanoutgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PiecesTest {
    private final Pieces pieces = new Pieces();

    @Test
    void piecesOfAnySizeAreJoinedInTheirOrder() {
        Random random = new Random(1);
        byte[] content = new byte[1 << 20];
        random.nextBytes(content);
        int at = 0;
        while (at < content.length) {
            int size = Math.min(content.length - at, random.nextInt(random.nextBoolean() ? 20 : 20_000));
            pieces.add(ByteBuffer.wrap(content, at, size));
            at += size;
        }
        assertThat(pieces.length()).isEqualTo(content.length);
        assertThat(pieces.content().bytes()).isEqualTo(content);
        assertThat(pieces.content().bytes()).isEqualTo(content);
    }

    @Test
    void whatComesInLargePiecesIsNotCopied() throws IOException {
        byte[] first = new byte[8 << 10];
        byte[] second = new byte[30_000];
        pieces.add(ByteBuffer.wrap(first));
        pieces.add(ByteBuffer.wrap(second));
        List<byte[]> written = new ArrayList<>();
        pieces.content().writeTo(new OutputStream() {
            @Override
            public void write(int one) {
                throw new AssertionError("one by one");
            }

            @Override
            public void write(byte[] bytes, int from, int size) {
                written.add(bytes);
            }
        });
        assertThat(written).hasSize(2);
        assertThat(written.get(0)).isSameAs(first);
        assertThat(written.get(1)).isSameAs(second);
    }

    /** Each byte stands in an array of 16 KiB, as containers give it: held, they would take all memory there is. */
    @Test
    void smallPiecesDoNotHoldWhatTheyStandIn() {
        int size = 16 << 10;
        int count = (int) Math.min(Integer.MAX_VALUE, Runtime.getRuntime().maxMemory() / size + 1);
        for (int i = 0; i < count; i++) {
            pieces.add(ByteBuffer.wrap(new byte[size], 7, 1));
        }
        assertThat(pieces.length()).isEqualTo(count);
    }

    @Test
    void ofNothingThereIsNothing() {
        pieces.add(ByteBuffer.allocate(0));
        assertThat(pieces.content().bytes()).isEmpty();
    }
}
