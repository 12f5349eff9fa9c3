package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.spi.GatewayClock;

/** This machine's time, on which nothing that is scheduled ever runs: for looking at a file once. */
final class IdleClock implements GatewayClock {
    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return () -> {};
    }
}
