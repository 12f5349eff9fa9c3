package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.servlet.ClientWatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2 that tells of its reset, and of the end of its connection, on whichever thread the request waits. The
 * Servlet API tells only who went asynchronous, and after that. What comes before somebody watches is remembered.
 *
 * <p>Of a connection that ends after its client has said {@code GOAWAY} Jetty tells no request that has come whole: it would go
 * on for nobody. So the connection is asked, too.
 */
final class StreamWatch implements ClientWatch {
    private final @Nullable WatchedEndPoint socket;
    private final Executor executor;
    private @Nullable Runnable gone;
    private boolean failed;

    private StreamWatch(@Nullable WatchedEndPoint socket, Executor executor) {
        this.socket = socket;
        this.executor = executor;
    }

    /**
     * For a request that is about to be handled.
     *
     * @param socket on which it came
     */
    static StreamWatch of(Request request, EndPoint socket, Executor executor) {
        StreamWatch watch = new StreamWatch(socket instanceof WatchedEndPoint watched ? watched : null, executor);
        request.addFailureListener(failure -> watch.lost());
        return watch;
    }

    @Override
    public void start(Runnable whenGone) {
        boolean late;
        synchronized (this) {
            late = failed;
            gone = late ? null : whenGone;
        }
        if (late) {
            execute(whenGone);
        } else if (socket != null) {
            socket.addStream(this);
        }
    }

    @Override
    public void stop() {
        synchronized (this) {
            gone = null;
        }
        leave();
    }

    /** The stream was reset, or its connection is over. */
    void lost() {
        Runnable told;
        synchronized (this) {
            failed = true;
            told = gone;
            gone = null;
        }
        leave();
        if (told != null) {
            execute(told); // Jetty may hold up the whole connection with the thread that tells
        }
    }

    private void leave() {
        if (socket != null) {
            socket.removeStream(this);
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
