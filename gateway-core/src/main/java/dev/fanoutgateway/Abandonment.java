package dev.fanoutgateway;

import java.util.concurrent.CompletableFuture;

/** Whether the client is still there. Safe for use by any thread. */
final class Abandonment {
    private final CompletableFuture<Boolean> gone = new CompletableFuture<>();

    /** The client is gone. */
    void signal() {
        gone.complete(Boolean.TRUE);
    }

    /** Whether the client is gone. */
    boolean isSignalled() {
        return gone.isDone();
    }

    /** Runs {@code action} when the client goes, at once if it has gone already. */
    void onSignal(Runnable action) {
        gone.thenRun(action);
    }
}
