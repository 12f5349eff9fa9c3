package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The health checks of a group: asks each of its backends again and again, and tells the roster. Runs on the clock's
 * threads until it is closed. Safe for use by any thread.
 */
public final class Probes implements AutoCloseable {
    private final Health health;
    private final Supplier<Roster> roster;
    private final Headers headers;
    private final BackendClient client;
    private final GatewayClock clock;
    private final RandomGenerator random;

    /** Guards what follows. */
    private final Object lock = new Object();

    private final Map<Backend, Probe> probes = new HashMap<>();
    private boolean closed;

    private Probes(
            Health health,
            Supplier<Roster> roster,
            Headers headers,
            BackendClient client,
            GatewayClock clock,
            RandomGenerator random) {
        this.health = health;
        this.roster = roster;
        this.headers = headers;
        this.client = client;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Begins to check. The first check of each backend comes at a random moment of the first interval.
     *
     * @param headers sent with every check, as with every other call to these backends
     * @param random for the jitter; used by one thread at a time
     */
    public static Probes start(
            Health health,
            List<Backend> backends,
            Roster roster,
            Headers headers,
            BackendClient client,
            GatewayClock clock,
            RandomGenerator random) {
        return start(health, backends, () -> roster, headers, client, clock, random);
    }

    /**
     * Begins to check, as the other method, a group that may change.
     *
     * @param roster the group's latest
     */
    public static Probes start(
            Health health,
            List<Backend> backends,
            Supplier<Roster> roster,
            Headers headers,
            BackendClient client,
            GatewayClock clock,
            RandomGenerator random) {
        Probes probes = new Probes(health, roster, headers, client, clock, random);
        backends.forEach(backend -> probes.added(backend).start());
        return probes;
    }

    /** The group has these backends from now on. Those that join are checked at once, those that leave not any more. */
    public void change(List<Backend> backends) {
        Set<Backend> now = new HashSet<>(backends);
        List<Probe> ended = new ArrayList<>();
        List<Probe> begun = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            probes.forEach((backend, probe) -> {
                if (!now.contains(backend)) {
                    ended.add(probe);
                }
            });
            probes.keySet().retainAll(now);
            for (Backend backend : backends) {
                if (!probes.containsKey(backend)) {
                    begun.add(added(backend));
                }
            }
        }
        ended.forEach(Probe::close);
        begun.forEach(Probe::startAtOnce);
    }

    private Probe added(Backend backend) {
        Probe probe = new Probe(health, backend, roster, headers, client, clock, random);
        synchronized (lock) {
            probes.put(backend, probe);
        }
        return probe;
    }

    /** Ends the checks; those under way are cut off. */
    @Override
    public void close() {
        List<Probe> all;
        synchronized (lock) {
            closed = true;
            all = List.copyOf(probes.values());
            probes.clear();
        }
        all.forEach(Probe::close);
    }
}
