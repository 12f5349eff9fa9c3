package dev.fanoutgateway.fanout;

import java.util.Arrays;
import java.util.Iterator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long attempts take, from those that came to their end and those that were cut before it. Immutable.
 *
 * <p>A cut attempt says that its answer would have taken at least as long as it ran. Taken as an answer it would make the
 * backends look faster than they are, left out it would hide just the slow ones. So this is the product-limit estimate of
 * Kaplan and Meier (Nonparametric Estimation from Incomplete Observations, 1958): at each time, the share that ends there
 * among those that were still running. Where the longest were all cut, the rest counts as ending with the longest answer.
 */
final class Lifetimes {
    static final Lifetimes NONE = new Lifetimes(new long[0], new double[0], 0, 0);
    private static final long NANOS_PER_UNIT = 1_000;

    /** Times at which attempts ended, ascending, in nanoseconds; and the share that takes longer than each. */
    private final long[] times;

    private final double[] longer;
    private final long ended;
    private final long cut;

    private Lifetimes(long[] times, double[] longer, long ended, long cut) {
        this.times = times;
        this.longer = longer;
        this.ended = ended;
        this.cut = cut;
    }

    /** From two histograms of the same precision, in microseconds. */
    static Lifetimes of(Histogram ended, Histogram cut) {
        if (ended.getTotalCount() == 0) {
            return cut.getTotalCount() == 0 ? NONE : new Lifetimes(new long[0], new double[0], 0, cut.getTotalCount());
        }
        Walk ends = new Walk(ended);
        Walk cuts = new Walk(cut);
        Table table = new Table();
        long running = ended.getTotalCount() + cut.getTotalCount();
        double share = 1;
        while (ends.more()) {
            while (cuts.more() && cuts.value < ends.value) {
                running -= cuts.count;
                cuts.next();
            }
            share *= 1 - (double) ends.count / running;
            running -= ends.count;
            table.add(ends.value * NANOS_PER_UNIT, share);
            ends.next();
        }
        return new Lifetimes(table.times(), table.longer(), ended.getTotalCount(), cut.getTotalCount());
    }

    /** How many were seen. */
    long count() {
        return ended + cut;
    }

    /** How many of them came to their end. */
    long ended() {
        return ended;
    }

    /** The time within which {@code percent} of them end, in nanoseconds; 0 if none is known to have ended. */
    long percentile(double percent) {
        if (times.length == 0) {
            return 0;
        }
        double beyond = 1 - percent / 100 + 1e-9;
        int low = 0;
        int high = times.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (longer[middle] <= beyond) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return times[low];
    }

    /**
     * The time within which {@code percent} of requests have an answer if a second attempt, independent of the first, follows
     * after {@code delayNanos}; in nanoseconds, 0 if no attempt is known to have ended.
     */
    long percentileHedged(double percent, long delayNanos) {
        double beyond = 1 - percent / 100 + 1e-9;
        long low = 0;
        long high = percentile(percent);
        while (low < high) {
            long middle = (low + high) >>> 1;
            double hedge = middle <= delayNanos ? 1 : longerThan(middle - delayNanos);
            if (longerThan(middle) * hedge <= beyond) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** The share that takes longer than this. */
    double longerThan(long nanos) {
        int at = Arrays.binarySearch(times, nanos);
        int last = at >= 0 ? at : -at - 2; // the last one that is no greater
        return last < 0 ? 1 : longer[last];
    }

    /** In nanoseconds. */
    double mean() {
        return meanOfFastest(1);
    }

    /** The mean time of the fastest of {@code copies} that are independent of each other, in nanoseconds. */
    double meanOfFastest(int copies) {
        double mean = 0;
        long before = 0;
        double still = 1;
        for (int i = 0; i < times.length; i++) {
            mean += (times[i] - before) * Math.pow(still, copies);
            before = times[i];
            still = longer[i];
        }
        return mean;
    }

    /** The variance over the square of the mean: 0 if all take the same time, 1 if exponential, more with heavy tails. */
    double variability() {
        double mean = mean();
        if (mean <= 0) {
            return 0;
        }
        double square = 0;
        double still = 1;
        for (int i = 0; i < times.length; i++) {
            double next = i == times.length - 1 ? 0 : longer[i];
            square += (double) times[i] * times[i] * (still - next);
            still = next;
        }
        return Math.max(0, square / (mean * mean) - 1);
    }

    /** Recorded values in ascending order. */
    private static final class Walk {
        private final Iterator<HistogramIterationValue> values;
        private long value;
        private long count;
        private boolean more = true;

        Walk(Histogram histogram) {
            values = histogram.recordedValues().iterator();
            next();
        }

        boolean more() {
            return more;
        }

        void next() {
            more = values.hasNext();
            if (more) {
                HistogramIterationValue current = values.next();
                value = current.getValueIteratedTo();
                count = current.getCountAtValueIteratedTo();
            }
        }
    }

    /** Rows under way. */
    private static final class Table {
        private long[] times = new long[64];
        private double[] longer = new double[64];
        private int size;

        void add(long time, double share) {
            if (size == times.length) {
                times = Arrays.copyOf(times, 2 * size);
                longer = Arrays.copyOf(longer, 2 * size);
            }
            times[size] = time;
            longer[size++] = share;
        }

        long[] times() {
            return Arrays.copyOf(times, size);
        }

        double[] longer() {
            return Arrays.copyOf(longer, size);
        }
    }
}
