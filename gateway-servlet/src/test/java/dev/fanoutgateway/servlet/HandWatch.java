package dev.fanoutgateway.servlet;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A watch over clients that is told by the test. */
final class HandWatch implements ClientWatch {
    private static final Runnable GONE = () -> {};

    final AtomicInteger started = new AtomicInteger();
    private final AtomicReference<@Nullable Runnable> told = new AtomicReference<>();

    @Override
    public void start(Runnable gone) {
        started.incrementAndGet();
        if (!told.compareAndSet(null, gone)) {
            gone.run();
        }
    }

    @Override
    public void stop() {
        told.updateAndGet(telling -> telling == GONE ? GONE : null);
    }

    void tell() {
        Runnable telling = told.getAndSet(GONE);
        if (telling != null) {
            telling.run();
        }
    }

    boolean isOver() {
        await().until(() -> told.get() == null || told.get() == GONE);
        return true;
    }
}
