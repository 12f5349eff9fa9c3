package dev.fanoutgateway.fanout;

import java.time.Duration;

/**
 * How long an attempt is waited for before another backend is asked: a fixed time, or a percentile of the route's own
 * latencies within the last 20 to 30 s (Dean and Barroso, The Tail at Scale, 2013). Immutable.
 *
 * <p>A percentile is never taken from too little data: until at least five answers beyond it can be expected, that is {@code
 * 500 / (100 - percentile)} attempts (100 of them for the 95th, 500 for the 99th), nothing is hedged.
 */
public final class HedgeDelay {
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final double BEYOND = 500;
    private static final HedgeDelay NEVER = new HedgeDelay(0, FanoutStrategy.NEVER, FanoutStrategy.NEVER);

    /** Of the latencies, above 0 and below 100; 0 if this is a fixed delay. */
    private final double percentile;

    private final long leastNanos;
    private final long mostNanos;

    private HedgeDelay(double percentile, long leastNanos, long mostNanos) {
        this.percentile = percentile;
        this.leastNanos = leastNanos;
        this.mostNanos = mostNanos;
    }

    /**
     * Always the same delay.
     *
     * @param delay zero to one hour
     */
    public static HedgeDelay fixed(Duration delay) {
        long nanos = checked("hedging delay", delay);
        return new HedgeDelay(0, nanos, nanos);
    }

    /** Nobody else is asked for speed. */
    static HedgeDelay never() {
        return NEVER;
    }

    /**
     * The time within which {@code percent} of the route's attempts have their answer: {@code percentile(95)} hedges about
     * one request in twenty.
     *
     * @param percent 1 to 99.9
     */
    public static HedgeDelay percentile(double percent) {
        if (!(percent >= 1 && percent <= 99.9)) {
            throw new IllegalArgumentException("expected a percentile of 1 to 99.9, got " + percent);
        }
        return new HedgeDelay(percent, 0, LONGEST.toNanos());
    }

    /**
     * The same percentile, but never less than this.
     *
     * @param delay zero to one hour
     */
    public HedgeDelay atLeast(Duration delay) {
        return within(checked("least hedging delay", delay), mostNanos);
    }

    /**
     * The same percentile, but never more than this. Without enough data nothing is hedged all the same.
     *
     * @param delay zero to one hour
     */
    public HedgeDelay atMost(Duration delay) {
        return within(leastNanos, checked("greatest hedging delay", delay));
    }

    private HedgeDelay within(long least, long most) {
        if (isFixed()) {
            throw new IllegalArgumentException("expected a percentile to bound, got the fixed delay " + this);
        }
        if (least > most) {
            throw new IllegalArgumentException("expected a least delay of no more than the greatest, got "
                    + Duration.ofNanos(least) + " and " + Duration.ofNanos(most));
        }
        return new HedgeDelay(percentile, least, most);
    }

    boolean isFixed() {
        return percentile == 0;
    }

    /** Whether this is a fixed delay of nothing: everybody is asked at once. */
    boolean isNone() {
        return isFixed() && leastNanos == 0;
    }

    boolean isNever() {
        return leastNanos == FanoutStrategy.NEVER;
    }

    /** How many attempts must have been seen. */
    long samplesNeeded() {
        return isFixed() ? 0 : (long) Math.ceil(BEYOND / (100 - percentile));
    }

    /** The delay in view of these latencies; {@link FanoutStrategy#NEVER} if there are not enough. */
    long nanos(Lifetimes latencies) {
        if (isFixed()) {
            return leastNanos;
        }
        if (latencies.ended() == 0 || latencies.count() < samplesNeeded()) {
            return FanoutStrategy.NEVER;
        }
        long measured = latencies.percentile(percentile);
        return Math.max(1, Math.min(mostNanos, Math.max(leastNanos, measured))); // 0 would mean: all at once
    }

    @Override
    public String toString() {
        if (isFixed()) {
            return Duration.ofNanos(leastNanos).toString();
        }
        String name = percentile == Math.rint(percentile) ? "p" + (long) percentile : "p" + percentile;
        String least = leastNanos == 0 ? "" : ", at least " + Duration.ofNanos(leastNanos);
        String most = mostNanos == LONGEST.toNanos() ? "" : ", at most " + Duration.ofNanos(mostNanos);
        return name + least + most;
    }

    private static long checked(String what, Duration delay) {
        if (delay.isNegative() || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of zero to one hour, got " + delay);
        }
        return delay.toNanos();
    }
}
