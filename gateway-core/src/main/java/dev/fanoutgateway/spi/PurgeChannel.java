package dev.fanoutgateway.spi;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes purges to all gateways that share a store, so that what one of them purges no other serves. */
public interface PurgeChannel {
    /**
     * Tells all gateways of {@code purge}, this one too, and those that start later. Called on any thread; must not block.
     *
     * @return complete when no gateway can miss it any more; a failure says that others may never hear of it
     */
    CompletionStage<@Nullable Void> publish(Purge purge);

    /**
     * Gives {@code purges} each purge from now on, and before that those of the past that may still matter. One may come
     * more than once, and not in the order of time. Called once for each gateway, which may be starting; may block for a
     * short time, and must not fail because the store is away.
     *
     * @param purges takes a purge quickly, on any thread; never fails
     * @return ends it
     */
    AutoCloseable subscribe(Consumer<Purge> purges);
}
