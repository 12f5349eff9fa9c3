package dev.fanoutgateway.spi;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Tells who holds a key.
 *
 * <p>Called on the caller's thread for each request that presents a key; must not block. Any number of threads call at
 * once. A stage that fails, is null or does not complete in time counts as a failure of the gateway (503), never as a
 * wrong key.
 */
@FunctionalInterface
public interface KeyAuthenticator {
    /** The caller, or empty if the key is unknown or has expired; the two look the same from outside. */
    CompletionStage<Optional<Caller>> authenticate(KeyCredential credential);
}
