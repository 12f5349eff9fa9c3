package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.GroupLoad;
import dev.fanoutgateway.fanout.Probes;
import dev.fanoutgateway.fanout.Roster;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends of a group as they are now. A request takes the roster of the moment and keeps it to its end, so that a change
 * disturbs nothing that is under way; what is left of a backend that has left is let go of when its last attempt is over. Safe
 * for use by any thread.
 */
final class Members implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FanoutGateway.class);
    private static final long DRAIN_LOOK_NANOS = 1_000_000_000;

    private final BackendGroup group;
    private final GroupLoad load;
    private final Guarded selectorGuard;
    private final Fanout fanout;
    private final GatewayClock clock;

    private volatile Roster roster;
    private volatile @Nullable Probes probes;

    /** Guards what follows. */
    private final Object lock = new Object();

    /** Those that have left, and whether nothing was under way there when that was last looked at. */
    private final Map<Backend, Boolean> draining = new LinkedHashMap<>();

    private GatewayClock.@Nullable Timer drainLook;
    private boolean closed;

    Members(
            BackendGroup group,
            GroupLoad load,
            Guarded selectorGuard,
            Fanout fanout,
            GatewayClock clock,
            Consumer<DevMessage> messages) {
        this.group = group;
        this.load = load;
        this.selectorGuard = selectorGuard;
        this.fanout = fanout;
        this.clock = clock;
        this.roster = new Roster(group.backends(), group.maxConcurrent(), group.ejection(), clock, messages);
    }

    Roster roster() {
        return roster;
    }

    /** Backends that join are to be checked by {@code checks} from now on. */
    void probedBy(Probes checks) {
        probes = checks;
    }

    /** The group has these backends from now on. Called by one thread at a time. */
    void change(List<Backend> now) {
        Roster before = roster;
        List<Backend> known = before.backends();
        if (same(known, now)) {
            return;
        }
        roster = before.changedTo(now, group.health() != null && !known.isEmpty());
        load.backends(now.size());
        Probes checks = probes;
        if (checks != null) {
            checks.change(now);
        }
        Set<Backend> left = new LinkedHashSet<>(known);
        now.forEach(left::remove);
        LOG.info(
                "group '{}' has {} backends now, and {} have left: {}",
                group.name(),
                now.size(),
                left.size(),
                ids(now));
        tellSelector();
        drain(left);
    }

    private static boolean same(List<Backend> before, List<Backend> now) {
        if (before.size() != now.size()) {
            return false;
        }
        for (int i = 0; i < now.size(); i++) {
            if (!before.get(i).sameAs(now.get(i))) {
                return false;
            }
        }
        return true;
    }

    private void tellSelector() {
        List<Backend> now = roster.backends();
        selectorGuard.now(
                () -> {
                    group.selector().onChange(group.name(), now);
                    return Boolean.TRUE;
                },
                failure -> Boolean.FALSE);
    }

    private void drain(Collection<Backend> left) {
        synchronized (lock) {
            left.forEach(backend -> draining.put(backend, false));
            if (draining.isEmpty() || drainLook != null || closed) {
                return;
            }
            drainLook = clock.schedule(DRAIN_LOOK_NANOS, this::lookAtDraining);
        }
    }

    /**
     * Lets go of those at which nothing is under way, and was not at the last look either: an attempt's outcome is told a
     * little after its end.
     */
    private void lookAtDraining() {
        Set<Backend> present = Set.copyOf(roster.backends());
        List<Backend> drained = new ArrayList<>();
        synchronized (lock) {
            drainLook = null;
            draining.keySet().removeAll(present); // they are back
            draining.replaceAll((backend, idle) -> {
                boolean idleNow = fanout.inFlight(backend) == 0;
                if (idle && idleNow) {
                    drained.add(backend);
                }
                return idleNow;
            });
            drained.forEach(draining::remove);
        }
        if (!drained.isEmpty()) {
            drained.forEach(fanout::forget);
            LOG.info("group '{}': nothing is under way any more at {}", group.name(), ids(drained));
            tellSelector();
        }
        drain(List.of());
    }

    /** How many have left and are not let go of yet. */
    int draining() {
        synchronized (lock) {
            return draining.size();
        }
    }

    private static List<String> ids(List<Backend> backends) {
        return backends.stream().map(Backend::id).toList();
    }

    /** Waits for no drained backend any more. */
    @Override
    public void close() {
        GatewayClock.Timer waiting;
        synchronized (lock) {
            closed = true;
            waiting = drainLook;
        }
        if (waiting != null) {
            waiting.cancel();
        }
    }
}
