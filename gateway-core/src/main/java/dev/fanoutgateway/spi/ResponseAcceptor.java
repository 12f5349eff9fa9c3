package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;

/**
 * Judges a backend's answer. One verdict feeds everything: the race, the cache, backend health, credits and alerts.
 *
 * <p>Called on a thread that waits for the network, by any number of threads at once. If it throws, the answer counts as
 * {@link Verdict#RETRYABLE}.
 */
public interface ResponseAcceptor {
    /** What an answer is worth. */
    enum Verdict {
        /** Give it to the caller. */
        ACCEPTED,
        /** A proper answer that says there is no such resource here; another backend may have it. */
        ABSENT,
        /** Not acceptable; another backend may do better. */
        RETRYABLE,
        /**
         * Not acceptable, and asking further backends is pointless: no more attempts are launched, those under way may
         * still win, and if none does this answer goes to the caller as it is.
         */
        FINAL
    }

    /** The verdict on {@code response}, given to {@code request}. */
    Verdict judge(GatewayRequest request, GatewayResponse response);

    /** Whether the content is needed to judge; if not, answers that cannot be cached may be streamed. */
    default boolean needsBody() {
        return true;
    }
}
