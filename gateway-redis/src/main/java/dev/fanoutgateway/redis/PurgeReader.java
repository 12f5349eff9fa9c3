package dev.fanoutgateway.redis;

import dev.fanoutgateway.spi.Purge;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the purges in Redis that one gateway does not know yet: when it is woken, and every second. */
final class PurgeReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);
    private static final Script READ = Script.named("read-purges");
    private static final int PAGE = 500;
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(200);

    private final Link link;
    private final byte[][] keys;
    private final Consumer<Purge> purges;

    /** How often it was asked to read and has not: only the first asker reads, until all are content. */
    private final AtomicInteger wanted = new AtomicInteger();

    /** Of the last page; touched by whoever reads. */
    private volatile byte[] epoch = {};

    private volatile byte[] sequence = Script.ascii(0);
    private volatile boolean current;
    private volatile boolean closed;

    PurgeReader(Link link, byte[][] keys, Consumer<Purge> purges) {
        this.link = link;
        this.keys = keys;
        this.purges = purges;
    }

    /** Reads now, and from now on. */
    void start() {
        if (!closed) {
            read();
            link.pause(current ? EVERY : AFTER_FAILURE).thenRun(this::start); // it fails when the link is closed
        }
    }

    /** Reads what is new, if there is anything; does not wait for it. */
    void read() {
        if (!closed && wanted.getAndIncrement() == 0) {
            page(1);
        }
    }

    /** Whether the last reading brought everything. */
    boolean isCurrent() {
        return current;
    }

    private void page(int asked) {
        READ.<byte[]>replies(link, keys, new byte[][] {epoch, sequence, Script.ascii(PAGE)})
                .thenApply(this::accept)
                .whenComplete((more, failure) -> {
                    if (failure == null && more && !closed) {
                        page(asked);
                        return;
                    }
                    current = failure == null && !more;
                    int since = wanted.addAndGet(-asked);
                    if (since > 0 && current && !closed) {
                        page(since);
                    } else if (since > 0) {
                        wanted.set(0); // the next look is soon enough
                    }
                });
    }

    /** Whether there is more. */
    private boolean accept(List<byte[]> reply) {
        give(RedisPurges.of("HA", text(reply.get(3))).orElse(null));
        give(RedisPurges.of("SA", text(reply.get(4))).orElse(null));
        for (int i = 5; i + 1 < reply.size(); i += 2) {
            give(RedisPurges.of(text(reply.get(i)), text(reply.get(i + 1))).orElse(null));
        }
        epoch = reply.get(0);
        sequence = reply.get(1);
        return text(reply.get(2)).equals("1");
    }

    private void give(@Nullable Purge purge) {
        if (purge != null) {
            try {
                purges.accept(purge);
            } catch (RuntimeException e) {
                LOG.warn("a purge could not be noted: {}", e.getClass().getName());
            }
        }
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closed = true;
    }
}
