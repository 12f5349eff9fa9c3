package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.GatewayResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that waits for its answer without a thread. The answer, a timeout and a lost client race for one finish:
 * whoever leaves {@link State#WAITING} first has it, and only the one who has it touches the response, since containers
 * use a finished one again for somebody else.
 *
 * <p>The answer is written on the thread that completes it, which is one of the gateway's own, where blocking is allowed.
 */
final class PendingAnswer implements AsyncListener, BiConsumer<@Nullable GatewayResponse, @Nullable Throwable> {
    private static final Logger log = LoggerFactory.getLogger(PendingAnswer.class);

    private static final long WRITER_SECONDS = 5;

    private final AsyncContext context;
    private final HttpServletResponse response;
    private final ResponseWriter writer;
    private final CompletableFuture<GatewayResponse> answer;
    private final ClientWatch watch;
    private final @Nullable ArrivingContent content;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CountDownLatch written = new CountDownLatch(1);
    private volatile @Nullable Thread writing;
    private volatile boolean over;

    private enum State {
        /** There is no answer yet. */
        WAITING,
        /** The answer is being written, or is written. */
        ANSWERED,
        /** The container has given the request up. */
        GIVEN_UP
    }

    private PendingAnswer(
            AsyncContext context,
            HttpServletResponse response,
            ResponseWriter writer,
            CompletableFuture<GatewayResponse> answer,
            ClientWatch watch,
            @Nullable ArrivingContent content) {
        this.context = context;
        this.content = content;
        this.response = response;
        this.writer = writer;
        this.answer = answer;
        this.watch = watch;
    }

    /**
     * Lets go of the container's thread until {@code answer} is complete.
     *
     * @throws IllegalStateException if the container refuses to go asynchronous; the answer is cancelled then
     */
    static void await(
            HttpServletRequest request,
            HttpServletResponse response,
            ResponseWriter writer,
            CompletableFuture<GatewayResponse> answer,
            @Nullable ArrivingContent content) {
        AsyncContext context;
        try {
            context = request.startAsync(request, response);
        } catch (IllegalStateException e) {
            answer.cancel(true);
            throw e;
        }
        context.setTimeout(0); // the route's own deadline ends it, and a long download has none
        ClientWatch watch = GatewayFilter.watchOf(request);
        PendingAnswer pending = new PendingAnswer(context, response, writer, answer, watch, content);
        context.addListener(pending);
        if (content == null) {
            pending.startWatching();
        } else {
            content.listen();
            content.whenOver(pending::startWatching); // while it is read, that tells when the client leaves
        }
        answer.whenComplete(pending);
    }

    private void startWatching() {
        if (!answer.isDone()) {
            watch.start(() -> leave(answer, writer));
            if (over) {
                watch.stop();
            }
        }
    }

    private void stopReading() {
        if (content != null) {
            content.close();
        }
    }

    /** The answer is there. */
    @Override
    public void accept(@Nullable GatewayResponse given, @Nullable Throwable failure) {
        if (given == null || given.body().isBuffered()) {
            watch.stop();
        }
        if (!state.compareAndSet(State.WAITING, State.ANSWERED)) {
            if (given != null) {
                BodyPump.discard(given.body());
            }
            return;
        }
        writing = Thread.currentThread();
        stopReading();
        boolean whole = true;
        try {
            whole = writer.write(given == null ? insteadOf(failure) : given);
        } catch (RuntimeException e) {
            log.debug("the container has given up a request while it was being answered", e);
        } finally {
            over = true;
            watch.stop();
            if (whole) {
                complete();
            }
            written.countDown();
            if (!whole) {
                Abort.now(context, response); // a container may call the listeners from within this
            }
        }
    }

    /** The client is gone: what it waits for is called off, or what is being written to it. */
    static void leave(CompletableFuture<GatewayResponse> answer, ResponseWriter writer) {
        if (!answer.cancel(true)) {
            writer.stop();
        }
    }

    /** Only a client that is gone cancels an answer that is waited for: nobody reads what it gets. */
    static GatewayResponse insteadOf(@Nullable Throwable failure) {
        if (failure instanceof CancellationException) {
            return Refusals.abandoned();
        }
        log.error("the engine failed instead of answering", failure);
        return Refusals.failed();
    }

    /** There is no time limit, so this is the container that stops. */
    @Override
    public void onTimeout(AsyncEvent event) {
        if (giveUp()) {
            writer.write(Refusals.stopping());
            complete();
        } else {
            awaitWriter();
        }
    }

    /**
     * The client is gone, or the container stops: its own answer would be an empty 200, which somebody may still read.
     */
    @Override
    public void onError(AsyncEvent event) {
        if (content != null && content.hasFailed()) {
            awaitWriter(); // there will be an answer that says so
        } else if (giveUp()) {
            if (!response.isCommitted()) {
                writer.write(Refusals.stopping());
            }
            complete();
        } else {
            awaitWriter();
        }
    }

    /**
     * The container uses the response for the next request as soon as its call to a listener returns, so the thread that
     * still writes must have let go of it. It does so soon, since what it writes to is closed.
     */
    private void awaitWriter() {
        writer.stop();
        if (writing == Thread.currentThread()) {
            return; // Undertow calls from within the write that failed
        }
        try {
            if (!written.await(WRITER_SECONDS, TimeUnit.SECONDS)) {
                log.warn("an answer is still being written {} s after its request was given up", WRITER_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        giveUp(); // a listener of the host's may have completed it
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // only called when the request goes asynchronous again, which is not ours to follow
    }

    private boolean giveUp() {
        boolean first = state.compareAndSet(State.WAITING, State.GIVEN_UP);
        if (first) {
            stopReading();
            over = true;
            watch.stop();
            answer.cancel(true);
        }
        return first;
    }

    private void complete() {
        try {
            context.complete();
        } catch (IllegalStateException e) {
            log.debug("the container has completed a request by itself: {}", e.toString());
        }
    }
}
