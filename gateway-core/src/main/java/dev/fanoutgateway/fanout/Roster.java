package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.Pass.Kind;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/**
 * The backends of a group at one moment, and who of them may be asked now: knows which are ejected, which fail their health
 * checks, and how many attempts each may have at a time. Tells the developers of every ejection and return. Safe for use by any
 * thread; while all are in good health an attempt costs a look-up and a volatile read, and a change takes a short lock.
 *
 * <p>Which backends there are does not change; when the group does, {@link #changedTo} gives another roster, which shares what
 * is known of those that stay. A race keeps the one it began with.
 */
public final class Roster {
    private final Replicas replicas;
    private final int maxConcurrent;
    private final Ejection ejection;
    private final long pauseNanos;
    private final int mostEjected;
    private final GatewayClock clock;
    private final RosterNews news;

    /** Guards every change of a condition, on all rosters of the group. Nobody is called with it. */
    private final Object lock;

    /**
     * The roster of a group, all of it in good health.
     *
     * @param backends the group
     * @param maxConcurrent how many attempts each may have at a time, 1 or more; what is more is refused, not queued
     * @param messages told of ejections and returns, with no lock held; must be quick
     */
    public Roster(
            List<Backend> backends,
            int maxConcurrent,
            Ejection ejection,
            GatewayClock clock,
            Consumer<DevMessage> messages) {
        this(
                Replicas.of(backends, ejection),
                maxConcurrent,
                ejection,
                clock,
                new RosterNews(messages, clock),
                new Object());
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException("expected 1 concurrent attempt or more, got " + maxConcurrent);
        }
    }

    private Roster(
            Replicas replicas, int maxConcurrent, Ejection ejection, GatewayClock clock, RosterNews news, Object lock) {
        this.replicas = replicas;
        this.maxConcurrent = maxConcurrent;
        this.ejection = ejection;
        this.pauseNanos = ejection.pause().toNanos();
        this.mostEjected = ejection.mostOf(replicas.size());
        this.clock = clock;
        this.news = news;
        this.lock = lock;
    }

    /**
     * The roster of the group with these backends in place of its own; this one stays as it is. To be called on the group's
     * latest roster only. Whatever trouble was told of those that leave is told to be over.
     *
     * @param onProbation whether those that join are asked only once they have passed a health check, or for want of any in
     *     good health
     */
    public Roster changedTo(List<Backend> backends, boolean onProbation) {
        Replicas after = replicas.changedTo(backends, ejection, onProbation);
        replicas.missingIn(after).forEach(this::leave);
        return new Roster(after, maxConcurrent, ejection, clock, news, lock);
    }

    /** The group, in its order. */
    public List<Backend> backends() {
        return replicas.backends();
    }

    /** How each backend is doing, in the order of the group. If none is available, all are: better any than none. */
    public List<BackendStatus> statuses(ToIntFunction<Backend> inFlight) {
        return replicas.statuses(inFlight, clock.nanoTime());
    }

    /** Whether {@code backend} is one of the group, with the URL and address that it has here. */
    public boolean knows(Backend backend) {
        Replica replica = replicas.get(backend);
        return replica != null && replica.isAt(backend);
    }

    int maxConcurrent() {
        return maxConcurrent;
    }

    /** Whether {@code backend} is asked as a matter of course: it is neither ejected nor fails its health checks. */
    public boolean isInGoodHealth(Backend backend) {
        return condition(backend).good();
    }

    /** Whether {@code backend} is not in good health, or only still asked because enough of the group are ejected. */
    boolean isKnownToFail(Backend backend) {
        Replica replica = replicas.get(backend);
        return replica != null && (!replica.condition.good() || replica.failures.tooMany());
    }

    Condition condition(Backend backend) {
        Replica replica = replicas.get(backend);
        return replica == null ? Condition.GOOD : replica.condition;
    }

    /** Whether an attempt may be made. What it comes to must be told by {@link #learn}, or {@link #returned}. */
    Pass admit(Backend backend, boolean lastResort) {
        Replica replica = replicas.get(backend);
        if (replica == null) {
            return Pass.FREE;
        }
        Condition condition = replica.condition;
        if (condition.good()) {
            return new Pass(Kind.ORDINARY, replica, condition.term());
        }
        if (lastResort || replicas.nobodyIsGood()) {
            return new Pass(Kind.FORCED, replica, condition.term());
        }
        return trial(replica);
    }

    /** An attempt was let in and then not made. */
    void returned(Pass pass) {
        Replica replica = pass.replica();
        if (pass.kind() == Kind.TRIAL && replica != null) {
            synchronized (lock) {
                if (replica.condition.term() == pass.term()) {
                    replica.condition = replica.condition.onTrial(false);
                }
            }
        }
    }

    /**
     * What an attempt has come to.
     *
     * @param hadItsTime whether a backend that did not answer could be expected to have
     */
    void learn(Pass pass, AttemptOutcome outcome, boolean hadItsTime) {
        Replica replica = pass.replica();
        if (replica == null || replica.condition.term() != pass.term()) {
            return;
        }
        VitalSign sign = VitalSign.of(outcome, hadItsTime);
        switch (pass.kind()) {
            case ORDINARY -> count(replica, pass.term(), sign, outcome);
            case TRIAL -> judgeTrial(replica, pass.term(), sign, outcome);
            case FORCED -> {
                if (sign == VitalSign.ALIVE) {
                    bringBack(replica, pass.term());
                }
            }
            case REFUSED -> {}
        }
    }

    /** What a health check has come to. */
    void probed(Backend backend, boolean passed, String detail, Health health) {
        Replica replica = replicas.get(backend);
        if (replica == null) {
            return;
        }
        boolean worthTelling;
        synchronized (lock) {
            worthTelling = replica.check(passed, health);
        }
        if (!worthTelling) {
            return;
        }
        if (passed) {
            news.passesAgain(replica);
        } else {
            news.fails(replica, detail);
        }
    }

    private void leave(Replica replica) {
        boolean ejected;
        boolean down;
        synchronized (lock) {
            replica.gone = true;
            ejected = replica.ejectionTold;
            replica.ejectionTold = false;
            down = replica.condition.down() && !replica.onProbation;
        }
        news.left(replica, ejected, down);
    }

    private Pass trial(Replica replica) {
        long now = clock.nanoTime();
        synchronized (lock) {
            Condition condition = replica.condition;
            if (condition.good()) {
                return new Pass(Kind.ORDINARY, replica, condition.term());
            }
            if (!condition.mayBeTried(now)) {
                return Pass.REFUSED;
            }
            replica.condition = condition.onTrial(true);
            return new Pass(Kind.TRIAL, replica, condition.term());
        }
    }

    private void count(Replica replica, int term, VitalSign sign, AttemptOutcome outcome) {
        if (sign == VitalSign.NONE) {
            return;
        }
        long now = clock.nanoTime();
        if (sign == VitalSign.ALIVE) {
            replica.failures.succeeded(now);
            return;
        }
        String reason = replica.failures.failed(now);
        if (reason != null && eject(replica, term, now)) {
            String title = replica + " is ejected for " + pauseNanos / 1_000_000 + " ms: " + reason;
            if (!tellEjection(replica, title, outcome)) {
                Fanout.LOG.info(title); // the whole group fails, and that is told to the developers
            }
        }
    }

    /** Ejects a backend unless it is already, or too many of its group are out. */
    private boolean eject(Replica replica, int term, long now) {
        synchronized (lock) {
            if (replica.condition.term() != term || replicas.outBesides(replica) >= mostEjected) {
                return false;
            }
            replica.condition = replica.condition.ejectedUntil(now + pauseNanos);
            replica.failures.clear();
            return true;
        }
    }

    /** Tells of an ejection, once, if another is known to serve. */
    private boolean tellEjection(Replica replica, String title, AttemptOutcome outcome) {
        if (!replicas.othersServe(replica)) {
            return false;
        }
        synchronized (lock) {
            if (replica.gone) {
                return false;
            }
            replica.ejectionTold = true;
        }
        news.ejected(replica, title, outcome.describe());
        return true;
    }

    private void judgeTrial(Replica replica, int term, VitalSign sign, AttemptOutcome outcome) {
        if (sign == VitalSign.ALIVE) {
            bringBack(replica, term);
            return;
        }
        long pause = sign == VitalSign.FAILED ? pauseNanos : pauseNanos / 10;
        long until = clock.nanoTime() + pause;
        synchronized (lock) {
            if (replica.condition.term() != term) {
                return;
            }
            replica.condition = replica.condition.pausedUntil(until);
        }
        if (sign == VitalSign.FAILED && !replica.ejectionTold) {
            tellEjection(replica, replica + " still fails, and stays ejected", outcome); // meanwhile others may serve
        }
    }

    private void bringBack(Replica replica, int term) {
        synchronized (lock) {
            if (replica.condition.term() != term || !replica.condition.ejected()) {
                return;
            }
            replica.condition = replica.condition.returned();
            replica.failures.clear();
        }
        if (replica.ejectionTold) {
            replica.ejectionTold = false;
            news.answersAgain(replica);
        }
    }
}
