package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.Quota;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;

/**
 * One calendar day or month of a {@link Quota}, in the calendar of its zone.
 *
 * @param unit day or month
 * @param startMillis its first instant, in milliseconds since 1970-01-01T00:00Z
 * @param endMillis the first instant after it
 */
public record QuotaPeriod(Quota.Period unit, long startMillis, long endMillis) {

    /** The period that the instant {@code nowMillis} (milliseconds since 1970-01-01T00:00Z) lies in. */
    public static QuotaPeriod containing(Quota quota, long nowMillis) {
        LocalDate today = LocalDate.ofInstant(Instant.ofEpochMilli(nowMillis), quota.zone());
        LocalDate first = switch (quota.period()) {
            case DAY -> today;
            case MONTH -> today.withDayOfMonth(1);
        };
        LocalDate next = switch (quota.period()) {
            case DAY -> first.plusDays(1);
            case MONTH -> first.plusMonths(1);
        };
        return new QuotaPeriod(
                quota.period(), millis(first.atStartOfDay(quota.zone())), millis(next.atStartOfDay(quota.zone())));
    }

    /** Whether {@code millis} lies in this period. */
    public boolean contains(long millis) {
        return startMillis <= millis && millis < endMillis;
    }

    private static long millis(ZonedDateTime time) {
        return time.toInstant().toEpochMilli();
    }
}
