package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.GatewayRequest;
import java.util.List;
import java.util.Optional;

/**
 * Decides whom to ask, and in which order.
 *
 * <p>Called on the request's thread, by any number of threads at once; must not block. If it throws or returns nothing
 * usable, the backends are asked in the order they are listed.
 */
public interface BackendSelector {
    /** The candidates, best first; a strategy asks one, some or all of them. */
    List<Backend> plan(GatewayRequest request, List<BackendStatus> backends);

    /** As the other method, for selectors that want to know more of a request; this one is the one that is called. */
    default List<Backend> plan(Demand demand, List<BackendStatus> backends) {
        return plan(demand.request(), backends);
    }

    /** Told what became of every attempt, after the caller has its answer or while it waits; must be quick. */
    default void onOutcome(AttemptOutcome outcome) {}

    /** As the other method, for selectors that want to know for what it was; this one is the one that is called. */
    default void onOutcome(Demand demand, AttemptOutcome outcome) {
        onOutcome(outcome);
    }

    /**
     * Told that a group has other backends from now on, and once more when the attempts at those that left are over: what
     * is known of any other backend of this group can be forgotten. Calls of {@link #plan} may still come with backends that
     * have left, and outcomes too.
     */
    default void onChange(String group, List<Backend> backends) {}

    /**
     * What is wanted.
     *
     * @param request as it is forwarded, without any credential of the gateway's own
     * @param route the route that it takes, as its pattern
     * @param caller who wants it; empty if not known. Where callers share a flight, the one who began it
     */
    record Demand(GatewayRequest request, String route, Optional<Caller> caller) {}
}
