package dev.fanoutgateway.okhttp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/**
 * What a backend sends, with a look at it now and then while a long request is being sent to it. One that refuses an upload may do
 * so at once and read no more; and who writes to it waits until the time is up, since OkHttp reads only after it has written. So
 * when there is an answer from 300 on, to which nothing was added for half a second, nothing more is sent (RFC 9112 section 9.5):
 * the write fails, and OkHttp reads the answer, to its end. Who has not answered, or answers 2xx, is sent the rest.
 *
 * <p>One thread writes and then reads; the looks are taken by OkHttp's timer, which is never made to wait.
 */
final class EarlyAnswer extends FilterInputStream {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    /** As much of an answer is read ahead. */
    private static final int MOST = 64 << 10;

    private static final int STATUS_AT = "HTTP/1.1 ".length();

    private final Runnable endRequests;
    private final Object lock = new Object();
    /** Whether anything was read ahead, ever. */
    private volatile boolean touched;
    // All that follows is guarded by the lock.
    private byte[] kept = {};
    private int given;
    /** The request that is being sent; null for none: who reads is not to be disturbed. */
    private @Nullable Look look;

    /** @param endRequests sends nothing more; what is being sent fails */
    EarlyAnswer(InputStream in, Runnable endRequests) {
        super(in);
        this.endRequests = endRequests;
    }

    /** A request's content is sent from here on, until the look is ended. */
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
        int ahead = touched ? readKept(bytes, from, most) : 0;
        return ahead > 0 ? ahead : super.read(bytes, from, most);
    }

    private int readKept(byte[] bytes, int from, int most) {
        synchronized (lock) {
            int some = Math.min(most, kept.length - given);
            System.arraycopy(kept, given, bytes, from, some);
            given += some;
            if (given == kept.length) {
                given = 0;
                kept = new byte[0];
            }
            return some;
        }
    }

    @Override
    public int available() throws IOException {
        synchronized (lock) {
            return kept.length - given + super.available();
        }
    }

    /** Whether there is an answer that refuses, and nothing has come since the last look. */
    private boolean isRefused() throws IOException {
        int before = kept.length;
        for (int there = in.available(); there > 0 && kept.length < MOST; there = in.available()) {
            byte[] more = in.readNBytes(Math.min(there, MOST - kept.length));
            kept = Arrays.copyOf(kept, kept.length + more.length);
            System.arraycopy(more, 0, kept, kept.length - more.length, more.length);
            touched = true;
        }
        if (kept.length > before) {
            return false;
        }
        int status = finalHead() + STATUS_AT;
        return status < kept.length && kept[status] >= '3' && kept[status] <= '5';
    }

    /** Where the head of the final answer begins, behind those of interim ones. */
    private int finalHead() {
        int head = 0;
        while (head + STATUS_AT < kept.length && kept[head + STATUS_AT] == '1') {
            head = behindHead(head);
        }
        return head;
    }

    private int behindHead(int from) {
        for (int i = from + 3; i < kept.length; i++) {
            if (kept[i] == '\n' && kept[i - 1] == '\r' && kept[i - 2] == '\n' && kept[i - 3] == '\r') {
                return i + 1;
            }
        }
        return kept.length;
    }

    /** Looks again and again until the request is sent. */
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
                    if (!isRefused()) {
                        set();
                        return;
                    }
                } catch (IOException broken) {
                    return; // the write fails by itself
                }
            }
            endRequests.run();
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
