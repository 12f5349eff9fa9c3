package dev.fanoutgateway.caching;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which keys this gateway has invalidated lately (RFC 9111 section 4.4). A store may not have heard of it, or may hear of
 * something older afterwards: so what was asked for before is not served from it, either. Bounded; safe for use by any
 * thread.
 */
public final class InvalidationLog {
    /** Longer than a request may take, and than a store is usually away. */
    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    private static final int MOST = 100_000;

    private final AtomicLong count = new AtomicLong();
    private final Cache<CacheKey, Mark> marks;
    private final GatewayClock clock;

    private record Mark(long number, long millis) {}

    public InvalidationLog(GatewayClock clock) {
        this.clock = clock;
        this.marks = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(REMEMBERED)
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** Notes that what is stored under {@code key} is not to be relied upon any more. */
    public void add(CacheKey key) {
        marks.put(key, new Mark(count.incrementAndGet(), clock.currentTimeMillis()));
    }

    /** How many there have been: what is asked for now is later than these. */
    public long count() {
        return count.get();
    }

    /** Whether {@code key} was invalidated after that many: what was asked for before that may be what was changed. */
    public boolean since(CacheKey key, long before) {
        if (count.get() == before) {
            return false;
        }
        Mark mark = marks.getIfPresent(key);
        return mark != null && mark.number > before;
    }

    /** Whether an entry was asked for before its key was invalidated, or in the same millisecond. */
    boolean covers(CacheKey key, CachedResponse entry) {
        if (count.get() == 0) {
            return false;
        }
        Mark mark = marks.getIfPresent(key);
        return mark != null && entry.receivedMillis() - entry.elapsedMillis() <= mark.millis;
    }
}
