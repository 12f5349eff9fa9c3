package dev.fanoutgateway.spi;

/**
 * A store that a plug-in stands on does not answer. Several plug-ins may stand on one store (limits, responses and keys in one
 * Redis): when it fails the developers are told once, not once for each of them. Has neither a stack trace nor a cause,
 * since it is thrown for every request while the store is away.
 */
public class StoreUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String store;

    /**
     * @param store what to call it in messages, such as {@code Redis at 10.0.0.9:6379}; without secrets, and the same for
     *     every failure
     * @param message what happened
     */
    public StoreUnavailableException(String store, String message) {
        super(message, null, false, false);
        this.store = store;
    }

    /** What to call the store in messages. */
    public final String store() {
        return store;
    }
}
