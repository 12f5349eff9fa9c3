package dev.fanoutgateway.jwt;

import dev.fanoutgateway.spi.Limit;

/** At most so many times in <em>any</em> span of so long. Not safe for use by several threads. */
final class Allowance {
    private final long[] lastNanos;
    private final long spanNanos;
    private long taken;

    Allowance(Limit limit) {
        lastNanos = new long[(int) limit.amount()];
        spanNanos = limit.period().toNanos();
    }

    boolean take(long nowNanos) {
        int place = (int) (taken % lastNanos.length);
        if (taken >= lastNanos.length && nowNanos - lastNanos[place] < spanNanos) {
            return false;
        }
        lastNanos[place] = nowNanos;
        taken++;
        return true;
    }
}
