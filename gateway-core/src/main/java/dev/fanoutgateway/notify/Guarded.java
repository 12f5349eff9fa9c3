package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Calls a notifier so that whatever it does wrong comes back as a failed stage. */
final class Guarded {
    private Guarded() {}

    static CompletableFuture<@Nullable Void> notify(DevNotifier notifier, DevMessage message) {
        CompletableFuture<@Nullable Void> result = new CompletableFuture<>();
        try {
            CompletionStage<@Nullable Void> stage = notifier.notify(message);
            if (isNull(stage)) {
                result.completeExceptionally(new IllegalStateException("the notifier returned null"));
                return result;
            }
            stage.whenComplete((ignored, failure) -> {
                if (failure == null) {
                    result.complete(null);
                } else {
                    result.completeExceptionally(failure);
                }
            });
        } catch (Throwable e) { // also errors, such as a service of the platform that cannot be loaded
            result.completeExceptionally(e);
        }
        return result;
    }

    /** Against implementations that break their contract. */
    private static boolean isNull(@Nullable Object value) {
        return value == null;
    }
}
