package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between the gateway and the notifier: takes messages from any thread without waiting, collapses equal ones, and
 * delivers one after another on threads of the clock.
 *
 * <p>The first message of a fingerprint is delivered at once. Equal ones within the digest time after it are counted, and
 * told when that time is over as one message with their number, first and last time, and up to ten distinct details; from
 * then on the time runs anew, so that trouble that goes on is told once per digest time. A fingerprint that was quiet for a
 * whole digest time is forgotten. A recovery is told at once, together with what had been counted, and so is the next
 * trouble after it; after three such turns to and fro without a quiet time, they are counted too.
 *
 * <p>At most {@code capacity} messages wait and {@code capacity} fingerprints are known; what comes beyond is counted and
 * told as one message after the digest time. A delivery that throws, fails, or has no end within 30 s is tried again
 * after 1, 10 and 60 s, then logged and given up.
 *
 * <p>Safe for use by any thread.
 */
public final class MessageQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MessageQueue.class);
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final int LARGEST = 1_000_000;
    private static final String OVERFLOW = "notify:overflow";

    private final long digestNanos;
    private final int capacity;
    private final GatewayClock clock;
    private final Courier courier;

    private final Object lock = new Object();
    private final Map<String, Window> windows = new HashMap<>();
    private final Deque<DevMessage> ready = new ArrayDeque<>();
    private @Nullable Window overflow;
    private boolean closed;

    /**
     * A queue before {@code notifier}.
     *
     * @param digest how long equal messages are collapsed, 1 ms to 31 days
     * @param capacity how many messages may wait, and how many fingerprints are known, 1 to 1,000,000
     * @throws IllegalArgumentException if one is out of range
     */
    public MessageQueue(DevNotifier notifier, Duration digest, int capacity, GatewayClock clock) {
        if (digest.compareTo(SHORTEST) < 0 || digest.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a digest time of 1ms to 31 days, got " + digest);
        }
        if (capacity < 1 || capacity > LARGEST) {
            throw new IllegalArgumentException("expected a capacity of 1 to " + LARGEST + ", got " + capacity);
        }
        this.digestNanos = digest.toNanos();
        this.capacity = capacity;
        this.clock = clock;
        this.courier = new Courier(notifier, clock, this::take);
    }

    /** Takes {@code message}, to be delivered or counted. Returns at once, and never throws for what becomes of it. */
    public void offer(DevMessage message) {
        Window begun;
        boolean due;
        synchronized (lock) {
            if (closed) {
                LOG.warn("not delivered, the queue is closed: {}", OneLine.of(message.title(), 1_000));
                return;
            }
            begun = admit(message);
            due = !ready.isEmpty();
        }
        if (begun != null) {
            restart(begun);
        }
        if (due) {
            courier.wake();
        }
    }

    /** The window whose time begins with this message; null if none does. Called with the lock. */
    private @Nullable Window admit(DevMessage message) {
        Window window = windows.get(message.fingerprint());
        boolean isNew = window == null;
        if (window == null) {
            if (windows.size() >= capacity) {
                return countOverflow(message);
            }
            window = new Window(message.fingerprint());
            windows.put(message.fingerprint(), window);
        }
        if (window.isTurn(message) && ready.size() < capacity) {
            ready.add(window.tell(message));
            return window;
        }
        window.collapse(message);
        return isNew ? window : null;
    }

    private @Nullable Window countOverflow(DevMessage message) {
        boolean isNew = overflow == null;
        if (overflow == null) {
            overflow = new Window(OVERFLOW);
        }
        overflow.collapse(new DevMessage(
                Type.PLUGIN_FAILED,
                message.priority(),
                OVERFLOW,
                "Too many different messages at once: some were counted only",
                List.of(message.title()),
                message.first(),
                message.last(),
                message.count()));
        return isNew ? overflow : null;
    }

    /** Schedules a window's end, outside of the lock because the clock is foreign. */
    private void restart(Window window) {
        Timer timer = clock.schedule(digestNanos, () -> end(window));
        Timer before;
        boolean late;
        synchronized (lock) {
            before = window.timer;
            window.timer = timer;
            late = closed;
        }
        if (before != null) {
            before.cancel();
        }
        if (late) {
            timer.cancel();
        }
    }

    private void end(Window window) {
        boolean goesOn;
        synchronized (lock) {
            if (closed) {
                return;
            }
            goesOn = window.hasCollapsed();
            if (goesOn && ready.size() < capacity) {
                addDigest(window);
            } else if (!goesOn) {
                forget(window);
            }
        }
        if (goesOn) {
            restart(window);
        }
        courier.wake();
    }

    @SuppressWarnings("ReferenceEquality") // a window is a thing, not a value
    private void forget(Window window) {
        if (window == overflow) {
            overflow = null;
        } else {
            windows.remove(window.fingerprint, window);
        }
    }

    private void addDigest(Window window) {
        DevMessage digest = window.digest();
        if (digest != null) {
            ready.add(digest);
        }
    }

    private @Nullable DevMessage take() {
        synchronized (lock) {
            return ready.poll();
        }
    }

    /**
     * Delivers what waits and what was counted, each tried once, on a thread of its own. Waits for that for 10 s at most;
     * what is not delivered then is logged by its number. Messages offered later are logged and dropped.
     */
    @Override
    public void close() {
        List<Timer> timers = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            for (Window window : windows.values()) {
                addDigest(window);
                if (window.timer != null) {
                    timers.add(window.timer);
                }
            }
            windows.clear();
            if (overflow != null) {
                addDigest(overflow);
                if (overflow.timer != null) {
                    timers.add(overflow.timer);
                }
            }
        }
        timers.forEach(Timer::cancel);
        courier.finish();
    }
}
