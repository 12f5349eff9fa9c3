package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.Quota;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells which day or month it is, and remembers it until it is over: calendars are slow to ask. Safe for use by any
 * thread; holds at most one day and one month for each time zone.
 */
public final class QuotaCalendar {
    private final Map<ZoneId, QuotaPeriod> days = new ConcurrentHashMap<>();
    private final Map<ZoneId, QuotaPeriod> months = new ConcurrentHashMap<>();

    /** The period of {@code quota} that {@code nowMillis} (milliseconds since 1970-01-01T00:00Z) lies in. */
    public QuotaPeriod periodAt(Quota quota, long nowMillis) {
        Map<ZoneId, QuotaPeriod> known = quota.period() == Quota.Period.DAY ? days : months;
        QuotaPeriod period = known.get(quota.zone());
        if (period == null || !period.contains(nowMillis)) {
            period = QuotaPeriod.containing(quota, nowMillis);
            known.put(quota.zone(), period);
        }
        return period;
    }
}
