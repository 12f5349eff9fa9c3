package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** See {@link Selectors#roundRobin()}. Without weights it takes no lock. */
final class RoundRobin implements BackendSelector {
    /**
     * One turn for each that is listed first: groups, and parts of a group such as its zones, have no member in common, and
     * a turn shared by two of them that are asked alternately would never come to some.
     */
    private final ConcurrentMap<Backend, Turn> turns = new ConcurrentHashMap<>();

    @Override
    public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
        List<Backend> available = new ArrayList<>(backends.size());
        Listed.append(available, backends, true);
        List<Backend> ranked = new ArrayList<>(backends.size());
        if (!available.isEmpty()) {
            int first = turn(backends.get(0).backend()).first(available);
            ranked.addAll(available.subList(first, available.size()));
            ranked.addAll(available.subList(0, first));
        }
        Listed.append(ranked, backends, false);
        return ranked;
    }

    @Override
    public void onChange(String group, List<Backend> backends) {
        Set<Backend> left = Set.copyOf(backends);
        turns.keySet().removeIf(first -> first.group().equals(group) && !left.contains(first));
    }

    /** How many turns it keeps. */
    int turns() {
        return turns.size();
    }

    private Turn turn(Backend first) {
        Turn turn = turns.get(first);
        return turn != null ? turn : turns.computeIfAbsent(first, backend -> new Turn());
    }

    @Override
    public String toString() {
        return "round-robin";
    }

    /** Whose turn it is in a group, or in a part of it. */
    private static final class Turn {
        private final AtomicInteger next = new AtomicInteger();
        private final Map<Backend, Integer> credits = new HashMap<>();

        int first(List<Backend> available) {
            int weight = available.get(0).weight();
            return available.stream().allMatch(backend -> backend.weight() == weight)
                    ? Math.floorMod(next.getAndIncrement(), available.size())
                    : byWeight(available);
        }

        /**
         * Everybody gains credit by his weight, and the richest pays what all have gained: turns in the right shares, and
         * spread as evenly as these allow, as in nginx.
         */
        private synchronized int byWeight(List<Backend> available) {
            credits.keySet().retainAll(available); // who comes back begins anew
            int total = 0;
            int richest = 0;
            int most = Integer.MIN_VALUE;
            for (int i = 0; i < available.size(); i++) {
                Backend backend = available.get(i);
                int credit = credits.merge(backend, backend.weight(), Integer::sum);
                total += backend.weight();
                if (credit > most) {
                    most = credit;
                    richest = i;
                }
            }
            credits.put(available.get(richest), most - total);
            return richest;
        }
    }
}
