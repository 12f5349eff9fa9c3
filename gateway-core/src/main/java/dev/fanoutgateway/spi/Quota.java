package dev.fanoutgateway.spi;

import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Credits for a calendar period, all available from its first instant on.
 *
 * @param amount credits, 1 to 1,000,000,000,000
 * @param period the calendar period after which credits are renewed
 * @param overrun what happens when they are used up
 * @param zone the time zone whose calendar counts
 */
public record Quota(long amount, Period period, Overrun overrun, ZoneId zone) {
    /** A calendar period. */
    public enum Period {
        DAY,
        MONTH
    }

    /** What happens to a request that costs more credits than are left. */
    public enum Overrun {
        /** It is refused with 429 until the next period. */
        REFUSE,
        /** It is served, and counted. */
        ALLOW
    }

    public Quota {
        if (amount < 1 || amount > 1_000_000_000_000L) {
            throw new IllegalArgumentException("expected a quota of 1 to 1000000000000 credits, got " + amount);
        }
    }

    /** {@code amount} credits a day (UTC), refused beyond. */
    public static Quota perDay(long amount) {
        return new Quota(amount, Period.DAY, Overrun.REFUSE, ZoneOffset.UTC);
    }

    /** {@code amount} credits a month (UTC), refused beyond. */
    public static Quota perMonth(long amount) {
        return new Quota(amount, Period.MONTH, Overrun.REFUSE, ZoneOffset.UTC);
    }

    /** This quota, with requests beyond it served and counted. */
    public Quota allowOverrun() {
        return new Quota(amount, period, Overrun.ALLOW, zone);
    }

    /** This quota by the calendar of {@code other}. */
    public Quota in(ZoneId other) {
        return new Quota(amount, period, overrun, other);
    }

    /** A short name for header fields and messages, such as {@code month}. */
    public String name() {
        return period == Period.DAY ? "day" : "month";
    }
}
