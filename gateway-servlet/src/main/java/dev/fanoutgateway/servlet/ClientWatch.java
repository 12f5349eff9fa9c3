package dev.fanoutgateway.servlet;

/**
 * Tells when the client of a request goes away, where the container knows how: the Servlet API does not. Whoever embeds a
 * container may put one into each request, as the attribute {@link GatewayFilter#CLIENT_WATCH}, before the filter sees it.
 *
 * <p>The filter watches while it waits for an answer, so that what is answered at once costs nothing, and while it passes one
 * on that comes bit by bit. At that time it has read the request's content whole, and reads no more. A watch may serve one
 * request after the other, but only one at a time.
 */
public interface ClientWatch {
    /**
     * Begins to watch; returns at once. By the time {@code gone} runs, nothing that is written must reach anybody any more:
     * the connection is closed.
     *
     * @param gone to be run at most once when the client is gone, also if it was before; on a thread that may block and
     *     holds no lock. It is safe to run when the watch is over
     */
    void start(Runnable gone);

    /** Ends it, from any thread; the answer is there. Called at least once for each {@link #start}. */
    void stop();
}
