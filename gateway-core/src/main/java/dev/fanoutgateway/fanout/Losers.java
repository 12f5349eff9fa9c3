package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of attempts that have lost. A call over HTTP/1.1 that is cut costs its connection, and the next one has to make
 * another: more work than to read an answer that is on its way. So a loser may end by itself, for a short time, in the
 * background; it takes room at its backend as long, and its answer is thrown away. Safe for use by any thread.
 */
final class Losers {
    static final Duration DRAIN_TIME = Duration.ofMillis(50);
    /** Each holds a thread. */
    static final int MOST_AT_ONCE = 256;

    private static final long MOST_BYTES = 64 << 10;

    private final GatewayClock clock;
    private final InFlight inFlight;
    private final long drainNanos;
    private final Semaphore room = new Semaphore(MOST_AT_ONCE);
    private final Set<Draining> underWay = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param drainNanos how long a loser may go on; 0 for not at all */
    Losers(GatewayClock clock, InFlight inFlight, long drainNanos) {
        this.clock = clock;
        this.inFlight = inFlight;
        this.drainNanos = drainNanos;
    }

    /** @param mayDrain whether nobody waits for the thread on which it runs */
    void leave(Attempt attempt, boolean mayDrain) {
        Call call = attempt.call;
        if (call != null && mayDrain && drainNanos > 0 && room.tryAcquire()) {
            if (drains(call)) {
                new Draining(call, attempt.backend).begin();
                return;
            }
            room.release();
        }
        if (call != null) {
            cut(call);
        }
        inFlight.exit(attempt.backend);
    }

    /** Cuts those that drain; none will from now on. */
    void close() {
        closed = true;
        underWay.forEach(Draining::end);
    }

    static void cut(Call call) {
        try {
            call.cancel();
        } catch (Throwable failure) {
            Fanout.LOG.warn("A backend client failed to cancel a call", failure);
        }
    }

    private static boolean drains(Call call) {
        try {
            return call.tryDrain(MOST_BYTES);
        } catch (Throwable failure) {
            Fanout.LOG.warn("A backend client failed to drain a call", failure);
            return false;
        }
    }

    /** One that drains. */
    private final class Draining {
        private final Call call;
        private final Backend backend;
        private volatile @Nullable Timer timer;

        Draining(Call call, Backend backend) {
            this.call = call;
            this.backend = backend;
        }

        void begin() {
            underWay.add(this);
            try {
                timer = clock.schedule(drainNanos, this::end);
                call.reply().whenComplete((reply, failure) -> over());
            } catch (Throwable failure) {
                Fanout.LOG.warn("An attempt that has lost could not be left to end by itself", failure);
                end();
            }
            if (closed) {
                end();
            }
        }

        /** Gives its room back even if the client never tells that it is over. */
        void end() {
            cut(call);
            over();
        }

        private void over() {
            if (underWay.remove(this)) {
                Timer set = timer;
                if (set != null) {
                    set.cancel();
                }
                room.release();
                inFlight.exit(backend);
            }
        }
    }
}
