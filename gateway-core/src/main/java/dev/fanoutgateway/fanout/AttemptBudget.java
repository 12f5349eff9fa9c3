package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A ledger of extra attempts. Each request adds its share, each extra attempt takes one whole; whenever one is taken, those
 * taken within the last 10 s, counted in whole ones, are no more than the shares added in that time and a floor. Exact, and
 * safe for use by any thread; adding is wait-free but for the first of a second.
 *
 * <p>A ledger may stand under another one: what is taken from it is taken from that one too, or not at all.
 */
final class AttemptBudget {
    static final int WINDOW_SECONDS = 10;
    /** What may be taken each second without any request having added to it. */
    static final int FLOOR_PER_SECOND = 1;

    /** So many are left to those who need one. */
    static final int SCARCE = WINDOW_SECONDS * FLOOR_PER_SECOND * 3 / 5;

    private static final long WHOLE = 1_000_000;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** More than a window's, so that a slot is never taken over while it counts. */
    private static final int SLOTS = 16;

    private final GatewayClock clock;
    private final long startNanos;
    private final long floor;
    private final @Nullable AttemptBudget above;
    private final AtomicReferenceArray<@Nullable Second> seconds = new AtomicReferenceArray<>(SLOTS);
    /** Guards what is taken. Always locked before the one above. */
    private final Object lock = new Object();

    /** A ledger with the usual floor. */
    AttemptBudget(GatewayClock clock) {
        this(clock, WINDOW_SECONDS * FLOOR_PER_SECOND);
    }

    /** @param floor what may be taken in each window without any request having added to it */
    AttemptBudget(GatewayClock clock, int floor) {
        this(clock, floor, null);
    }

    /** A ledger under {@code above}, with the same floor. */
    AttemptBudget(GatewayClock clock, AttemptBudget above) {
        this(clock, above.floor, above);
    }

    private AttemptBudget(GatewayClock clock, long floor, @Nullable AttemptBudget above) {
        this.clock = clock;
        this.floor = floor;
        this.startNanos = clock.nanoTime();
        this.above = above;
    }

    /** What may cause {@code share} extra attempts, 0 or more, has happened. */
    void add(double share) {
        if (share > 0) {
            Second second = at(now());
            if (second != null) {
                second.added.add((long) (share * WHOLE));
            }
            if (above != null) {
                above.add(share);
            }
        }
    }

    /** Takes one extra attempt, if there is one. */
    boolean tryTake() {
        return tryTakeLeaving(0);
    }

    /** Takes one extra attempt for speed only, if enough are left for requests that would fail: most of the floor. */
    boolean tryTakeUnlessScarce() {
        return tryTakeLeaving(SCARCE);
    }

    private boolean tryTakeLeaving(long left) {
        synchronized (lock) {
            long now = now();
            Second second = at(now);
            if (second == null
                    || room(now) - (left > 0 ? expiring(now) : 0) < (left + 1) * WHOLE
                    || (above != null && !above.tryTakeLeaving(left))) {
                return false;
            }
            second.taken++;
            return true;
        }
    }

    /** How many extra attempts could be taken now. */
    long left() {
        synchronized (lock) {
            long own = Math.max(0, room(now()) / WHOLE);
            return above == null ? own : Math.min(own, above.left());
        }
    }

    private long room(long now) {
        long room = floor * WHOLE;
        for (int i = 0; i < SLOTS; i++) {
            Second second = seconds.get(i);
            if (second != null && second.number > now - WINDOW_SECONDS && second.number <= now) {
                room += second.left();
            }
        }
        return room;
    }

    /** What there will be less at the end of this second: what is left to others is to last longer than that. */
    private long expiring(long now) {
        Second oldest = seconds.get((int) ((now + SLOTS - WINDOW_SECONDS + 1) % SLOTS));
        boolean counts = oldest != null && oldest.number == now - WINDOW_SECONDS + 1;
        return counts ? Math.max(0, oldest.left()) : 0;
    }

    /** The slot of this second; null if it is over for so long that its slot is another's. */
    private @Nullable Second at(long number) {
        int slot = (int) (number % SLOTS);
        while (true) {
            Second second = seconds.get(slot);
            if (second != null && second.number == number) {
                return second;
            }
            if (second != null && second.number > number) {
                return null;
            }
            Second fresh = new Second(number);
            if (seconds.compareAndSet(slot, second, fresh)) {
                return fresh;
            }
        }
    }

    private long now() {
        return (clock.nanoTime() - startNanos) / SECOND_NANOS;
    }

    private static final class Second {
        final long number;
        final LongAdder added = new LongAdder();
        /** Guarded by the ledger's lock. */
        long taken;

        Second(long number) {
            this.number = number;
        }

        long left() {
            return added.sum() - taken * WHOLE;
        }
    }
}
