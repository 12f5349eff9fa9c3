package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** See {@link Selectors#preferZone(String, BackendSelector)}. */
record ZonePreference(String zone, BackendSelector within, RandomGenerator random) implements BackendSelector {
    /** How much more than its usual work a zone can take. */
    private static final double OVERPROVISIONING = 1.4;

    ZonePreference {
        if (zone.isBlank()) {
            throw new IllegalArgumentException("expected the name of a zone such as eu-1, got '" + zone + "'");
        }
    }

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        return plan(new Demand(request, "", Optional.empty()), backends);
    }

    @Override
    public List<Backend> plan(Demand demand, List<BackendStatus> backends) {
        List<BackendStatus> near = new ArrayList<>(backends.size());
        List<BackendStatus> far = new ArrayList<>(backends.size());
        for (BackendStatus status : backends) {
            (status.backend().zone().equals(zone) ? near : far).add(status);
        }
        boolean spills = !near.isEmpty() && !far.isEmpty() && spills(near);
        List<Backend> ranked = new ArrayList<>(backends.size());
        List<Backend> unavailable = new ArrayList<>(0);
        List<BackendStatus> first = spills || near.isEmpty() ? far : near;
        List<BackendStatus> then = first == far ? near : far;
        if (!first.isEmpty()) {
            append(first, within.plan(demand, first), ranked, unavailable);
        }
        if (!then.isEmpty()) {
            append(then, standIns(demand, then), ranked, unavailable);
        }
        ranked.addAll(unavailable);
        return ranked;
    }

    @Override
    public void onOutcome(AttemptOutcome outcome) {
        within.onOutcome(outcome);
    }

    @Override
    public void onOutcome(Demand demand, AttemptOutcome outcome) {
        within.onOutcome(demand, outcome);
    }

    @Override
    public void onChange(String group, List<Backend> backends) {
        within.onChange(group, backends);
    }

    /** Whether this request is one of those that the zone cannot take. */
    private boolean spills(List<BackendStatus> near) {
        double all = 0;
        double available = 0;
        for (BackendStatus status : near) {
            int weight = status.backend().weight();
            all += weight;
            available += status.available() ? weight : 0;
        }
        double takes = OVERPROVISIONING * available / all;
        return takes < 1 && random.nextDouble() >= takes;
    }

    /**
     * Those that are asked if the others have come to nothing, mostly never. That is nobody's turn, or turns would pass unused;
     * but they must not all fall to the same one either.
     */
    private List<Backend> standIns(Demand demand, List<BackendStatus> part) {
        return within instanceof RoundRobin ? TwoChoices.ranked(part, status -> 0, random) : within.plan(demand, part);
    }

    private static void append(
            List<BackendStatus> part, List<Backend> order, List<Backend> ranked, List<Backend> unavailable) {
        for (Backend backend : order) {
            (isAvailable(part, backend) ? ranked : unavailable).add(backend);
        }
    }

    private static boolean isAvailable(List<BackendStatus> part, Backend backend) {
        return part.stream()
                .anyMatch(status -> status.available() && status.backend().equals(backend));
    }

    @Override
    public String toString() {
        return "zone " + zone + ", " + within;
    }
}
