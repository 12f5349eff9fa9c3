package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * The attempts of the last 20 to 30 s: three slices of 10 s, of which the youngest is being filled. Safe for use by any
 * thread; recording is wait-free. What is read is at most 100 ms old where it is read all the time, and never computed by two
 * threads at once.
 */
final class LatencyWindow {
    private static final int SLICES = 3;
    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);
    /** Two digits: a percentile is never off by more than one in a hundred. */
    private static final int DIGITS = 2;

    private final GatewayClock clock;
    private final long startNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Sliding ended = new Sliding();
    private final Sliding cut = new Sliding();
    private long slice;
    private volatile Lifetimes lifetimes = Lifetimes.NONE;
    private volatile long readNanos;

    LatencyWindow(GatewayClock clock) {
        this.clock = clock;
        startNanos = clock.nanoTime();
        readNanos = startNanos;
    }

    /** An attempt came to its end after this time. */
    void ended(long nanos) {
        ended.record(nanos);
    }

    /** An attempt was given up after this time; it would have taken longer. */
    void cut(long nanos) {
        cut.record(nanos);
    }

    /** What the attempts of the window come to. */
    Lifetimes read() {
        long now = clock.nanoTime();
        if (now - readNanos >= FRESH_NANOS && lock.tryLock()) {
            try {
                refresh(now);
            } finally {
                lock.unlock();
            }
        }
        return lifetimes;
    }

    private void refresh(long now) {
        if (now - readNanos < FRESH_NANOS) {
            return; // somebody else was faster
        }
        boolean news = ended.collect(slice) | cut.collect(slice); // they belong to the slice of the last reading
        long current = (now - startNanos) / SLICE_NANOS;
        boolean moved = current > slice;
        for (long next = slice + 1; next <= current && next <= slice + SLICES; next++) {
            ended.clear(next);
            cut.clear(next);
        }
        slice = Math.max(slice, current);
        if (news || moved) {
            lifetimes = Lifetimes.of(ended.total(), cut.total());
        }
        readNanos = now;
    }

    /** One kind of attempts. Everything but {@link #record} is guarded by the window's lock. */
    private static final class Sliding {
        private final Recorder recorder = new Recorder(DIGITS);
        private final Histogram[] slices = new Histogram[SLICES];
        private final Histogram total = new Histogram(DIGITS);
        private Histogram interval = recorder.getIntervalHistogram();

        Sliding() {
            for (int i = 0; i < SLICES; i++) {
                slices[i] = new Histogram(DIGITS);
            }
        }

        void record(long nanos) {
            recorder.recordValue(Math.min(LONGEST_MICROS, Math.max(0, nanos) / 1_000));
        }

        boolean collect(long slice) {
            interval = recorder.getIntervalHistogram(interval);
            if (interval.getTotalCount() == 0) {
                return false;
            }
            slices[(int) (slice % SLICES)].add(interval);
            return true;
        }

        void clear(long slice) {
            slices[(int) (slice % SLICES)].reset();
        }

        Histogram total() {
            total.reset();
            for (Histogram each : slices) {
                if (each.getTotalCount() > 0) {
                    total.add(each);
                }
            }
            return total;
        }
    }
}
