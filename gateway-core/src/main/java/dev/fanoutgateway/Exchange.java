package dev.fanoutgateway;

import dev.fanoutgateway.fanout.Discard;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.concurrent.CompletableFuture;

/**
 * A request on its way through the gateway.
 *
 * @param route the route it takes
 * @param request what came in
 * @param thread the thread that brought it
 * @param startNanos when it came, by the gateway's clock
 * @param deadlineNanos when it must be answered
 * @param abandonment whether its client is still there
 * @param reader who reads its answer
 */
record Exchange(
        Route route,
        GatewayRequest request,
        CallingThread thread,
        long startNanos,
        long deadlineNanos,
        Abandonment abandonment,
        Reader reader) {

    /** Who reads an answer. */
    enum Reader {
        /** Somebody who wants it in memory. */
        MEMORY,
        /** A client, who takes it while it comes. */
        CLIENT,
        /** Nobody: it is asked for to be stored. */
        NOBODY
    }

    static Exchange begin(
            Route route, GatewayRequest request, CallingThread thread, GatewayClock clock, Reader reader) {
        long now = clock.nanoTime();
        long deadline = now + route.timeout().toNanos();
        return new Exchange(route, request, thread, now, deadline, new Abandonment(), reader);
    }

    /** The same request by other threads; its client's leaving is the same. */
    Exchange elsewhere(CallingThread other) {
        return new Exchange(route, request, other, startNanos, deadlineNanos, abandonment, reader);
    }

    /** The gateway's own request for the same: nobody waits for it, and it has all its time. */
    Exchange background(CallingThread other, GatewayClock clock) {
        return begin(route, request, other, clock, Reader.NOBODY);
    }

    /** Whether the answer may be a stream; one that nobody reads is let go at its head. */
    boolean streams() {
        return reader != Reader.MEMORY;
    }

    /** Whether nobody is there to read the answer. */
    boolean unread() {
        return reader == Reader.NOBODY || abandonment.isSignalled();
    }

    /** {@code answer} as the client waits for it: cancelling that says the client is gone. */
    CompletableFuture<GatewayResponse> untilClientLeaves(CompletableFuture<GatewayResponse> answer) {
        if (answer.isDone()) {
            return answer;
        }
        CompletableFuture<GatewayResponse> awaited = new CompletableFuture<>();
        awaited.whenComplete((response, failure) -> {
            if (!answer.isDone()) { // cancelled, or ended by a time limit that its owner has set
                abandonment.signal();
            }
        });
        answer.whenComplete((response, failure) -> {
            if (failure == null) {
                if (!awaited.complete(response)) {
                    Discard.response(response); // nobody is there to read it
                }
            } else {
                awaited.completeExceptionally(failure);
            }
        });
        return awaited;
    }
}
