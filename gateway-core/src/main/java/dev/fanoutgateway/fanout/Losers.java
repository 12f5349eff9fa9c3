package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What becomes of attempts that have lost. A call over HTTP/1.1 that is cut costs its connection, and the next one has to make
 * another: more work than to read an answer that is on its way. So a loser may end by itself, for a short time, in the
 * background; its answer is thrown away. It counts at its backend as long, but gives way to an attempt for which there is no
 * room otherwise. Safe for use by any thread.
 */
final class Losers {
    static final Duration DRAIN_TIME = Duration.ofMillis(50);
    /** Each holds a thread. */
    static final int MOST_AT_ONCE = 256;
    /** So that one that hangs does not take most of it. */
    static final int MOST_AT_ONE_BACKEND = MOST_AT_ONCE / 4;

    private static final long MOST_BYTES = 64 << 10;

    final GatewayClock clock;
    final InFlight inFlight;
    final long drainNanos;

    /** Guards what is beneath. Nobody is called with it. */
    private final Object lock = new Object();

    /** Those that drain, by backend; the oldest first. */
    private final Map<Backend, Set<Draining>> underWay = new HashMap<>();

    private int count;
    private boolean closed;

    /** @param drainNanos how long a loser may go on; 0 for not at all */
    Losers(GatewayClock clock, InFlight inFlight, long drainNanos) {
        this.clock = clock;
        this.inFlight = inFlight;
        this.drainNanos = drainNanos;
    }

    /** @param mayDrain whether nobody waits for the thread on which it runs */
    void leave(Attempt attempt, boolean mayDrain, Fanout.Plan plan, Consumer<Throwable> acceptorFailures) {
        Call call = attempt.call;
        if (call != null && mayDrain) {
            LateTrial trial = LateTrial.of(plan, attempt, acceptorFailures);
            Draining draining = new Draining(this, call, attempt.backend, trial);
            if ((trial != null || drainNanos > 0) && add(draining)) {
                attempt.trialGoesOn = trial != null;
                if (trial != null) {
                    draining.begin(attempt.leftNanos());
                } else if (drains(call)) {
                    draining.begin(drainNanos);
                } else {
                    draining.end();
                }
                return;
            }
        }
        if (call != null) {
            cut(call);
        }
        inFlight.exit(attempt.backend);
    }

    /**
     * Has the oldest one that drains at a backend give way to an attempt that somebody waits for: its room is the caller's
     * from now on, and it is cut when the step is carried out. False if none drains there.
     */
    boolean giveWay(Backend backend, Step step) {
        synchronized (lock) {
            Set<Draining> there = underWay.get(backend);
            if (there == null) {
                return false;
            }
            Draining oldest = there.iterator().next();
            remove(oldest);
            step.displace(oldest);
            return true;
        }
    }

    /** Cuts those that drain; none will from now on. */
    void close() {
        List<Draining> all = new ArrayList<>();
        synchronized (lock) {
            closed = true;
            underWay.values().forEach(all::addAll);
        }
        all.forEach(Draining::end);
    }

    /**
     * Whether there is room for one more that drains, which then counts. A trial has room: there is one for each backend. Who
     * finds all taken has the oldest cut at the backend that has the most, if that is more than his own has.
     */
    private boolean add(Draining draining) {
        Draining displaced = null;
        synchronized (lock) {
            if (closed) {
                return false;
            }
            Set<Draining> there = underWay.get(draining.backend());
            int alike = there == null ? 0 : there.size();
            if (!draining.isTrial() && count >= MOST_AT_ONCE) {
                Set<Draining> most = Collections.max(underWay.values(), Comparator.comparingInt(Set::size));
                if (most.size() <= alike + 1) {
                    return false;
                }
                displaced = most.iterator().next();
                remove(displaced);
            } else if (!draining.isTrial() && alike >= MOST_AT_ONE_BACKEND) {
                return false;
            }
            count++;
            underWay.computeIfAbsent(draining.backend(), backend -> new LinkedHashSet<>())
                    .add(draining);
        }
        if (displaced != null) {
            inFlight.exit(displaced.backend());
            displaced.cut();
        }
        return true;
    }

    /** It is over; false if it was already, or has given way. */
    boolean remove(Draining draining) {
        synchronized (lock) {
            Set<Draining> there = underWay.get(draining.backend());
            if (there == null || !there.remove(draining)) {
                return false;
            }
            if (there.isEmpty()) {
                underWay.remove(draining.backend());
            }
            count--;
            return true;
        }
    }

    /** Carries out what a step cuts. */
    static void cut(Step step) {
        for (Draining draining : step.displaced) {
            draining.cut();
        }
        for (Call call : step.cuts) {
            cut(call);
        }
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
}
