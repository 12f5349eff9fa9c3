package dev.fanoutgateway.fanout;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.fanout.Experience.Estimate;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** See {@link Selectors#learned()}. */
final class Learned implements BackendSelector {
    private static final long MOST_EXPERIENCES = 10_000;
    private static final int ONE_IN = 64;

    /** Of a backend of which nothing is known. */
    private static final Estimate UNKNOWN = new Estimate(0.5, TimeUnit.MILLISECONDS.toNanos(100));

    private final RandomGenerator random;

    /** By a hash of route and path: what a client can make up takes no more room than what he cannot. */
    private final Cache<Long, Experience> experiences = Caffeine.newBuilder()
            .maximumSize(MOST_EXPERIENCES)
            .executor(Runnable::run)
            .build();

    Learned(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        return plan(new Demand(request, "", Optional.empty()), backends);
    }

    @Override
    public List<Backend> plan(Demand demand, List<BackendStatus> backends) {
        long[] levels = levels(demand);
        List<@Nullable Experience> known = new ArrayList<>(levels.length);
        for (long level : levels) {
            known.add(experiences.getIfPresent(level));
        }
        List<Scored> scored = new ArrayList<>(backends.size());
        for (BackendStatus status : backends) {
            if (status.available()) {
                scored.add(new Scored(status.backend(), score(status.backend(), known)));
            }
        }
        scored.sort(Comparator.comparingDouble(Scored::score).reversed());
        explore(scored);
        List<Backend> ranked = new ArrayList<>(backends.size());
        scored.forEach(each -> ranked.add(each.backend()));
        Listed.append(ranked, backends, false);
        return ranked;
    }

    @Override
    public void onOutcome(AttemptOutcome outcome) {
        // without the request there is nothing to learn
    }

    @Override
    public void onOutcome(Demand demand, AttemptOutcome outcome) {
        if (outcome.wasMade()) {
            for (long level : levels(demand)) {
                experiences.get(level, key -> new Experience()).learn(outcome);
            }
        }
    }

    @Override
    public void onChange(String group, List<Backend> backends) {
        Set<Backend> left = Set.copyOf(backends);
        experiences.asMap().values().forEach(experience -> experience.keep(group, left));
    }

    /** How many backends it has experience of, counted for each route and path. */
    int tallies() {
        return experiences.asMap().values().stream()
                .mapToInt(Experience::backends)
                .sum();
    }

    /** How many routes and paths it remembers. */
    long remembered() {
        experiences.cleanUp();
        return experiences.estimatedSize();
    }

    private static double score(Backend backend, List<@Nullable Experience> known) {
        Estimate estimate = UNKNOWN;
        for (Experience experience : known) {
            if (experience != null) {
                estimate = experience.refined(estimate, backend);
            }
        }
        return backend.weight() * estimate.acceptable() / (estimate.nanos() + 1);
    }

    /** Puts somebody else first now and then. */
    private void explore(List<Scored> scored) {
        if (scored.size() > 1 && random.nextInt(ONE_IN) == 0) {
            int other = 1 + random.nextInt(scored.size() - 1);
            scored.add(0, scored.remove(other));
        }
    }

    /** The route, what is above the last segment of the path, and the path. */
    private static long[] levels(Demand demand) {
        long route = Hash.of(demand.route());
        String path = demand.request().path();
        String above = path.substring(0, path.lastIndexOf('/') + 1);
        return new long[] {route, Hash.mixed(route ^ Hash.of(above)), Hash.mixed(route ^ Hash.of("=" + path))};
    }

    @Override
    public String toString() {
        return "learned";
    }

    /** A backend and the acceptable answers to be expected for a time. */
    private record Scored(Backend backend, double score) {}
}
