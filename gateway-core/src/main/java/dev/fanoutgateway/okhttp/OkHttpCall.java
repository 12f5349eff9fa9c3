package dev.fanoutgateway.okhttp;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Request;
import okhttp3.Response;
import okio.AsyncTimeout;
import org.jspecify.annotations.Nullable;

/** One call by OkHttp. What a failure says is in words of our own: OkHttp's may quote what was sent or received. */
final class OkHttpCall implements BackendClient.Call, Runnable {
    private static final long UNKNOWN = -1;
    private static final long SHORT_DOCUMENT = 64 << 10;

    private final OkHttpBackendClient owner;
    private final BackendRequest request;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final Progress progress = new Progress();

    /** Set by whoever completes the reply: the run, or a cancellation that came before it. */
    private final AtomicBoolean taken = new AtomicBoolean();

    private long deadlineNanos;
    private volatile boolean cancelled;
    private volatile @Nullable Call call;
    private volatile @Nullable Passed passed;
    /** How much of the answer may be read that nobody wants; 0 while it is wanted. */
    private volatile long drainBytes;

    private volatile long contentLength = UNKNOWN;
    private volatile List<String> retryAfter = List.of();

    OkHttpCall(OkHttpBackendClient owner, BackendRequest request) {
        this.owner = owner;
        this.request = request;
    }

    @Override
    public CompletionStage<Reply> reply() {
        return reply;
    }

    @Override
    public void start(Executor executor) {
        deadlineNanos = System.nanoTime() + request.timeoutNanos();
        try {
            executor.execute(this);
        } catch (RuntimeException e) {
            if (taken.compareAndSet(false, true)) {
                reply.complete(failed(Failure.BROKEN, "the executor refused the call: " + nameOf(e)));
            }
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        Call underway = call;
        if (underway != null) {
            underway.cancel();
        }
        Passed content = passed;
        if (content != null) {
            content.stop();
        }
        if (taken.compareAndSet(false, true)) {
            reply.complete(failed(Failure.CANCELLED, "cancelled before it began"));
        }
    }

    @Override
    public boolean tryDrain(long maxBytes) {
        if (call == null || cancelled || reply.isDone() || maxBytes <= 0 || progress.sharesConnection()) {
            return false;
        }
        drainBytes = maxBytes;
        return contentLength <= maxBytes; // what is read after this finds the bound
    }

    /** Of the answer that is being read; -1 while there is none, and if it does not say. */
    long contentLength() {
        return contentLength;
    }

    /** How much more may be read of an answer that is not wanted any more; 0 if it is wanted. */
    long drainBytes() {
        return drainBytes;
    }

    @Override
    public void run() {
        if (taken.compareAndSet(false, true)) {
            reply.complete(exchange());
        }
    }

    Progress progress() {
        return progress;
    }

    /** The request's content, which has to be told when the call is cut. */
    void passes(Passed content) {
        passed = content;
        if (cancelled) {
            content.stop();
        }
    }

    void keepRetryAfter(List<String> values) {
        retryAfter = values;
    }

    private Reply exchange() {
        try {
            BackendClients.Client backend = owner.client(request.backend());
            Request outgoing = Requests.outgoing(request.request(), backend, this);
            owner.repeats().earn();
            Reply answer = attempt(backend.http().newCall(outgoing), true);
            if (answer != null) {
                return answer;
            }
            backend.evictAll(); // what else is idle is likely dead as well
            progress.restart();
            return Objects.requireNonNull(attempt(backend.http().newCall(outgoing), false));
        } catch (Requests.UnsendableException e) {
            return failed(Failure.BROKEN, e.getMessage());
        } catch (Exception | Error e) { // Kotlin declares nothing: an interrupted connect is an InterruptedException
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
                return failed(Failure.BROKEN, "the thread was interrupted");
            }
            return failed(Failure.BROKEN, "OkHttp failed: " + nameOf(e));
        }
    }

