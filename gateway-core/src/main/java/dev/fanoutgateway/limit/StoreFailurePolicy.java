package dev.fanoutgateway.limit;

/** What the gateway does when a limiter fails or is late, such as one whose store is down. */
public enum StoreFailurePolicy {
    /** Requests are admitted without limit: availability above fairness. No credits are charged. */
    OPEN,
    /** Requests are refused with 503: the limits protect something that must not be overrun. */
    CLOSED,
    /**
     * Each gateway holds callers to their limits by itself, in memory, as long as it lasts. With n gateways a caller may
     * get up to n times its limits; credits that are spent meanwhile are not carried over to the store.
     */
    LOCAL
}
