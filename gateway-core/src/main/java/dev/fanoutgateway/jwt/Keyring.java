package dev.fanoutgateway.jwt;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys as they are now. Looked at every so often, and when a token names a key that is not among them; on the
 * clock's threads, one look at a time. What is broken or cannot be had leaves the keys before in force, and is told once, as
 * CONFIGURATION_REFUSED; RECOVERED, with the same fingerprint, follows. Safe for use by any thread.
 */
final class Keyring implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keyring.class);

    /** After a look that failed, for rules that look seldom. */
    private static final Duration SOON = Duration.ofSeconds(30);

    private final JwtRules rules;
    private final KeyDocument document;
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;
    private final long patienceNanos;

    private volatile @Nullable Trust trust;

    // Guarded by this.
    private final Allowance allowance;
    private @Nullable CompletableFuture<Boolean> look;
    private @Nullable Timer next;
    private boolean closed;

    // Used by one look at a time.
    private byte[] latest = new byte[0];
    private @Nullable String refused;

    /** @param patienceNanos how long a token may wait for a look */
    Keyring(
            JwtRules rules,
            KeyDocument document,
            GatewayClock clock,
            Consumer<DevMessage> messages,
            long patienceNanos) {
        this.rules = rules;
        this.document = document;
        this.clock = clock;
        this.messages = messages;
        this.patienceNanos = patienceNanos;
        this.allowance = new Allowance(rules.refetch);
    }

    /**
     * Reads the keys now, on this thread, and looks for others from then on.
     *
     * @throws IllegalArgumentException naming where they come from, if they are none
     */
    void open() {
        try {
            byte[] bytes = document.read();
            trust = new Trust(KeySet.of(bytes, rules.algorithms), new VerifiedTokens(rules.cachedTokens));
            latest = bytes;
        } catch (IOException e) {
            throw new IllegalArgumentException(rules.source() + ": " + said(e), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(rules.source() + ": " + e.getMessage(), e);
        }
        scheduleNext(true);
    }

    /** Has the keys read soon, on another thread, and looks for others from then on. */
    void openLater() {
        begin();
    }

    /** The keys in force, and what they have verified; null as long as there have never been any. */
    @Nullable
    Trust trust() {
        return trust;
    }

    /**
     * Has the keys looked at again, if that was not done too often lately.
     *
     * @return done when that look is over, or was waited for long enough; null if there is none
     */
    @Nullable
    CompletableFuture<Boolean> lookAgain() {
        synchronized (this) {
            if (look != null) {
                return look;
            }
            if (closed || !allowance.take(clock.nanoTime())) {
                return null;
            }
        }
        return begin();
    }

    private @Nullable CompletableFuture<Boolean> begin() {
        CompletableFuture<Boolean> begun = new CompletableFuture<>();
        synchronized (this) {
            if (closed || look != null) {
                return look;
            }
            look = begun;
            if (next != null) {
                next.cancel();
            }
        }
        clock.schedule(patienceNanos, () -> begun.complete(false));
        clock.schedule(0, () -> look(begun));
        return begun;
    }

    private void look(CompletableFuture<Boolean> begun) {
        boolean good = false;
        try {
            good = lookOnce();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("keys from {}: {}", rules.source(), e.getClass().getName());
        } finally {
            synchronized (this) {
                look = null;
            }
            begun.complete(true);
            scheduleNext(good);
        }
    }

    private boolean lookOnce() {
        byte[] bytes;
        try {
            bytes = document.read();
        } catch (IOException e) {
            return refuse(said(e));
        }
        if (trust == null || !Arrays.equals(bytes, latest)) {
            try {
                KeySet keys = KeySet.of(bytes, rules.algorithms);
                // What keys that are gone have verified goes with them.
                trust = new Trust(keys, new VerifiedTokens(rules.cachedTokens));
                latest = bytes;
                LOG.info("keys from {}: {} to verify tokens", rules.source(), keys.size());
            } catch (IllegalArgumentException e) {
                return refuse(String.valueOf(e.getMessage()));
            }
        }
        if (refused != null) {
            refused = null;
            report(Type.RECOVERED, "The keys for tokens can be had again", inForce());
        }
        return true;
    }

    private boolean refuse(String why) {
        if (!why.equals(refused)) {
            refused = why;
            report(Type.CONFIGURATION_REFUSED, "The keys for tokens cannot be had, " + inForce(), why);
        }
        return false;
    }

    private String inForce() {
        Trust now = trust;
        return now == null ? "and there are none yet" : "and the " + now.keys().size() + " from before are in force";
    }

    private void report(Type type, String title, String detail) {
        Instant now = Instant.ofEpochMilli(clock.currentTimeMillis());
        messages.accept(DevMessage.of(type, "jwks:" + rules.source(), title, List.of(rules.source(), detail), now));
    }

    private void scheduleNext(boolean good) {
        Duration wait = good || rules.refresh.compareTo(SOON) < 0 ? rules.refresh : SOON;
        synchronized (this) {
            if (!closed && look == null) {
                if (next != null) {
                    next.cancel();
                }
                next = clock.schedule(wait.toNanos(), this::begin);
            }
        }
    }

    private static String said(IOException e) {
        return e.getClass() == IOException.class
                ? String.valueOf(e.getMessage())
                : "expected a readable key set, got " + e.getClass().getSimpleName();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (next != null) {
                next.cancel();
            }
        }
    }

    /** A set of keys, and the tokens that it has verified. */
    record Trust(KeySet keys, VerifiedTokens verified) {}
}
