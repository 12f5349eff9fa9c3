package dev.fanoutgateway.redis;

import dev.fanoutgateway.redis.Connector.Session;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way to Redis: sends commands that are answered or fail within their timeout, whatever Redis does, and comes back
 * by itself. Safe for use by any thread; the stages it gives complete on its executor, never on a thread of Lettuce.
 */
final class Link {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
    private static final long SHORTEST_RETRY_MILLIS = 50;
    private static final long LONGEST_RETRY_MILLIS = 1_000;

    /** A server that has not answered so many probes may have been replaced by another: connect anew and find out. */
    private static final int PROBES_UNTIL_RECONNECT = 5;

    private final Connector connector;
    private final @Nullable DirectLines direct;
    private final Executor executor;
    private final String address;
    private final Breaker breaker = new Breaker(System::nanoTime);
    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicInteger unansweredProbes = new AtomicInteger();
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile @Nullable Session session;
    private volatile Supplier<CompletionStage<@Nullable Void>> onConnection =
            () -> CompletableFuture.completedFuture(null);
    private volatile String lastFailure = "connecting";
    private volatile boolean closed;

    /** @param direct what threads that may block ask on; null if there is nothing of the kind */
    Link(Connector connector, @Nullable DirectLines direct, Executor executor, String address) {
        this.connector = connector;
        this.direct = direct;
        this.executor = executor;
        this.address = address;
    }

    /**
     * Begins to connect, and goes on until it has or is closed; waits for the first attempt for {@code patience}.
     *
     * @param onConnection begun on each new connection, and waited for on the first; must not fail
     */
    void open(Duration patience, Supplier<CompletionStage<@Nullable Void>> onConnection) {
        this.onConnection = onConnection;
        try {
            connect(SHORTEST_RETRY_MILLIS).get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            if (session == null) {
                report(lastFailure);
            }
        }
    }

    /** Redis's answer to one command; fails with {@link RedisUnavailableException} or {@link RedisErrorException}. */
    <T extends @Nullable Object> CompletableFuture<T> send(
            String name, Function<RedisClusterAsyncCommands<byte[], byte[]>, RedisFuture<T>> command) {
        Session current = session;
        if (current == null) {
            return failed(name, closed ? "closed" : "not connected: " + lastFailure);
        }
        if (breaker.isOpen()) {
            probe(current);
            return failed(name, "the last " + Breaker.TOLERATED + " commands had no answer");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            command.apply(current.commands()).whenComplete((value, failure) -> {
                onOutcome(current, failure);
                handOver(() -> settle(answer, name, value, failure));
            });
        } catch (RuntimeException e) {
            return failed(name, RedisUnavailableException.reason(e));
        }
        return answer;
    }

    /** How many connections there are for threads that may block. */
    int directConnections() {
        return direct == null ? 0 : direct.count();
    }

    /** Whether {@link #evalshaHere} may block the calling thread. */
    boolean mayBlock() {
        return direct != null;
    }

    /**
     * Redis's answer to {@code EVALSHA}, for which the calling thread waits; {@link DirectLines#NONE} if it is to be asked by
     * {@link #send}.
     *
     * @throws RedisUnavailableException if the answer did not come within the timeout
     */
    List<Long> evalshaHere(String name, byte[][] call) {
        Session current = session;
        if (direct == null || current == null || breaker.isOpen()) {
            return DirectLines.NONE;
        }
        try {
            List<Long> answer = direct.evalsha(call);
            if (answer != DirectLines.NONE) {
                onAnswer();
            }
            return answer;
        } catch (SocketTimeoutException e) {
            onTimeout();
            throw unavailable(name, RedisUnavailableException.reason(e));
        } catch (IOException e) {
            throw unavailable(name, RedisUnavailableException.reason(e));
        }
    }

    /** Completes after {@code delay}; fails if this is closed. */
    CompletableFuture<@Nullable Void> pause(Duration delay) {
        CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        try {
            connector.schedule(delay, () -> handOver(() -> over.complete(null)));
        } catch (RejectedExecutionException e) {
            over.completeExceptionally(unavailable("retry", "closed"));
        }
        return over;
    }

    /** Runs {@code heard} for each message in {@code channel}, and when messages may have been missed; it must not block. */
    Listening listen(byte[] channel, Runnable heard) {
        return new Listening(connector, this::pause, channel, heard).start();
    }

