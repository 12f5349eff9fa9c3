package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** See {@link Selectors#consistentHashByPath()}. */
final class ConsistentHash implements BackendSelector {
    private static final double MOST_OF_SHARE = 1.25;

    /** So few attempts under way are no load, whatever the others have. */
    private static final int NO_LOAD = 4;

    private static final Comparator<Scored> BEST_FIRST = Comparator.comparingInt(Scored::rank)
            .thenComparing(Comparator.comparingDouble(Scored::score).reversed());

    private final Function<Demand, String> key;
    private final String name;

    ConsistentHash(Function<Demand, String> key, String name) {
        this.key = key;
        this.name = name;
    }

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        return plan(new Demand(request, "", Optional.empty()), backends);
    }

    @Override
    public List<Backend> plan(Demand demand, List<BackendStatus> backends) {
        long hash = Hash.of(key.apply(demand));
        long weight = 0;
        long inFlight = 1; // this request's
        for (BackendStatus status : backends) {
            if (status.available()) {
                weight += status.backend().weight();
                inFlight += status.inFlight();
            }
        }
        List<Scored> scored = new ArrayList<>(backends.size());
        for (BackendStatus status : backends) {
            Backend backend = status.backend();
            double most = Math.ceil(MOST_OF_SHARE * inFlight * backend.weight() / weight);
            boolean room = status.inFlight() < Math.max(most, NO_LOAD);
            int rank = !status.available() ? 2 : room ? 0 : 1;
            scored.add(new Scored(backend, rank, score(hash, backend)));
        }
        scored.sort(BEST_FIRST);
        return scored.stream().map(Scored::backend).toList();
    }

    /** Weighted rendezvous: the greatest of -w/ln(u) falls to each backend in proportion to its weight. */
    private static double score(long key, Backend backend) {
        return -backend.weight() / Math.log(Hash.fraction(Hash.mixed(key ^ Hash.of(backend.id()))));
    }

    @Override
    public String toString() {
        return name;
    }

    /** A backend's rank (0 with room, 1 without, 2 unavailable) and its score for a key. */
    private record Scored(Backend backend, int rank, double score) {}
}
