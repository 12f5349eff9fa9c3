package dev.fanoutgateway;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Whether one thing (a group of backends, a plug-in) is in trouble. Remembers that it was, so that recovery is told: by the
 * first success that comes {@link #QUIET_NANOS} after the last failure, since one success among failures is none. Safe for
 * use by any thread; a success without trouble costs one volatile read.
 */
final class Trouble {
    static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String what;
    private final String fingerprint;
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile long lastFailureNanos;

    Trouble(String what, String fingerprint, GatewayClock clock, Consumer<DevMessage> messages) {
        this.what = what;
        this.fingerprint = fingerprint;
        this.clock = clock;
        this.messages = messages;
    }

    /** Tells the developers of a failure; equal ones are collapsed further on. */
    void failed(Type type, String title, List<String> details) {
        lastFailureNanos = clock.nanoTime();
        failing.set(true);
        messages.accept(DevMessage.of(type, fingerprint, title, details, now()));
    }

    /** Tells the developers of the first success after trouble, if it has been quiet since. */
    void succeeded() {
        if (failing.get() && clock.nanoTime() - lastFailureNanos >= QUIET_NANOS && failing.compareAndSet(true, false)) {
            messages.accept(DevMessage.of(Type.RECOVERED, fingerprint, what + " works again", List.of(), now()));
        }
    }

    /** Whether there was trouble, and its end was not told yet. */
    boolean isOpen() {
        return failing.get();
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.currentTimeMillis());
    }
}
