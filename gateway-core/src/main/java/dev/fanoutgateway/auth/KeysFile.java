package dev.fanoutgateway.auth;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevMessage.Type;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.KeyCredential;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys in a JSON or YAML file, reloaded when it changes: a list of {@code {id, key | sha256, plan, expires?,
 * attributes?}}, or an object that has this list as {@code keys}. Written as {@code key}, a key is hashed when read and not
 * kept. An explicit empty list means that nobody has a key.
 *
 * <p>The file is looked at on the clock's threads, every two seconds unless said otherwise: a changed file, one renamed into
 * its place, and a symbolic link that now leads elsewhere are all noticed. Replace the file by a rename, so that it is never
 * read half-written. A new file that is broken, unreadable or empty is refused and reported once, as
 * CONFIGURATION_REFUSED, and the keys read before stay in force; RECOVERED, with the same fingerprint, follows when the
 * file is good again. Safe for use by any thread.
 */
public final class KeysFile implements KeyAuthenticator, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeysFile.class);
    private static final Duration USUAL_INTERVAL = Duration.ofSeconds(2);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    private final Path file;
    private final Givens givens;
    private final GatewayClock clock;
    private final Consumer<DevMessage> messages;
    private final long intervalNanos;

    private volatile Loaded loaded;
    private volatile boolean closed;
    private volatile @Nullable Timer timer;

    // Used by one look at a time, each of which schedules the next.
    private @Nullable KeysContent latest;
    private @Nullable String refused;

    private KeysFile(
            Path file,
            Givens givens,
            GatewayClock clock,
            Consumer<DevMessage> messages,
            Duration interval,
            KeysContent content) {
        this.file = file;
        this.givens = givens;
        this.clock = clock;
        this.messages = messages;
        this.intervalNanos = interval.toNanos();
        this.loaded = parsed(content);
        this.latest = content.forgotten();
    }

    /** {@link #open(Path, Set, GatewayClock, Consumer, Duration)}, looking every two seconds. */
    public static KeysFile open(Path file, Set<String> knownPlans, GatewayClock clock, Consumer<DevMessage> messages) {
        return open(file, knownPlans, clock, messages, USUAL_INTERVAL);
    }

    /**
     * As {@link #open(Path, Set, GatewayClock, Consumer)}, beside {@code others}: a file that gives one of their keys again, or
     * one of their callers another plan, is refused.
     */
    public static KeysFile open(
            Path file, Set<String> knownPlans, InMemoryKeys others, GatewayClock clock, Consumer<DevMessage> messages) {
        return open(file, new Givens(knownPlans, others.table()), clock, messages, USUAL_INTERVAL);
    }

    /**
     * Reads {@code file} and looks for changes from then on.
     *
     * @param knownPlans the plans that entries may name; empty if any will do
     * @param messages told what becomes of later changes; called on the clock's threads
     * @param interval between looks, 10 ms to 1 day
     * @throws IllegalArgumentException if the file cannot be read, or naming file, line and field if its content is refused;
     *     if {@code interval} is out of range
     */
    public static KeysFile open(
            Path file, Set<String> knownPlans, GatewayClock clock, Consumer<DevMessage> messages, Duration interval) {
        if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
            throw new IllegalArgumentException("expected an interval of 10ms to 1 day, got " + interval);
        }
        return open(file, Givens.plans(knownPlans), clock, messages, interval);
    }

    private static KeysFile open(
            Path file, Givens givens, GatewayClock clock, Consumer<DevMessage> messages, Duration interval) {
        KeysContent content;
        try {
            content = KeysContent.of(file);
        } catch (IOException e) {
            throw new IllegalArgumentException(unreadable(file, e), e);
        }
        KeysFile keys = new KeysFile(file, givens, clock, messages, interval, content);
        keys.scheduleLook();
        return keys;
    }

    /** Completes at once, from the keys read last. */
    @Override
    public CompletionStage<Optional<Caller>> authenticate(KeyCredential credential) {
        return loaded.keys.authenticate(credential);
    }

    private void look() {
        try {
            if (!closed) {
                lookOnce();
            }
        } catch (RuntimeException | LinkageError e) {
            LOG.error("keys file {}: {}", file, e.getClass().getName());
        } finally {
            scheduleLook();
        }
    }

    private void lookOnce() {
        KeysContent content;
        try {
            content = KeysContent.of(file, latest);
        } catch (IOException e) {
            latest = null;
            refuse(unreadable(file, e), unreadable(file, e));
            return;
        }
        latest = content.forgotten();
        if (content.sha256().equals(refused)) {
            return;
        }
        if (!content.sha256().equals(loaded.sha256)) {
            try {
                loaded = parsed(content);
            } catch (IllegalArgumentException e) {
                refuse(content.sha256(), String.valueOf(e.getMessage()));
                return;
            }
            LOG.info("keys file {}: read {} keys", file, loaded.count);
        }
        if (refused != null) {
            refused = null;
            report(Type.RECOVERED, "Keys file is good again", loaded.count + " keys are in force");
        }
    }

    private Loaded parsed(KeysContent content) {
        KeyTable table = KeysReader.read(file.toString(), content.bytes(), givens);
        return new Loaded(new InMemoryKeys(table, clock), table.size(), content.sha256());
    }

    private void refuse(String what, String why) {
        if (!what.equals(refused)) {
            refused = what;
            report(Type.CONFIGURATION_REFUSED, "Keys file refused, the " + loaded.count + " keys before it stay", why);
        }
    }

    private void report(Type type, String title, String detail) {
        Instant now = Instant.ofEpochMilli(clock.currentTimeMillis());
        messages.accept(DevMessage.of(type, "keys-file:" + file, title, List.of(detail), now));
    }

    private void scheduleLook() {
        if (closed) {
            return;
        }
        Timer next = clock.schedule(intervalNanos, this::look);
        timer = next;
        if (closed) {
            next.cancel();
        }
    }

    private static String unreadable(Path file, IOException e) {
        String got = e.getClass() == IOException.class
                ? String.valueOf(e.getMessage())
                : e.getClass().getSimpleName();
        return file + ": expected a readable file, got " + got;
    }

    /** Looks no more. The keys read last stay in force. */
    @Override
    public void close() {
        closed = true;
        Timer last = timer;
        if (last != null) {
            last.cancel();
        }
    }

    @Override
    public String toString() {
        return "KeysFile[" + file + ", " + loaded.count + " keys]";
    }

    private record Loaded(InMemoryKeys keys, int count, String sha256) {}
}
