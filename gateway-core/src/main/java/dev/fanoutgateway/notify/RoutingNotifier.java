package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Priority;
import dev.fanoutgateway.spi.DevNotifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends each message to every notifier whose least priority it reaches, in the order they were named. One that fails does
 * not keep the others from being told; the stage then fails once all are done.
 *
 * <p>The very same message object given again after a failure goes only to those that failed, so that a retry does not tell
 * the others twice. Safe for use by any thread if the notifiers are; it remembers one failure, which suffices for a queue
 * that delivers one message at a time.
 */
public final class RoutingNotifier implements DevNotifier {
    private final List<Target> targets;
    private volatile Failure lastFailure = Failure.NONE;

    private RoutingNotifier(List<Target> targets) {
        this.targets = targets;
    }

    /** A builder without any notifier. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public CompletionStage<@Nullable Void> notify(DevMessage message) {
        List<Target> chosen = targetsFor(message);
        List<CompletableFuture<@Nullable Void>> results = new ArrayList<>(chosen.size());
        for (Target target : chosen) {
            results.add(Guarded.notify(target.notifier, message));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .handle((ignored, any) -> {
                    conclude(message, chosen, results);
                    return null;
                });
    }

    @SuppressWarnings("ReferenceEquality") // the same object, not an equal message
    private List<Target> targetsFor(DevMessage message) {
        Failure before = lastFailure;
        if (before.message == message) {
            return before.targets;
        }
        return targets.stream()
                .filter(target -> message.priority().compareTo(target.least) >= 0)
                .toList();
    }

    private void conclude(DevMessage message, List<Target> chosen, List<CompletableFuture<@Nullable Void>> results) {
        List<Target> failed = new ArrayList<>();
        List<Throwable> causes = new ArrayList<>();
        for (int i = 0; i < chosen.size(); i++) {
            Throwable cause = failureOf(results.get(i));
            if (cause != null) {
                failed.add(chosen.get(i));
                causes.add(cause);
            }
        }
        if (failed.isEmpty()) {
            lastFailure = Failure.NONE;
            return;
        }
        lastFailure = new Failure(message, List.copyOf(failed));
        IllegalStateException summary = new IllegalStateException(
                "%d of %d notifiers failed, the first with %s".formatted(failed.size(), chosen.size(), causes.get(0)));
        causes.forEach(summary::addSuppressed);
        throw new CompletionException(summary);
    }

    private static @Nullable Throwable failureOf(CompletableFuture<@Nullable Void> result) {
        Throwable failure = result.handle((ignored, thrown) -> thrown).join();
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    List<Target> targets() {
        return targets;
    }

    /** A notifier, and what is too little for it. */
    record Target(Priority least, DevNotifier notifier) {}

    private record Failure(@Nullable DevMessage message, List<Target> targets) {
        static final Failure NONE = new Failure(null, List.of());
    }

    /** Collects notifiers. Not safe for use by several threads. */
    public static final class Builder {
        private final List<Target> targets = new ArrayList<>();

        private Builder() {}

        /** Tells {@code notifier} everything. */
        public Builder to(DevNotifier notifier) {
            return to(Priority.LOW, notifier);
        }

        /** Tells {@code notifier} what is at least as urgent as {@code least}. */
        public Builder to(Priority least, DevNotifier notifier) {
            targets.add(new Target(least, notifier));
            return this;
        }

        /**
         * The composite; later calls to this builder do not change it.
         *
         * @throws IllegalStateException if no notifier was named
         */
        public RoutingNotifier build() {
            if (targets.isEmpty()) {
                throw new IllegalStateException("expected at least one notifier, got none");
            }
            return new RoutingNotifier(List.copyOf(targets));
        }
    }
}
