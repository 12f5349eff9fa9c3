package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.GatewayClock;
import java.util.function.LongSupplier;

/** A clock with another wall. */
record PurgeClock(GatewayClock clock, LongSupplier wallMillis) implements GatewayClock {
    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return wallMillis.getAsLong();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return clock.schedule(delayNanos, task);
    }
}
