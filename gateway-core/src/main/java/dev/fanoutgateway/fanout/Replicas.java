package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of a group at one moment, in its order. Which there are does not change. A backend is as it is at this moment;
 * its replica may have been made when it had another weight or zone.
 */
final class Replicas {
    private final Map<Backend, Replica> all = new LinkedHashMap<>();

    private Replicas() {}

    static Replicas of(List<Backend> backends, Ejection ejection) {
        Replicas replicas = new Replicas();
        backends.forEach(backend -> replicas.all.put(backend, new Replica(backend, ejection, false)));
        return replicas;
    }

    /** Those of {@code backends}, with what is known here of those that were here already. */
    Replicas changedTo(List<Backend> backends, Ejection ejection, boolean onProbation) {
        Replicas after = new Replicas();
        for (Backend backend : backends) {
            Replica known = all.get(backend);
            after.all.put(
                    backend,
                    known != null && known.isAt(backend) ? known : new Replica(backend, ejection, onProbation));
        }
        return after;
    }

    /** Those that are not in {@code after}. */
    List<Replica> missingIn(Replicas after) {
        List<Replica> missing = new ArrayList<>();
        all.forEach((backend, replica) -> {
            if (after.all.get(backend) != replica) {
                missing.add(replica);
            }
        });
        return missing;
    }

    int size() {
        return all.size();
    }

    List<Backend> backends() {
        return List.copyOf(all.keySet());
    }

    @Nullable
    Replica get(Backend backend) {
        return all.get(backend);
    }

    /** How each is doing. If none is available, all are: better any than none. */
    List<BackendStatus> statuses(ToIntFunction<Backend> inFlight, long now) {
        boolean none = true;
        List<BackendStatus> statuses = new ArrayList<>(all.size());
        for (Map.Entry<Backend, Replica> entry : all.entrySet()) {
            Condition condition = entry.getValue().condition;
            boolean available = condition.good() || condition.mayBeTried(now);
            none &= !available;
            statuses.add(new BackendStatus(entry.getKey(), inFlight.applyAsInt(entry.getKey()), available));
        }
        if (none) {
            statuses.replaceAll(status -> new BackendStatus(status.backend(), status.inFlight(), true));
        }
        return statuses;
    }

    boolean nobodyIsGood() {
        for (Replica replica : all.values()) {
            if (replica.condition.good()) {
                return false;
            }
        }
        return true;
    }

    /** How many besides {@code replica} are not in good health. */
    int outBesides(Replica replica) {
        int out = 0;
        for (Replica other : all.values()) {
            out += other != replica && !other.condition.good() ? 1 : 0;
        }
        return out;
    }

    /** Whether another one than {@code replica} serves as far as is known: of those that were not asked yet, nothing is. */
    boolean othersServe(Replica replica) {
        for (Replica other : all.values()) {
            if (other != replica && other.condition.good() && other.failures.lastSucceeded()) {
                return true;
            }
        }
        return false;
    }
}
