package dev.fanoutgateway.spi;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Tells the developers. Never on a request's path: the gateway calls it from a queue of its own, one message at a time, so
 * it may block. A stage that fails is logged, and the message counts as not delivered.
 */
@FunctionalInterface
public interface DevNotifier {
    /** Delivers {@code message}. */
    CompletionStage<@Nullable Void> notify(DevMessage message);
}
