package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The one seam to the network. It neither retries nor follows redirects: both are the gateway's to decide. Safe for use by
 * any thread.
 */
public interface BackendClient extends AutoCloseable {
    /** A call that is ready to start; no I/O yet. */
    Call newCall(BackendRequest request);

    /** Drops idle connections and ends what threads it has. Calls under way fail. */
    @Override
    void close();

    /**
     * One attempt at one backend.
     *
     * @param backend who is asked
     * @param request what is sent: its target is appended to the backend's base, its fields are sent as they are
     * @param timeoutNanos for the whole call, connecting and reading the content included; positive
     * @param maxResponseBytes what may be buffered of the content; more fails the call with {@link Failure#TOO_LARGE}
     * @param streamable whether the content of an answer with this status and these fields may be a stream. Then the timeout
     *     is that of the head, and the limit does not hold. Null for never; asked once, with an empty body. A client may
     *     buffer all the same; and where this is not null, what proves longer than the limit may be a stream, too.
     */
    record BackendRequest(
            Backend backend,
            GatewayRequest request,
            long timeoutNanos,
            long maxResponseBytes,
            @Nullable Predicate<GatewayResponse> streamable) {

        /** A request whose answer is buffered. */
        public BackendRequest(Backend backend, GatewayRequest request, long timeoutNanos, long maxResponseBytes) {
            this(backend, request, timeoutNanos, maxResponseBytes, null);
        }
    }

    /** One attempt under way. */
    interface Call {
        /**
         * Sends the request; called once. Blocking I/O runs on {@code executor}, which may be the calling thread itself:
         * then this returns when the call is over.
         */
        void start(Executor executor);

        /** Completes once, never exceptionally, with no lock held and on no event loop. */
        CompletionStage<Reply> reply();

        /** Cuts the call off on the wire, from any thread, at any time; {@link #reply()} completes soon after. */
        void cancel();

        /**
         * The answer is of no use any more: another one was given. A call that refuses is cancelled next. One that does not
         * goes on in the background, so that its connection can be kept; it throws away what comes, keeps no more than {@code
         * maxBytes} of it in memory at a time, and ends by itself if there is more; {@link #reply()} completes when it is
         * over. It is cancelled if that takes too long. Must be quick.
         */
        default boolean tryDrain(long maxBytes) {
            return false;
        }
    }

    /**
     * How a call ended: with a response or with a failure, never both.
     *
     * @param response the answer, whatever its status; null if there is none
     * @param failure why there is none; null if there is one
     * @param requestSent whether any byte of the request may have reached the backend
     * @param detail the failure in words that hold no secret; empty if there is a response
     */
    record Reply(
            @Nullable GatewayResponse response, @Nullable Failure failure, boolean requestSent, String detail) {
        /** An answer. */
        public static Reply of(GatewayResponse response) {
            return new Reply(response, null, true, "");
        }

        /** No answer. */
        public static Reply failed(Failure failure, boolean requestSent, String detail) {
            return new Reply(null, failure, requestSent, detail);
        }
    }

    /** Why there is no answer. */
    enum Failure {
        /** The backend cannot be reached: no address, refused, unreachable, no valid certificate. */
        UNREACHABLE,
        /** The call's time was up. */
        TIMED_OUT,
        /** The connection broke, the content was cut short, or what came is no HTTP. */
        BROKEN,
        /** The content is longer than what may be buffered. */
        TOO_LARGE,
        /** {@link Call#cancel()} was called. */
        CANCELLED
    }
}
