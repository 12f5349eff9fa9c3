package dev.fanoutgateway.testing;

import dev.fanoutgateway.spi.Limit;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * The oracle of the limiters' tests: knows nothing of how a limiter works, only what it promises, and looks at every
 * window that begins and ends with an admitted request.
 */
public final class SlidingWindows {
    private SlidingWindows() {}

    /** By how many requests the fullest window exceeds {@code amount + rate * w}; zero or less if the promise was kept. */
    public static long worstExcess(Limit limit, long[] admittedNanos) {
        long[] times = admittedNanos.clone();
        Arrays.sort(times);
        long worst = Long.MIN_VALUE;
        for (int from = 0; from < times.length; from++) {
            for (int to = from; to < times.length; to++) {
                worst = Math.max(worst, to - from + 1 - allowed(limit, times[to] - times[from]));
            }
        }
        return worst;
    }

    private static long allowed(Limit limit, long windowNanos) {
        return limit.amount()
                + BigInteger.valueOf(windowNanos)
                        .multiply(BigInteger.valueOf(limit.amount()))
                        .divide(BigInteger.valueOf(limit.period().toNanos()))
                        .longValueExact();
    }
}