    /** The outcome, or null if the connection turned out to be a dead one from the pool, and that is to be told apart. */
    private @Nullable Reply attempt(Call current, boolean repeatable) {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            return late();
        }
        Limit limit = Limit.of(current, left, request.streamable() != null);
        call = current;
        if (cancelled) {
            return failed(Failure.CANCELLED, "cancelled");
        }
        if (owner.isClosed()) {
            return failed(Failure.BROKEN, "the client is closed");
        }
        limit.begin();
        try (Held held = new Held(current.execute())) {
            Response response = held.response();
            contentLength = response.body().contentLength();
            if (drainBytes > 0) {
                if (!Responses.drained(response, drainBytes)) {
                    current.cancel();
                }
                return failed(Failure.CANCELLED, "not needed any more");
            }
            GatewayResponse head = request.streamable() == null ? null : Responses.head(response, request, retryAfter);
            if (head != null && isStreamed(head, response)) {
                held.release();
                return Reply.of(head.withBody(owner.stream(current, response)));
            }
            Reply answer = Responses.read(response, request, retryAfter, head, this);
            if (head != null && answer.failure() == Failure.TOO_LARGE && drainBytes == 0) {
                held.release(); // what was read of it is read again as a stream
                return Reply.of(head.withBody(owner.stream(current, response)));
            }
            if (answer.failure() != null || Responses.isStuck(response)) {
                current.cancel(); // or closing it would first try to read the rest
            }
            return answer;
        } catch (IOException e) {
            return repeatable && mayRepeat(e) ? null : failure(e, current.isCanceled());
        } finally {
            limit.end();
        }
    }

    /** Whether the content is read as somebody takes it. */
    private boolean isStreamed(GatewayResponse head, Response response) throws IOException {
        Predicate<GatewayResponse> streamable = request.streamable();
        return streamable != null && streamable.test(head) && !isShortDocument(response);
    }

    /**
     * Whether it is a document of unknown length that proves to be short: half of it is of no use to anybody, and nobody
     * waits for its pieces.
     */
    private static boolean isShortDocument(Response response) throws IOException {
        return Responses.isDocument(response) && !response.body().source().request(SHORT_DOCUMENT + 1);
    }

    /** A response that is closed in the end, unless somebody else is to do it. */
    private static final class Held implements AutoCloseable {
        private final Response response;
        private boolean released;

        Held(Response response) {
            this.response = response;
        }

        Response response() {
            return response;
        }

        void release() {
            released = true;
        }

        @Override
        public void close() {
            if (!released) {
                response.close();
            }
        }
    }

    /** The time of a call. OkHttp's own goes on until the content is read, which a stream's may not. */
    private static final class Limit extends AsyncTimeout {
        private final Call call;
        private final boolean own;

        private Limit(Call call, boolean own) {
            this.call = call;
            this.own = own;
        }

        static Limit of(Call call, long nanos, boolean own) {
            Limit limit = new Limit(call, own);
            (own ? limit : call.timeout()).timeout(nanos, TimeUnit.NANOSECONDS);
            return limit;
        }

        void begin() {
            if (own) {
                enter();
            }
        }

        void end() {
            if (own) {
                exit();
            }
        }

        @Override
        protected void timedOut() {
            call.cancel();
        }
    }

    private boolean mayRepeat(IOException e) {
        return progress.isUnansweredOnReusedConnection()
                && (request.request().isSafe() || isRefused(e))
                && !(e instanceof InterruptedIOException)
                && !(e instanceof MisframedException)
                && !cancelled
                && drainBytes == 0
                && !owner.isClosed()
                && deadlineNanos - System.nanoTime() > 0
                && owner.repeats().tryRepeat();
    }

    private Reply failure(IOException e, boolean cut) {
        if (cancelled) {
            return failed(Failure.CANCELLED, "cancelled");
        }
        if (deadlineNanos - System.nanoTime() <= 0) {
            return late();
        }
        if (cut) {
            return failed(Failure.BROKEN, "the client was closed");
        }
        if (e instanceof InterruptedIOException && !(e instanceof SocketTimeoutException)) {
            return failed(Failure.BROKEN, "the thread was interrupted");
        }
        if (e instanceof MisframedException) {
            return failed(Failure.BROKEN, e.getMessage());
        }
        if (isRefused(e)) {
            return Reply.failed(Failure.UNREACHABLE, false, "the backend takes no more on this connection");
        }
        return progress.isSent()
                ? failed(Failure.BROKEN, "the connection broke or spoke no HTTP: " + nameOf(e))
                : failed(Failure.UNREACHABLE, reasonOf(e));
    }

    /**
     * Whether the backend has done nothing with the request by its own word, such as one that drains its connections, and it
     * can be sent again (RFC 9113 section 8.7). OkHttp's classes for it are internal.
     */
    private boolean isRefused(IOException e) {
        return request.request().body().isBuffered()
                && !progress.isAnswered()
                && ("stream was reset: REFUSED_STREAM".equals(e.getMessage())
                        || nameOf(e).equals("ConnectionShutdownException"));
    }

    private String reasonOf(IOException e) {
        if (e instanceof UnknownHostException) {
            return "the host's name is unknown";
        }
        if (e instanceof SocketTimeoutException) {
            return "no connection within " + owner.client().connectTimeoutMillis() + " ms";
        }
        return (e instanceof SSLException ? "no TLS: " : "no connection: ") + nameOf(e);
    }

    private Reply late() {
        return failed(Failure.TIMED_OUT, "no complete answer within " + request.timeoutNanos() / 1_000_000 + " ms");
    }

    private Reply failed(Failure failure, @Nullable String detail) {
        return Reply.failed(failure, progress.isSent(), detail == null ? "" : detail);
    }

    private static String nameOf(Throwable e) {
        return e.getClass().getSimpleName();
    }
}
