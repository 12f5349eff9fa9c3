package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.GatewayRequest;
import java.util.List;

/**
 * Decides whom to ask, and in which order.
 *
 * <p>Called on the request's thread, by any number of threads at once; must not block. If it throws or returns nothing
 * usable, the backends are asked in the order they are listed.
 */
public interface BackendSelector {
    /** The candidates, best first; a strategy asks one, some or all of them. */
    List<Backend> plan(GatewayRequest request, List<BackendStatus> backends);

    /** Told what became of every attempt, after the caller has its answer or while it waits; must be quick. */
    default void onOutcome(AttemptOutcome outcome) {}
}
