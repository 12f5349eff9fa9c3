package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.Limit;
import java.time.Duration;

/**
 * The arithmetic of one {@link Limit}: the generic cell rate algorithm (ITU-T I.371, annex A) in whole numbers. Pure and
 * immutable; safe for use by any thread.
 *
 * <p>A limit's only state is the <em>theoretical arrival time</em> (TAT): when all that was admitted will have been worked
 * off at the limit's rate. How far it lies ahead is the <em>backlog</em>; a request adds {@link #emission()} to it and is
 * admitted if the sum is within {@link #capacity()}. Times count ticks of a clock; backlogs count parts of a tick, of which
 * there are {@link #scale()}, chosen so that the emission interval {@code period / amount} is a whole number of them. Only
 * where amount and period are so great that such numbers would overflow is it rounded, up, by less than a millionth. So
 * never more than {@code amount + rate * w} requests pass in a window of length w, and none is lost.
 *
 * <p>All numbers of {@link #micros} stay below 2<sup>53</sup>: arithmetic in doubles, such as Lua's, comes to the same
 * result bit by bit. No input overflows.
 */
public final class Gcra {
    private final Limit limit;
    private final String name;
    private final long nanosPerTick;
    private final long scale;
    private final long emission;
    private final long capacity;

    private Gcra(Limit limit, long nanosPerTick, long greatest) {
        long period = ceilDiv(limit.period().toNanos(), nanosPerTick);
        long exact = limit.amount() / gcd(limit.amount(), period);
        this.limit = limit;
        this.name = limit.name();
        this.nanosPerTick = nanosPerTick;
        this.scale = Math.min(exact, greatest / period);
        this.emission = ceilDiv(period * scale, limit.amount());
        this.capacity = emission * limit.amount();
    }

    /** For a clock that ticks in nanoseconds. */
    public static Gcra nanos(Limit limit) {
        return new Gcra(limit, 1, 1L << 61);
    }

    /** For a clock that ticks in microseconds. */
    public static Gcra micros(Limit limit) {
        return new Gcra(limit, 1_000, 1L << 52);
    }

    /** The limit that this is the arithmetic of. */
    public Limit limit() {
        return limit;
    }

    /** {@link Limit#name()}, made once. */
    public String name() {
        return name;
    }

    /** How many parts a tick has. */
    public long scale() {
        return scale;
    }

    /** What one request adds to the backlog, in parts. */
    public long emission() {
        return emission;
    }

    /** How far the backlog may grow, in parts. */
    public long capacity() {
        return capacity;
    }

    /**
     * The backlog at {@code now}, in parts: 0 to {@link #capacity()}. A TAT that no decision can have left behind (the
     * clock was set back) counts as a full backlog, so that it blocks the caller for one period at most.
     *
     * @param tat the TAT in whole ticks, rounded down
     * @param fraction what the rounding took off, in parts
     */
    public long backlog(long tat, long fraction, long now) {
        long ahead = tat - now;
        if (ahead < 0) {
            return 0;
        }
        return ahead > capacity / scale ? capacity : Math.min(capacity, ahead * scale + fraction);
    }

    /** The TAT in whole ticks, rounded down, that lies {@code backlog} ahead of {@code now}. */
    public long tat(long now, long backlog) {
        return now + backlog / scale;
    }

    /** What the rounding in {@link #tat} took off, in parts. */
    public long fraction(long backlog) {
        return backlog % scale;
    }

    /** Whether one more request is admitted on top of {@code backlog}. */
    public boolean admits(long backlog) {
        return backlog <= capacity - emission;
    }

    /** How many more requests are admitted on top of {@code backlog}. */
    public long remaining(long backlog) {
        return (capacity - backlog) / emission;
    }

    /** When {@code backlog} will have been worked off. */
    public Duration reset(long backlog) {
        return ticks(backlog);
    }

    /** When one more request is admitted on top of {@code backlog}: not a tick earlier; zero if it is now. */
    public Duration retryAfter(long backlog) {
        return ticks(Math.max(0, backlog + emission - capacity));
    }

    private Duration ticks(long parts) {
        return Duration.ofNanos(ceilDiv(parts, scale) * nanosPerTick);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private static long ceilDiv(long dividend, long divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    @Override
    public String toString() {
        return name;
    }
}
