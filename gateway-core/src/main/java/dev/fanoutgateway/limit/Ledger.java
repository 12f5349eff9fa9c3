package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.Limit;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one subject has used: the TAT of each of its limits and the credits of each of its quota periods. Immutable, so
 * that a limiter may compute the next one and swap it in.
 *
 * <p>Entries are found by limit and by period, not by place: a plan that changes at run time, or two routes with different
 * limits for one subject, neither lose nor mix up what was counted.
 */
final class Ledger {
    static final Ledger EMPTY = new Ledger(new Gcra[0], new long[0], new QuotaPeriod[0], new long[0]);

    /** A clock that is set back, and late refunds, find a period that ended less than this ago. */
    private static final long KEPT_AFTER_END_MILLIS = 3_600_000;

    private final Gcra[] gcras;
    /** TAT and its fraction for each of {@link #gcras}. */
    private final long[] arrivals;

    private final QuotaPeriod[] periods;
    /** Credits for each of {@link #periods}. */
    private final long[] used;

    private Ledger(Gcra[] gcras, long[] arrivals, QuotaPeriod[] periods, long[] used) {
        this.gcras = gcras;
        this.arrivals = arrivals;
        this.periods = periods;
        this.used = used;
    }

    /** This ledger if it has an entry for all of these; else one that does, without the entries that say nothing any more. */
    Ledger covering(List<Limit> limits, @Nullable QuotaPeriod period, long nowNanos, long nowMillis) {
        Ledger covering = this;
        if (period != null && indexOf(period) < 0) {
            covering = covering.withPeriod(period, nowMillis);
        }
        for (int i = 0; i < limits.size(); i++) {
            if (covering.indexOf(limits.get(i), i) < 0) {
                return covering.withLimits(limits, nowNanos);
            }
        }
        return covering;
    }

    /** Where the entry of {@code limit} is, looking at {@code guess} first; -1 if there is none. */
    int indexOf(Limit limit, int guess) {
        if (guess < gcras.length && gcras[guess].limit() == limit) {
            return guess;
        }
        for (int i = 0; i < gcras.length; i++) {
            if (gcras[i].limit().equals(limit)) {
                return i;
            }
        }
        return -1;
    }

    Gcra gcra(int index) {
        return gcras[index];
    }

    long backlog(int index, long nowNanos) {
        return gcras[index].backlog(arrivals[2 * index], arrivals[2 * index + 1], nowNanos);
    }

    /** The credits used in {@code period}. */
    long used(QuotaPeriod period) {
        int index = indexOf(period);
        return index < 0 ? 0 : used[index];
    }

    /** This ledger with one more request in each of {@code limits} and {@code cost} more credits in {@code period}. */
    Ledger charged(List<Limit> limits, @Nullable QuotaPeriod period, long cost, long nowNanos) {
        long[] later = arrivals.clone();
        for (int i = 0; i < limits.size(); i++) {
            int index = indexOf(limits.get(i), i);
            long backlog = backlog(index, nowNanos) + gcras[index].emission();
            later[2 * index] = gcras[index].tat(nowNanos, backlog);
            later[2 * index + 1] = gcras[index].fraction(backlog);
        }
        return new Ledger(gcras, later, periods, period == null || cost == 0 ? used : usedWith(period, cost));
    }

    /** This ledger with {@code cost} credits back in {@code period}, if that is still known. */
    Ledger refunded(QuotaPeriod period, long cost) {
        return indexOf(period) < 0 ? this : new Ledger(gcras, arrivals, periods, usedWith(period, -cost));
    }

    private long[] usedWith(QuotaPeriod period, long more) {
        long[] after = used.clone();
        int index = indexOf(period);
        after[index] = Math.max(0, after[index] + more);
        return after;
    }

    private int indexOf(QuotaPeriod period) {
        for (int i = 0; i < periods.length; i++) {
            if (periods[i] == period || periods[i].equals(period)) {
                return i;
            }
        }
        return -1;
    }

    private Ledger withPeriod(QuotaPeriod period, long nowMillis) {
        QuotaPeriod[] kept = new QuotaPeriod[periods.length + 1];
        long[] keptUsed = new long[periods.length + 1];
        int count = 0;
        for (int i = 0; i < periods.length; i++) {
            if (nowMillis - periods[i].endMillis() < KEPT_AFTER_END_MILLIS) {
                kept[count] = periods[i];
                keptUsed[count++] = used[i];
            }
        }
        kept[count++] = period;
        return new Ledger(gcras, arrivals, Arrays.copyOf(kept, count), Arrays.copyOf(keptUsed, count));
    }

    /** The entries of {@code limits} first, in their order, then others that still have a backlog. */
    private Ledger withLimits(List<Limit> limits, long nowNanos) {
        Gcra[] kept = new Gcra[limits.size() + gcras.length];
        long[] keptArrivals = new long[2 * kept.length];
        int count = 0;
        for (Limit limit : limits) {
            int index = indexOf(limit, 0);
            kept[count] = index < 0 ? Gcra.nanos(limit) : gcras[index];
            keptArrivals[2 * count] = index < 0 ? nowNanos : arrivals[2 * index];
            keptArrivals[2 * count + 1] = index < 0 ? 0 : arrivals[2 * index + 1];
            count++;
        }
        for (int i = 0; i < gcras.length; i++) {
            if (!limits.contains(gcras[i].limit()) && backlog(i, nowNanos) > 0) {
                kept[count] = gcras[i];
                keptArrivals[2 * count] = arrivals[2 * i];
                keptArrivals[2 * count + 1] = arrivals[2 * i + 1];
                count++;
            }
        }
        return new Ledger(Arrays.copyOf(kept, count), Arrays.copyOf(keptArrivals, 2 * count), periods, used);
    }
}
