package dev.fanoutgateway.tls;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of TLS connections by {@link TlsFiles}, which are read again when they change. Connections from then on go by what
 * they have, and resume no session from before; those that exist are left alone. Files that are not in order change nothing,
 * and a warning says what is wrong. A change counts once it is seen twice in a row: who writes one file after the other is
 * then through with it. Safe for use by any thread.
 */
public final class ReloadingTls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private final TlsFiles files;
    private final ScheduledThreadPoolExecutor looking = new ScheduledThreadPoolExecutor(1, ReloadingTls::thread);
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Loaded loaded;

    /** What was judged last, for good or bad. */
    private Seen judged;

    /** What was seen since, once. */
    private @Nullable Seen next;

    ReloadingTls(TlsFiles files) {
        if ((files.certificate() == null) != (files.key() == null)) {
            throw new IllegalStateException("expected both a certificate and its key, got only one of them");
        }
        this.files = files;
        this.judged = Seen.of(files);
        try {
            loaded = judged.load();
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("TLS: " + e.getMessage(), e);
        }
        warnIfEnded();
        schedule(files.every());
    }

    /** By the files as they were when they were in order last. */
    public SSLContext context() {
        return loaded.context();
    }

    /** Whom that trusts. */
    public X509TrustManager trustManager() {
        return loaded.trust();
    }

    /** A factory of client sockets that always goes by {@link #context()}. */
    public SSLSocketFactory socketFactory() {
        return new ReloadingSocketFactory(this);
    }

    /** Runs {@code listener} after each change of {@link #context()}, on a thread on which it may block for a moment. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Watches the files no longer. */
    @Override
    public void close() {
        looking.shutdownNow();
    }

    /** Looks at the files once; returns when to look again. */
    synchronized Duration look() {
        Seen now = Seen.of(files);
        if (now.equals(judged)) {
            next = null;
            return files.every();
        }
        if (!now.equals(next)) {
            next = now;
            return files.every().compareTo(SETTLING) < 0 ? files.every() : SETTLING;
        }
        judged = now;
        next = null;
        try {
            loaded = now.load();
        } catch (IllegalArgumentException e) {
            LOG.warn("TLS goes on with what it had, since the changed files are not in order: {}", e.getMessage());
            return files.every();
        }
        LOG.info("TLS goes by the changed files {}", now.pems);
        warnIfEnded();
        listeners.forEach(Runnable::run);
        return files.every();
    }

    private void warnIfEnded() {
        Instant end = loaded.end();
        if (end != null && end.isBefore(Instant.now())) {
            LOG.warn("the certificate in {} was valid until {}", Objects.requireNonNull(files.certificate()), end);
        }
    }

    private void schedule(Duration delay) {
        try {
            looking.schedule(this::lookAndSchedule, delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("TLS files are not watched any more");
        }
    }

    private void lookAndSchedule() {
        Duration delay = files.every();
        try {
            delay = look();
        } catch (RuntimeException e) {
            LOG.warn("TLS files could not be taken again: {}", e.getClass().getName());
        }
        schedule(delay);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "tls-files");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * What one look at the files has shown.
     *
     * @param pems in the order of trust, certificate, key
     * @param trouble why not all could be read; empty if they could
     */
    private record Seen(List<Pem> pems, boolean identity, String trouble) {
        static Seen of(TlsFiles files) {
            boolean identity = files.certificate() != null && files.key() != null;
            List<Pem> pems = new ArrayList<>();
            try {
                for (Path file : files.trust()) {
                    pems.add(Pem.read(file));
                }
                if (files.certificate() != null && files.key() != null) {
                    pems.add(Pem.read(files.certificate()));
                    pems.add(Pem.read(files.key()));
                }
                return new Seen(pems, identity, "");
            } catch (IllegalArgumentException e) {
                return new Seen(pems, identity, String.valueOf(e.getMessage()));
            }
        }

        Loaded load() {
            if (!trouble.isEmpty()) {
                throw new IllegalArgumentException(trouble);
            }
            int others = identity ? pems.size() - 2 : pems.size();
            Identity own = identity ? Identity.of(pems.get(others), pems.get(others + 1)) : null;
            return Loaded.of(pems.subList(0, others), own);
        }
    }
}