    boolean isConnected() {
        Session current = session;
        return current != null && current.connection().isOpen() && !breaker.isOpen();
    }

    String address() {
        return address;
    }

    void close() {
        closed = true;
        session = null;
        if (direct != null) {
            direct.close();
        }
        connector.close();
    }

    private CompletableFuture<@Nullable Void> connect(long retryMillis) {
        if (!connecting.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new IllegalStateException("already connecting"));
        }
        CompletableFuture<Session> attempt = connector.connect().whenComplete((connected, failure) -> {
            connecting.set(false);
            if (failure != null) {
                lastFailure = RedisUnavailableException.reason(failure);
                retry(retryMillis);
            } else if (closed) {
                connected.connection().closeAsync();
            } else {
                session = connected;
                breaker.onAnswer();
                unansweredProbes.set(0);
                log.info("connected to Redis at {}", address);
                reported.set(false);
            }
        });
        return attempt.thenCompose(connected -> onConnection.get());
    }

    private void retry(long retryMillis) {
        if (!closed) {
            report(lastFailure);
            try {
                connector.schedule(
                        Duration.ofMillis(retryMillis), () -> connect(Math.min(2 * retryMillis, LONGEST_RETRY_MILLIS)));
            } catch (RejectedExecutionException e) {
                log.debug("Redis at {} was closed while connecting", address);
            }
        }
    }

    private void probe(Session current) {
        if (!breaker.tryProbe()) {
            return;
        }
        try {
            current.commands().ping().whenComplete((pong, failure) -> {
                onOutcome(current, failure);
                if (failure instanceof RedisCommandTimeoutException
                        && unansweredProbes.incrementAndGet() >= PROBES_UNTIL_RECONNECT) {
                    replace(current);
                }
            });
        } catch (RuntimeException e) {
            log.debug("no probe of Redis at {}", address, e);
        }
    }

    private void onOutcome(Session current, @Nullable Throwable failure) {
        if (failure == null || failure instanceof RedisCommandExecutionException) {
            onAnswer();
        } else if (failure instanceof RedisCommandTimeoutException) {
            onTimeout();
        }
        if (failure instanceof RedisReadOnlyException) {
            replace(current);
        }
    }

    private void onAnswer() {
        breaker.onAnswer();
        unansweredProbes.set(0);
        if (reported.get() && reported.compareAndSet(true, false)) {
            log.info("Redis at {} answers again", address);
        }
    }

    private void onTimeout() {
        if (breaker.onTimeout()) {
            report("no answer in time");
        }
    }

    /** Gives a connection up that leads to the wrong server, or to one that hangs, and asks anew where to connect to. */
    private void replace(Session current) {
        synchronized (this) {
            if (session != current || closed) {
                return;
            }
            session = null;
        }
        lastFailure = "connecting anew";
        if (direct != null) {
            direct.forget();
        }
        current.connection().closeAsync();
        connect(SHORTEST_RETRY_MILLIS);
    }

    private <T extends @Nullable Object> void settle(
            CompletableFuture<T> answer, String name, @Nullable T value, @Nullable Throwable failure) {
        if (failure == null) {
            answer.complete(value);
        } else if (failure instanceof RedisNoScriptException) {
            answer.completeExceptionally(failure);
        } else if (failure instanceof RedisCommandExecutionException) {
            answer.completeExceptionally(RedisErrorException.of(name, address, failure.getMessage()));
        } else {
            answer.completeExceptionally(unavailable(name, RedisUnavailableException.reason(failure)));
        }
    }

    private void handOver(Runnable completion) {
        try {
            executor.execute(completion);
        } catch (RejectedExecutionException e) {
            completion.run(); // the host stopped its executor: late callbacks are better than none
        }
    }

    private <T extends @Nullable Object> CompletableFuture<T> failed(String name, String reason) {
        return CompletableFuture.failedFuture(unavailable(name, reason));
    }

    private RedisUnavailableException unavailable(String name, String reason) {
        return new RedisUnavailableException(
                "Redis at " + address, name + " failed, Redis at " + address + ": " + reason);
    }

    private void report(String reason) {
        if (reported.compareAndSet(false, true)) {
            log.warn("Redis at {} is not available ({}); going on to try", address, reason);
        }
    }
}
