package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A notifier that remembers what it was given, and does what it was told to, once each; then it succeeds. */
final class Recorder implements DevNotifier {
    private final List<DevMessage> given = new ArrayList<>();
    private final Deque<Supplier<CompletionStage<Void>>> script = new ArrayDeque<>();

    synchronized Recorder then(Supplier<CompletionStage<Void>> behaviour) {
        script.add(behaviour);
        return this;
    }

    Recorder thenFail() {
        return then(() -> CompletableFuture.failedFuture(new IllegalStateException("mail server says no")));
    }

    @Override
    public CompletionStage<Void> notify(DevMessage message) {
        Supplier<CompletionStage<Void>> behaviour;
        synchronized (this) {
            given.add(message);
            behaviour = script.poll();
        }
        return behaviour == null ? CompletableFuture.completedFuture(null) : behaviour.get();
    }

    synchronized List<DevMessage> given() {
        return List.copyOf(given);
    }

    List<String> titles() {
        return given().stream().map(DevMessage::title).toList();
    }

    long total() {
        return given().stream().mapToLong(DevMessage::count).sum();
    }
}
