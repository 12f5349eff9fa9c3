package dev.fanoutgateway;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Hands tasks that do not block to an executor. One that refuses (it is full, or the gateway is closed) costs a change of
 * threads, not the answer that waits for it: the task runs on the calling thread then.
 */
record Handoff(Executor executor) implements Executor {
    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException refused) {
            task.run();
        }
    }
}
