package dev.fanoutgateway;

/** Whether a route wants a key. */
public enum Auth {
    /** No valid key: 401. */
    REQUIRED,
    /** A valid key counts, a wrong one is refused, none at all is let in without a plan. */
    OPTIONAL,
    /**
     * Keys are not looked at. {@code X-API-Key} and {@code api_key} are still removed; {@code Authorization} is the
     * backend's own on such a route and is passed on.
     */
    NONE
}
