package dev.fanoutgateway.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the connection (or resets the stream) of an asynchronous response that cannot be finished, so that the client does
 * not take a part for the whole. The Servlet API has no word for it: completing ends a chunked body as if it were whole.
 * Jetty cuts on {@code sendError(-1)}; Tomcat and Undertow cut when a write listener fails.
 */
final class Abort implements WriteListener {
    private static final Logger log = LoggerFactory.getLogger(Abort.class);

    private static final String BROKEN = "the backend's answer broke off after its beginning was sent";

    private final AsyncContext context;

    private Abort(AsyncContext context) {
        this.context = context;
    }

    /**
     * The same from the container's thread. Jetty and Tomcat would also cut on an exception; Undertow would not.
     *
     * @throws IOException if the request cannot go asynchronous
     */
    static void here(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.isAsyncSupported() || request.isAsyncStarted()) {
            throw new IOException(BROKEN);
        }
        now(request.startAsync(request, response), response);
    }

    static void now(AsyncContext context, HttpServletResponse response) {
        Abort abort = new Abort(context);
        try {
            response.sendError(-1);
            abort.complete();
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            log.debug("the container does not cut a response off by sendError: {}", e.toString());
            abort.byListener(response);
        }
    }

    @Override
    public void onWritePossible() throws IOException {
        throw new IOException(BROKEN);
    }

    @Override
    public void onError(Throwable failure) {
        // what this asked for; the container ends the request after it
    }

    private void byListener(ServletResponse response) {
        try {
            response.getOutputStream().setWriteListener(this);
        } catch (IOException | IllegalStateException e) {
            log.warn("a broken answer cannot be cut off, the client may take it for whole", e);
            complete();
        }
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            log.debug("the container has completed a request by itself: {}", e.toString());
        }
    }
}
