package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2 that tells of its reset, and of the end of its connection, on whichever thread the request waits. The
 * Servlet API tells only who went asynchronous, and after that. What comes before somebody watches is remembered.
 */
final class StreamWatch implements ClientWatch {
    private final Executor executor;
    private @Nullable Runnable gone;
    private boolean failed;

    private StreamWatch(Executor executor) {
        this.executor = executor;
    }

    /** For a request that is about to be handled. */
    static StreamWatch of(Request request, Executor executor) {
        StreamWatch watch = new StreamWatch(executor);
        request.addFailureListener(watch::failed);
        return watch;
    }

    @Override
    public void start(Runnable whenGone) {
        synchronized (this) {
            if (!failed) {
                gone = whenGone;
                return;
            }
        }
        execute(whenGone);
    }

    @Override
    public synchronized void stop() {
        gone = null;
    }

    private void failed(Throwable failure) {
        Runnable told;
        synchronized (this) {
            failed = true;
            told = gone;
            gone = null;
        }
        if (told != null) {
            execute(told); // Jetty may hold up the whole connection with the thread that tells
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the server has stopped
        }
    }
}
