package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The embedded ways to put backends in order. Whatever the order, available backends come before the others. */
public final class Selectors {
    private Selectors() {}

    /** In the order they are listed: the first is preferred. */
    public static BackendSelector listed() {
        return Listed.INSTANCE;
    }

    /** Each available backend of a group in turn; those that follow it in the list are next in rank. */
    public static BackendSelector roundRobin() {
        return new RoundRobin();
    }

    /** The available backends, the one at {@code turn} first (modulo their number), then the others as listed. */
    private static List<Backend> ranked(List<BackendStatus> backends, int turn) {
        List<Backend> ranked = new ArrayList<>(backends.size());
        int available = 0;
        for (BackendStatus status : backends) {
            available += status.available() ? 1 : 0;
        }
        int skipped = available == 0 ? 0 : Math.floorMod(turn, available);
        append(ranked, backends, skipped, available);
        append(ranked, backends, 0, skipped);
        for (BackendStatus status : backends) {
            if (!status.available()) {
                ranked.add(status.backend());
            }
        }
        return ranked;
    }

    private static void append(List<Backend> ranked, List<BackendStatus> backends, int from, int to) {
        int index = 0;
        for (BackendStatus status : backends) {
            if (status.available()) {
                if (index >= from && index < to) {
                    ranked.add(status.backend());
                }
                index++;
            }
        }
    }

    private enum Listed implements BackendSelector {
        INSTANCE;

        @Override
        public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
            return ranked(backends, 0);
        }

        @Override
        public String toString() {
            return "listed";
        }
    }

    private static final class RoundRobin implements BackendSelector {
        /** One turn per group: a turn shared by two groups that are asked alternately would never move on for either. */
        private final ConcurrentMap<String, AtomicInteger> turns = new ConcurrentHashMap<>();

        @Override
        public List<Backend> plan(GatewayRequest request, List<BackendStatus> backends) {
            return backends.isEmpty()
                    ? List.of()
                    : ranked(backends, nextTurn(backends.get(0).backend().group()));
        }

        private int nextTurn(String group) {
            AtomicInteger turn = turns.get(group);
            if (turn == null) {
                turn = turns.computeIfAbsent(group, name -> new AtomicInteger());
            }
            return turn.getAndIncrement();
        }

        @Override
        public String toString() {
            return "round-robin";
        }
    }
}
