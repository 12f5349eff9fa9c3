package dev.fanoutgateway;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
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

    void add(ByteBuffer some) {
        int before = length;
        length += some.remaining();
        if (some.remaining() >= BLOCK / 2) {
            endBlock();
            full.add(some);
            return;
        }
        while (some.hasRemaining()) {
            if (used == block.length) {
                endBlock();
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

    /** All in one array, made anew. */
    byte[] joined() {
        ByteBuffer all = ByteBuffer.allocate(length);
        full.forEach(piece -> all.put(piece.duplicate()));
        return all.put(block, 0, used).array();
    }

    private void endBlock() {
        if (used > 0) {
            full.add(ByteBuffer.wrap(used == block.length ? block : Arrays.copyOf(block, used)));
            block = new byte[0];
            used = 0;
        }
    }
}
