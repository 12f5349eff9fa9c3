package dev.fanoutgateway.spi;

/**
 * Watches the gateway, for metrics, traces and access logs. Called on the request's threads; must be quick and must not
 * block. What it throws is logged and changes nothing.
 */
public interface GatewayObserver {
    /** A request has its answer, or was abandoned. */
    default void onRequest(RequestRecord request) {}

    /** An attempt is over. Losers' outcomes may come after their request's record. */
    default void onAttempt(AttemptOutcome outcome) {}

    /** A route with an adaptive strategy has changed the way it asks. */
    default void onStrategyStep(StrategyStep step) {}

    /** A message for the developers was made, before equal ones are collapsed. */
    default void onMessage(DevMessage message) {}
}
