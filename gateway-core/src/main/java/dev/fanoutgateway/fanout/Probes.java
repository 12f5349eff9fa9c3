package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The health checks of a group: asks each of its backends again and again, and tells the roster. Runs on the clock's
 * threads until it is closed.
 */
public final class Probes implements AutoCloseable {
    private final List<Probe> probes;

    private Probes(List<Probe> probes) {
        this.probes = probes;
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
        List<Probe> probes = backends.stream()
                .map(backend -> new Probe(health, backend, roster, headers, client, clock, random))
                .toList();
        probes.forEach(Probe::start);
        return new Probes(probes);
    }

    /** Ends the checks; those under way are cut off. */
    @Override
    public void close() {
        probes.forEach(Probe::close);
    }
}
