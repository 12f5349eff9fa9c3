package dev.fanoutgateway.okhttp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * What a backend sends, with a look at it while a request is being sent to it. One that refuses an upload may do so at once and
 * read no more; and who writes to it waits until the time is up, since OkHttp reads only after it has written. So when a write
 * has been waiting for a while, and there is an answer from 300 on, that is kept here and the connection is ended: then the
 * write fails, and OkHttp reads the answer. A backend that reads on, or has not answered for good, is sent the rest.
 *
 * <p>One thread writes and then reads; the looks are taken by OkHttp's timer, which is never made to wait.
 */
final class EarlyAnswer extends FilterInputStream {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Of an answer; more of it is lost. */
    private static final int MOST = 64 << 10;

    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Runnable endConnection;
    private final Object lock = new Object();
    // All that follows is guarded by the lock.
    private byte[] kept = {};
    private int given;
    private boolean cut;
    /** The write that is under way; null for none: who reads is not to be disturbed. */
    private @Nullable Look look;

    EarlyAnswer(InputStream in, Runnable endConnection) {
        super(in);
        this.endConnection = endConnection;
    }

    /** A write begins that may take long. */
    Look begin() {
        Look begun = new Look();
        synchronized (lock) {
            look = begun;
        }
        begun.set();
        return begun;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
        synchronized (lock) {
            int some = Math.min(most, kept.length - given);
            if (some > 0) {
                System.arraycopy(kept, given, bytes, from, some);
                given += some;
                if (given == kept.length) {
                    given = 0;
                    kept = new byte[0];
                }
                return some;
            }
            if (cut) {
                return -1;
            }
        }
        return super.read(bytes, from, most);
    }

    @Override
    public int available() throws IOException {
        synchronized (lock) {
            return kept.length - given + (cut ? 0 : super.available());
        }
    }

    /**
     * Whether there is a whole answer, as far as can be seen: one that refuses, and to which nothing has come since the last
     * look.
     */
    private boolean isRefused() throws IOException {
        int before = kept.length;
        for (int there = in.available(); there > 0 && kept.length < MOST; there = in.available()) {
            byte[] more = in.readNBytes(Math.min(there, MOST - kept.length));
            kept = Arrays.copyOf(kept, kept.length + more.length);
            System.arraycopy(more, 0, kept, kept.length - more.length, more.length);
        }
        return kept.length == before && kept.length > STATUS_AT && kept[STATUS_AT] >= '3' && kept[STATUS_AT] <= '5';
    }

    /** Looks again and again until the write is over. */
    final class Look {
        private volatile @Nullable Timer timer;

        private void set() {
            Timer next = new Timer(this);
            timer = next;
            next.enter();
        }

        void end() {
            synchronized (lock) {
                look = null;
            }
            Timer last = timer;
            if (last != null) {
                last.exit();
            }
        }

        private void look() {
            synchronized (lock) {
                if (look != this) {
                    return;
                }
                try {
                    cut = isRefused();
                } catch (IOException broken) {
                    return; // the write fails by itself
                }
                if (!cut) {
                    set();
                    return;
                }
            }
            endConnection.run();
        }
    }

    private static final class Timer extends AsyncTimeout {
        private final Look look;

        Timer(Look look) {
            this.look = look;
            timeout(LOOK_NANOS, TimeUnit.NANOSECONDS);
        }

        @Override
        protected void timedOut() {
            look.look();
        }
    }
}
