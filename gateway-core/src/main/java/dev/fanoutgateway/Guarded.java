package dev.fanoutgateway;

import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.PluginFailure;
import dev.fanoutgateway.spi.StoreUnavailableException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place where a plug-in's code is called. Whatever it does (throw, return null, fail, never complete, complete
 * twice or late), the caller of {@link #call} gets a stage that completes once and in time, and the developers are told.
 * What waits for that stage runs on the calling thread or on the gateway's executor, never on the plug-in's own thread,
 * which may be an event loop.
 */
final class Guarded implements AutoCloseable {
    private static final Misbehaviour CLOSED = new Misbehaviour("the gateway is closed");

    private final String plugin;
    private final long patienceNanos;
    private final GatewayClock clock;
    private final Executor executor;
    private final Troubles troubles;
    private final Trouble trouble;

    /** The trouble of a store that the plug-in stands on. */
    private volatile @Nullable Trouble storeTrouble;

    /** What is waited for at the moment. */
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /**
     * @param plugin names it in messages, such as {@code rate limiter}
     * @param patienceNanos how long a call may take
     * @param executor runs what waited for a call; must not refuse
     */
    Guarded(String plugin, long patienceNanos, GatewayClock clock, Executor executor, Troubles troubles) {
        this.plugin = plugin;
        this.patienceNanos = patienceNanos;
        this.clock = clock;
        this.executor = executor;
        this.troubles = troubles;
        this.trouble = troubles.ofPlugin(plugin);
    }

    /**
     * Calls the plug-in.
     *
     * @param call what to ask of it; must give a stage with a value
     * @param otherwise the value in its place when it fails; must not throw
     */
    <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call, Function<Throwable, T> otherwise) {
        return call(call, otherwise, late -> {}, executor);
    }

    /**
     * Calls the plug-in.
     *
     * @param late takes a value that comes when nobody waits for it any more
     * @param next runs what waited for the call; must not refuse, nor run it within {@code execute}
     */
    <T> CompletionStage<T> call(
            Supplier<CompletionStage<T>> call, Function<Throwable, T> otherwise, Consumer<T> late, Executor next) {
        CompletableFuture<T> asked = ask(call);
        return asked.isDone()
                ? settled(asked, otherwise)
                : inTime(asked, late).handleAsync((value, failure) -> judged(value, failure, otherwise), next);
    }

    /** Calls a plug-in that gives no value; its failure is told and otherwise ignored. */
    void run(Supplier<CompletionStage<@Nullable Void>> call) {
        CompletableFuture<@Nullable Void> asked = ask(call);
        if (asked.isDone() && !asked.isCompletedExceptionally()) {
            succeeded();
            return;
        }
        inTime(asked, late -> {}).whenComplete((nothing, failure) -> {
            if (failure != null
                    || trouble.isOpen()
                    || storeTrouble != null) { // else there is nothing to tell, and no need to change threads
                executor.execute(() -> judged(Boolean.TRUE, failure, ignored -> Boolean.FALSE));
            }
        });
    }

    /** Calls a plug-in that answers at once. */
    <T> T now(Supplier<T> call, Function<Throwable, T> otherwise) {
        T value = null;
        Throwable failure = null;
        try {
            value = call.get();
        } catch (Throwable thrown) {
            failure = thrown;
        }
        return judged(value, failure, otherwise);
    }

    /** What the plug-in says of itself, which is no sign of how it is; false if it fails. */
    boolean quietly(BooleanSupplier call) {
        try {
            return call.getAsBoolean();
        } catch (Throwable thrown) {
            failed(thrown);
            return false;
        }
    }

    private static <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<CompletionStage<T>> call) {
        try {
            CompletionStage<T> stage = call.get();
            CompletableFuture<T> asked = stage == null ? null : stage.toCompletableFuture();
            return asked == null ? CompletableFuture.failedFuture(new Misbehaviour("returned null")) : asked;
        } catch (Throwable thrown) {
            return CompletableFuture.failedFuture(thrown);
        }
    }

    /** The plug-in's answer, or a failure when its time is up. */
    private <T extends @Nullable Object> CompletableFuture<T> inTime(CompletableFuture<T> asked, Consumer<T> late) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        pending.add(answer);
        if (closed) {
            answer.completeExceptionally(CLOSED);
        }
        GatewayClock.Timer timer = clock.schedule(
                patienceNanos,
                () -> answer.completeExceptionally(
                        new Misbehaviour("no answer within " + patienceNanos / 1_000_000 + " ms")));
        answer.whenComplete((value, failure) -> {
            pending.remove(answer);
            timer.cancel();
        });
        asked.whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
            } else if (!answer.complete(value) && value != null) {
                executor.execute(() -> late.accept(value));
            }
        });
        return answer;
    }

    private <T> CompletionStage<T> settled(CompletableFuture<T> asked, Function<Throwable, T> otherwise) {
        if (!asked.isCompletedExceptionally() && asked.join() != null) {
            succeeded();
            return asked;
        }
        return asked.handle((value, failure) -> judged(value, failure, otherwise));
    }

    private <T> T judged(@Nullable T value, @Nullable Throwable failure, Function<Throwable, T> otherwise) {
        if (failure == null && value != null) {
            succeeded();
            return value;
        }
        Throwable cause = failure == null ? new Misbehaviour("gave null") : unwrapped(failure);
        if (cause != CLOSED) {
            failed(cause);
        }
        return otherwise.apply(cause);
    }

    private void succeeded() {
        trouble.succeeded();
        Trouble store = storeTrouble;
        if (store != null) {
            store.succeeded();
            if (!store.isOpen()) {
                storeTrouble = null;
            }
        }
    }

    private void failed(Throwable cause) {
        if (cause instanceof StoreUnavailableException unavailable) {
            Trouble store = troubles.of(unavailable.store());
            storeTrouble = store;
            store.failed(
                    Type.PLUGIN_FAILED,
                    unavailable.store() + " does not answer",
                    List.of("noticed by the " + plugin + ": " + reason(cause)));
            storeTrouble = store; // again: a success in between may have found the trouble not begun yet
        } else {
            trouble.failed(Type.PLUGIN_FAILED, "the " + plugin + " failed", List.of(reason(cause)));
        }
    }

    /** Waits for nothing any more: what is waited for, and what is asked from here on without an answer at once, has failed. */
    @Override
    public void close() {
        closed = true;
        pending.forEach(answer -> answer.completeExceptionally(CLOSED));
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** The kind of failure, without its message: that is the plug-in's, and may quote a key, unless it says otherwise. */
    private static String reason(Throwable failure) {
        return failure instanceof Misbehaviour || failure instanceof PluginFailure
                ? "" + failure.getMessage()
                : failure.getClass().getName();
    }

    /** What a plug-in did against its contract. */
    private static final class Misbehaviour extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misbehaviour(String what) {
            super(what, null, false, false);
        }
    }
}
