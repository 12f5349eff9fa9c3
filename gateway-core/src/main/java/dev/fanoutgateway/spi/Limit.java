package dev.fanoutgateway.spi;

import java.time.Duration;

/**
 * A rate: at most {@code amount + amount / period * w} requests are admitted in <em>every</em> window of length w (GCRA,
 * ITU-T I.371, with a burst of {@code amount}).
 *
 * @param amount requests, 1 to 1,000,000,000
 * @param period 1 ms to 366 days; each request's share of it, {@code period / amount}, must be at least 1 ns
 */
public record Limit(long amount, Duration period) {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(366);

    public Limit {
        if (amount < 1 || amount > 1_000_000_000L) {
            throw new IllegalArgumentException("expected a limit of 1 to 1000000000 requests, got " + amount);
        }
        if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a limit's period of 1ms to 366 days, got " + period);
        }
        if (period.toNanos() < amount) {
            throw new IllegalArgumentException(
                    "expected a limit of at most one request a nanosecond, got " + amount + " in " + period);
        }
    }

    /** {@code amount} requests per {@code period}. */
    public static Limit of(long amount, Duration period) {
        return new Limit(amount, period);
    }

    /** {@code amount} requests per second. */
    public static Limit perSecond(long amount) {
        return of(amount, Duration.ofSeconds(1));
    }

    /** {@code amount} requests per minute. */
    public static Limit perMinute(long amount) {
        return of(amount, Duration.ofMinutes(1));
    }

    /** {@code amount} requests per hour. */
    public static Limit perHour(long amount) {
        return of(amount, Duration.ofHours(1));
    }

    /** A short name for header fields and messages, such as {@code 10/1s}. */
    public String name() {
        return amount + "/" + shortText(period);
    }

    private static String shortText(Duration period) {
        long millis = period.toMillis();
        if (millis % 3_600_000 == 0) {
            return millis / 3_600_000 + "h";
        }
        if (millis % 60_000 == 0) {
            return millis / 60_000 + "m";
        }
        return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
    }
}
