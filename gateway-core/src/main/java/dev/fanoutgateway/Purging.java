package dev.fanoutgateway;

import dev.fanoutgateway.caching.PurgeLog;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.PurgeChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Purges here and, by the channel if there is one, elsewhere. Safe for use by any thread. */
final class Purging implements AutoCloseable {
    /** By how much the clocks of gateways that share a store may differ. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final PurgeLog log;
    private final @Nullable PurgeChannel channel;
    private final Guarded guard;
    private final @Nullable AutoCloseable subscription;

    Purging(PurgeLog log, @Nullable PurgeChannel channel, Guarded guard) {
        this.log = log;
        this.channel = channel;
        this.guard = guard;
        this.subscription = channel == null ? null : channel.subscribe(log::add);
    }

    static Duration marginOf(@Nullable PurgeChannel channel) {
        return channel == null ? Duration.ZERO : MARGIN;
    }

    CompletableFuture<@Nullable Void> purge(Purge purge) {
        Purge timed = log.add(purge);
        PurgeChannel others = channel;
        if (others == null) {
            return CompletableFuture.completedFuture(null);
        }
        return guard.call(() -> others.publish(timed).thenApply(nothing -> Optional.<Throwable>empty()), Optional::of)
                .toCompletableFuture()
                .thenCompose(failure -> failure.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.failedFuture(failure.get()));
    }

    @Override
    public void close() throws Exception {
        if (subscription != null) {
            subscription.close();
        }
    }
}
