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

    /**
     * A request was copied to a shadow, or was to be. On a thread of the shadow's, or on the request's if it was not copied.
     */
    default void onShadow(ShadowRecord copy) {}

    /**
     * Replicas' answers were compared, or were to be. On a thread of the comparison's, or on the request's if they were not.
     */
    default void onComparison(ComparisonRecord comparison) {}

    /** A message for the developers was made, before equal ones are collapsed. */
    default void onMessage(DevMessage message) {}
}
