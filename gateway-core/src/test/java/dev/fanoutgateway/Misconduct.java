package dev.fanoutgateway;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What a plug-in that gives a stage may do against its contract. */
@SuppressWarnings("NullAway") // null is one of the things
enum Misconduct {
    THROWS,
    THROWS_AN_ERROR,
    THROWS_UNDECLARED,
    RETURNS_NULL,
    GIVES_NULL,
    FAILS,
    FAILS_WRAPPED,
    IS_CANCELLED,
    NEVER_COMPLETES,
    COMPLETES_LATE;

    static final String SECRET = "s3cr3t";

    /** A stage as this plug-in gives it; {@code late} completes it in the end, if that is how it is. */
    <T> CompletionStage<T> stage(Supplier<T> value, Late late) {
        return switch (this) {
            case THROWS -> throw new IllegalStateException(SECRET);
            case THROWS_AN_ERROR -> throw new StackOverflowError(SECRET);
            case THROWS_UNDECLARED -> throw Misconduct.<RuntimeException>undeclared(new InterruptedException(SECRET));
            case RETURNS_NULL -> null;
            case GIVES_NULL -> CompletableFuture.completedFuture(null);
            case FAILS -> CompletableFuture.failedFuture(new IllegalStateException(SECRET));
            case FAILS_WRAPPED ->
                CompletableFuture.failedFuture(new CompletionException(SECRET, new IOException(SECRET)));
            case IS_CANCELLED -> {
                CompletableFuture<T> cancelled = new CompletableFuture<>();
                cancelled.cancel(false);
                yield cancelled;
            }
            case NEVER_COMPLETES -> new CompletableFuture<>();
            case COMPLETES_LATE -> {
                CompletableFuture<T> stage = new CompletableFuture<>();
                late.then(() -> {
                    stage.complete(value.get());
                    stage.cancel(false);
                });
                yield stage;
            }
        };
    }

    boolean takesTime() {
        return this == NEVER_COMPLETES || this == COMPLETES_LATE;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E undeclared(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Where late answers wait. */
    static final class Late {
        private Runnable tasks = () -> {};

        void then(Runnable task) {
            Runnable before = tasks;
            tasks = () -> {
                before.run();
                task.run();
            };
        }

        void come() {
            tasks.run();
        }
    }

    /** Does as it should, or as it should not while {@code misconduct} is set. */
    static final class Switch {
        final Late late = new Late();
        Misconduct misconduct;

        <T> CompletionStage<T> stage(Supplier<T> value, Supplier<CompletionStage<T>> properly) {
            return misconduct == null ? properly.get() : misconduct.stage(value, late);
        }
    }
}
