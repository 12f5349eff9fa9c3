package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.GatewayClock;

/**
 * The embedded ways to put backends in order. Whatever the order, available backends come before the others. Each is safe
 * for use by any thread and may serve several groups at once; those that learn, learn from the outcome of every attempt.
 */
public final class Selectors {
    private Selectors() {}

    /** In the order they are listed: the first is preferred. Weights are of no account. */
    public static BackendSelector listed() {
        return Listed.INSTANCE;
    }

    /**
     * Each available backend of a group in turn, one with twice the weight twice as often; those that follow it in the list
     * are next in rank.
     */
    public static BackendSelector roundRobin() {
        return new RoundRobin();
    }

    /**
     * Of two drawn by weight, the one with fewer attempts under way for its weight; and so on for the next ranks. Drawing
     * two keeps many gateways from running to the same backend (Mitzenmacher, The Power of Two Choices in Randomized Load
     * Balancing, 2001).
     */
    public static BackendSelector leastLoaded() {
        return new LeastLoaded(Dice.any());
    }

    /** As {@link #leastLoaded()}, with draws that depend on {@code seed} alone; for tests and simulations. */
    public static BackendSelector leastLoaded(long seed) {
        return new LeastLoaded(Dice.seeded(seed));
    }

    /**
     * Of two drawn by weight, the one that promises to answer sooner: its peak-sensitive moving average of the time per
     * attempt, times the attempts under way there. Quick to believe that a backend has become slow, slow (about 10 s) to
     * forget it; after Finagle's peak-EWMA balancer. A failure counts as twice the time that was expected, and an attempt
     * that was cut off as a time that it took at least, so that neither a backend that refuses at once nor one that hangs
     * looks fast.
     */
    public static BackendSelector fastest() {
        return new Fastest(System::nanoTime, Dice.any());
    }

    /** As {@link #fastest()} on another clock, with draws that depend on {@code seed} alone. */
    public static BackendSelector fastest(GatewayClock clock, long seed) {
        return new Fastest(clock::nanoTime, Dice.seeded(seed));
    }

    /**
     * The same backend for the same path while it is available and not overloaded, so that its caches stay warm. Rendezvous
     * hashing: when a backend goes, only its own paths move, to all others alike, by weight (Thaler and Ravishankar, 1998);
     * one that has more than 1.25 times its share of the attempts under way is passed over (Mirrokni, Thorup and
     * Zadimoghaddam, Consistent Hashing with Bounded Loads, 2016). The query is of no account.
     */
    public static BackendSelector consistentHashByPath() {
        return new ConsistentHash(demand -> demand.request().path(), "consistent-hash by path");
    }

    /** As {@link #consistentHashByPath()}, by the caller; by the client's address where the caller is not known. */
    public static BackendSelector consistentHashByCaller() {
        return new ConsistentHash(
                demand -> demand.caller()
                        .map(caller -> "caller " + caller.id())
                        .orElseGet(() -> "address " + demand.request().clientAddress()),
                "consistent-hash by caller");
    }

    /**
     * The one first that is likeliest to have an acceptable answer for the time it takes: learns for each route, the path
     * above the last segment and the whole path, from the special to the general, how often each backend had an acceptable
     * answer and how long attempts took. Asked one after the other in the order of probability over time, they take the
     * least time to an acceptable answer on average (Smith's ratio rule, 1956). About one request in 64 is put to another
     * backend first, to learn. Remembers 10,000 routes and paths, and about the last 32 attempts for each.
     */
    public static BackendSelector learned() {
        return new Learned(Dice.any());
    }

    /** As {@link #learned()}, with draws that depend on {@code seed} alone; for tests and simulations. */
    public static BackendSelector learned(long seed) {
        return new Learned(Dice.seeded(seed));
    }

    /**
     * Backends of {@code zone} before all others, each in the order of {@code within}. While less than about 70 % of the
     * zone's weight is available, the part of the requests that it cannot take begins elsewhere; the same overprovisioning
     * factor of 1.4 as Envoy's. Each backend's share of the requests that begin in the zone, and of those that begin elsewhere,
     * is the one that {@code within} gives it; with {@link #roundRobin()} exactly.
     *
     * @param zone where this gateway stands; see {@link dev.fanoutgateway.spi.Backend#zone()}
     * @param within asked twice for a request, with the backends of the zone and with all others. If it keeps a state of its
     *     own that moves on when it is asked, it should keep one for each of the two
     */
    public static BackendSelector preferZone(String zone, BackendSelector within) {
        return new ZonePreference(zone, within, Dice.any());
    }

    /** As {@link #preferZone(String, BackendSelector)}, with draws that depend on {@code seed} alone. */
    public static BackendSelector preferZone(String zone, BackendSelector within, long seed) {
        return new ZonePreference(zone, within, Dice.seeded(seed));
    }
}
