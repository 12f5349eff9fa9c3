package dev.fanoutgateway.redis;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection that the calling thread writes to and reads from by itself. For one thread at a time. */
interface DirectLine extends AutoCloseable {
    /**
     * The numbers that a script answers with; null if Redis answered with an error, after which nothing of this call is
     * outstanding.
     *
     * @param call the arguments of {@code EVALSHA}
     * @throws IOException if there was no answer in time or at all: the line must be closed, its answer may still come
     */
    @Nullable
    List<Long> evalsha(byte[][] call) throws IOException;

    @Override
    void close();

    /** Makes lines; fails where Redis cannot be reached or does not let us in. */
    interface Opener {
        DirectLine open() throws IOException;
    }
}
