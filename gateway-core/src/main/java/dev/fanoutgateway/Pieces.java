package dev.fanoutgateway;

import dev.fanoutgateway.http.Body;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Content as it came. Small pieces share blocks: each may stand in an array of its own that is thousands of times as long, and
 * a client that sends a byte at a time is not to take that much memory.
 */
final class Pieces {
    private static final int BLOCK = 16 << 10;
    static final int FIRST_BLOCK = 512;

    private final List<ByteBuffer> full = new ArrayList<>();
    private byte[] block = {};
    private int used;
    private int length;

    /** Whoever gives a piece must not use it again. */
    void add(ByteBuffer some) {
        length += some.remaining();
        while (some.hasRemaining()) {
            if (used == block.length) {
                endBlock();
                if (some.remaining() >= BLOCK / 2) {
                    full.add(some.slice());
                    return;
                }
                int before = length - some.remaining();
                block = new byte[Math.max(FIRST_BLOCK, Math.min(BLOCK, before))];
            }
            int fits = Math.min(block.length - used, some.remaining());
            some.get(block, used, fits);
            used += fits;
        }
    }

    int length() {
        return length;
    }

    /** All of it, not copied again. Nothing may be added afterwards. */
    Body content() {
        List<ByteBuffer> all = new ArrayList<>(full);
        if (used > 0) {
            all.add(ByteBuffer.wrap(block, 0, used));
        }
        return Body.of(all);
    }

    private void endBlock() {
        if (used > 0) {
            full.add(ByteBuffer.wrap(block));
            block = new byte[0];
            used = 0;
        }
    }
}
