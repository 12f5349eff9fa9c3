package dev.fanoutgateway.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts the connection (or resets the stream) of an asynchronous response that cannot be finished, so that the client does
 * not take a part for the whole. The Servlet API has no word for it: completing ends a chunked body as if it were whole.
 * Jetty cuts on {@code sendError(-1)}; Tomcat cuts when a write listener fails.
 */
final class Abort implements WriteListener {
    private static final Logger log = LoggerFactory.getLogger(Abort.class);

    private final AsyncContext context;

    private Abort(AsyncContext context) {
        this.context = context;
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
        throw new IOException("the backend's answer broke off after its beginning was sent");
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
