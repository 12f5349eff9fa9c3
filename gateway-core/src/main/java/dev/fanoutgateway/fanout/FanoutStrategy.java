package dev.fanoutgateway.fanout;

import java.time.Duration;

/**
 * When the attempts of a race are launched. Immutable.
 *
 * <p>Every strategy is one mechanism with three numbers: the stagger between launches, the grace for which a better-ranked
 * backend is waited for, and the greatest number of attempts; and where candidates are left, a rejection or failure
 * launches the next one at once. Only safe methods fan out: whatever the strategy, others go to one backend at a time, and
 * to the next only if nothing was sent.
 */
public final class FanoutStrategy {
    /** A stagger after which nothing is launched: only a rejection launches the next attempt. */
    static final long NEVER = Long.MAX_VALUE;

    private static final Duration LONGEST = Duration.ofHours(1);
    private static final FanoutStrategy PARALLEL = new FanoutStrategy("parallel", 0, 0, Integer.MAX_VALUE);
    private static final FanoutStrategy FAILOVER = new FanoutStrategy("failover", NEVER, 0, Integer.MAX_VALUE);
    private static final FanoutStrategy SINGLE = new FanoutStrategy("single", NEVER, 0, 1);

    private final String name;
    private final long staggerNanos;
    private final long graceNanos;
    private final int maxAttempts;

    private FanoutStrategy(String name, long staggerNanos, long graceNanos, int maxAttempts) {
        this.name = name;
        this.staggerNanos = staggerNanos;
        this.graceNanos = graceNanos;
        this.maxAttempts = maxAttempts;
    }

    /** Asks all backends at once and gives the first acceptable answer. Costs one call to each backend per request. */
    public static FanoutStrategy parallel() {
        return PARALLEL;
    }

    /**
     * Asks all backends at once. Once one has an acceptable answer, those ranked better are waited for up to {@code grace};
     * then the best-ranked acceptable answer is given.
     *
     * @param grace zero (the same as {@link #parallel()}) to one hour
     */
    public static FanoutStrategy ordered(Duration grace) {
        return new FanoutStrategy("ordered", 0, nanos("grace", grace), Integer.MAX_VALUE);
    }

    /**
     * Asks one backend, and one more each time {@code delay} has passed without an acceptable answer, or at once when an
     * attempt fails (Dean and Barroso, The Tail at Scale, 2013).
     *
     * @param delay zero (the same as {@link #parallel()}) to one hour
     */
    public static FanoutStrategy hedged(Duration delay) {
        return new FanoutStrategy("hedged", nanos("hedging delay", delay), 0, Integer.MAX_VALUE);
    }

    /** Asks one backend after the other: the next when an attempt has failed or its answer is not acceptable. */
    public static FanoutStrategy failover() {
        return FAILOVER;
    }

    /** Asks the first backend only. */
    public static FanoutStrategy single() {
        return SINGLE;
    }

    /** The strategy's name in configuration and records, such as {@code hedged}. */
    public String name() {
        return name;
    }

    long staggerNanos() {
        return staggerNanos;
    }

    long graceNanos() {
        return graceNanos;
    }

    int maxAttempts() {
        return maxAttempts;
    }

    @Override
    public String toString() {
        if (graceNanos > 0) {
            return name + '(' + Duration.ofNanos(graceNanos) + ')';
        }
        return staggerNanos == 0 || staggerNanos == NEVER ? name : name + '(' + Duration.ofNanos(staggerNanos) + ')';
    }

    private static long nanos(String what, Duration duration) {
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of zero to one hour, got " + duration);
        }
        return duration.toNanos();
    }
}
