package dev.fanoutgateway.notify;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers messages one after another, each with a bounded wait and a bounded number of tries. The notifier is called on
 * the clock's threads, never while a lock is held.
 *
 * <p>A notifier that does not even return within the wait keeps its thread; after {@value #MOST_STUCK} such calls no
 * further one is made until one of them returns, so that threads do not pile up.
 */
final class Courier {
    static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    static final Duration LONGEST_FLUSH = Duration.ofSeconds(10);
    static final int MOST_STUCK = 4;

    private static final long[] BACKOFF_SECONDS = {1, 10, 60};
    private static final Logger LOG = LoggerFactory.getLogger(MessageQueue.class);

    private final DevNotifier notifier;
    private final GatewayClock clock;
    private final Supplier<@Nullable DevMessage> source;

    private final Object lock = new Object();
    /** Whether a task, a delivery, or a wait for the next try is under way: there is at most one. */
    private boolean busy;

    private boolean closing;
    private int stuck;
    private @Nullable Attempt current;
    /** A message that failed, until its next try. */
    private @Nullable Attempt waiting;

    private @Nullable Timer retry;

    /** @param source gives the next message, or null; asked while this courier's lock is held */
    Courier(DevNotifier notifier, GatewayClock clock, Supplier<@Nullable DevMessage> source) {
        this.notifier = notifier;
        this.clock = clock;
        this.source = source;
    }

    /** Says that there may be something to deliver. */
    void wake() {
        synchronized (lock) {
            if (busy || closing || stuck >= MOST_STUCK) {
                return;
            }
            busy = true;
        }
        clock.schedule(0, this::next);
    }

    private void next() {
        Attempt attempt;
        synchronized (lock) {
            attempt = closing || stuck >= MOST_STUCK ? null : nextAttempt();
            current = attempt;
            busy = attempt != null;
        }
        if (attempt != null) {
            attempt.run();
        }
    }

    private @Nullable Attempt nextAttempt() {
        Attempt failed = waiting;
        if (failed != null) {
            waiting = null;
            return new Attempt(failed.message, failed.failures + 1);
        }
        DevMessage message = source.get();
        return message == null ? null : new Attempt(message, 0);
    }

    /** Delivers what is left on a thread of its own, each message once, and waits for that for a bounded time. */
    void finish() {
        Attempt flying;
        Timer timer;
        synchronized (lock) {
            closing = true;
            flying = current;
            timer = retry;
        }
        if (timer != null) {
            timer.cancel();
        }
        Thread flush = new Thread(() -> drain(flying), "fanout-gateway-notify-flush");
        flush.setDaemon(true);
        flush.start();
        try {
            flush.join(LONGEST_FLUSH.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (flush.isAlive()) {
            flush.interrupt();
        }
        int lost = 0;
        while (left() != null) {
            lost++;
        }
        if (lost > 0) {
            LOG.error("not delivered before the queue was closed: {} messages", lost);
        }
    }

    private void drain(@Nullable Attempt flying) {
        long deadline = System.nanoTime() + LONGEST_FLUSH.toNanos();
        try {
            if (flying != null) {
                flying.over.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            for (DevMessage message = left(); message != null; message = left()) {
                deliverOnce(message, deadline);
            }
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOG.error("the notifier did not finish while the queue was being closed");
        }
    }

    private @Nullable DevMessage left() {
        synchronized (lock) {
            Attempt failed = waiting;
            waiting = null;
            return failed != null ? failed.message : source.get();
        }
    }

    private void deliverOnce(DevMessage message, long deadline) throws InterruptedException, TimeoutException {
        try {
            Guarded.notify(notifier, message).get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            LOG.error("not delivered: {}", diagnosis(message, e.getCause()));
        } catch (TimeoutException e) {
            LOG.error("not delivered: {}", diagnosis(message, e));
            throw e;
        }
    }

    private static String diagnosis(DevMessage message, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return OneLine.of(message.type() + ": " + message.title() + " (" + cause + ")", 2_000);
    }

    /** One try to deliver one message. */
    private final class Attempt {
        final DevMessage message;
        final int failures;
        final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();
        private boolean concluded;
        private boolean returned;
        private boolean abandoned;

        Attempt(DevMessage message, int failures) {
            this.message = message;
            this.failures = failures;
        }

        void run() {
            Timer limit = clock.schedule(LONGEST_WAIT.toNanos(), this::giveUpWaiting);
            CompletableFuture<@Nullable Void> result = Guarded.notify(notifier, message);
            callReturned();
            result.whenComplete((ignored, failure) -> {
                limit.cancel();
                conclude(failure);
            });
        }

        private void callReturned() {
            boolean freed;
            synchronized (lock) {
                returned = true;
                freed = abandoned;
                stuck -= freed ? 1 : 0;
            }
            if (freed) {
                LOG.warn("a notifier that was stuck has returned");
                wake();
            }
        }

        private void giveUpWaiting() {
            synchronized (lock) {
                if (concluded) {
                    return;
                }
                abandoned = !returned;
                stuck += abandoned ? 1 : 0;
            }
            conclude(new TimeoutException("no end within " + LONGEST_WAIT.toSeconds() + " s"));
        }

        private void conclude(@Nullable Throwable failure) {
            boolean tryAgain;
            boolean goOn;
            synchronized (lock) {
                if (concluded) {
                    return;
                }
                concluded = true;
                current = null;
                tryAgain = failure != null && failures < BACKOFF_SECONDS.length && !closing;
                waiting = tryAgain ? this : null;
                goOn = !tryAgain && !closing;
                busy = tryAgain || goOn;
            }
            over.complete(null);
            if (tryAgain) {
                LOG.warn("delivery failed, to be tried again: {}", diagnosis(message, failure));
                retryLater();
            } else if (failure != null) {
                LOG.error("not delivered: {}", diagnosis(message, failure));
            }
            if (goOn) {
                clock.schedule(0, Courier.this::next);
            }
        }

        private void retryLater() {
            Timer timer = clock.schedule(TimeUnit.SECONDS.toNanos(BACKOFF_SECONDS[failures]), Courier.this::next);
            synchronized (lock) {
                retry = timer;
            }
        }
    }
}
