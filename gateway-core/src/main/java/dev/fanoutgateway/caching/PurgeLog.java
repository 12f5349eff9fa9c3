package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.Purge.Scope;
import dev.fanoutgateway.spi.ResponseCache;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was purged, and when: stores keep what they have, and each entry is judged when it is looked up, by the time at
 * which it was asked for. A purge costs the same however much is stored. Safe for use by any thread; judging takes no lock,
 * and where nothing was purged since an entry was asked for, it is one comparison.
 *
 * <p>Bounded: when it is full the oldest purge is forgotten, and everything that was asked for before it counts as purged,
 * so that nothing purged ever comes back.
 *
 * <p>Within a gateway the order of purges and requests is exact: a purge has a millisecond of {@link #clock()} of its own.
 * Among gateways that share a store it is as exact as their clocks: these must not differ by more than the margin.
 */
public final class PurgeLog {
    /** How many names it remembers. */
    static final int MOST = 10_000;

    /** How many characters these may have together. */
    static final int MOST_CHARACTERS = 4 << 20;

    /** A burst of purges must not carry the clock away. */
    private static final long MOST_AHEAD_MILLIS = 50;

    /** A purge whose clock is further ahead counts as one of this time. */
    private static final long MOST_FUTURE_MILLIS = 10_000;

    /** Nothing is under way for longer. */
    private static final long LONGEST_FLIGHT_MILLIS = Duration.ofMinutes(10).toMillis();

    private final GatewayClock real;
    private final GatewayClock clock;
    private final long marginMillis;
    private final int most;

    /** Guarded by this; the one that was not purged for the longest time first. */
    private final LinkedHashMap<Name, PurgeMark> names = new LinkedHashMap<>();

    private int characters;

    private final PurgeIndex index = new PurgeIndex();
    private volatile long newestUntil = Long.MIN_VALUE;
    private volatile long newestLearned = Long.MIN_VALUE;

    /** The earliest time that may be shown: later than every purge. */
    private volatile long earliest = Long.MIN_VALUE;

    private record Name(Scope scope, String value) {}

    /**
     * An empty log.
     *
     * @param margin by how much the clocks of the gateways that fill the store may differ; zero if this is the only one
     */
    public PurgeLog(Duration margin, GatewayClock clock) {
        this(margin, clock, MOST);
    }

    PurgeLog(Duration margin, GatewayClock clock, int most) {
        this.marginMillis = margin.toMillis();
        this.real = clock;
        this.clock = new PurgeClock(clock, this::now);
        this.most = most;
    }

    /** The time by which requests are sent and responses received, so that each is clearly before or after each purge. */
    public GatewayClock clock() {
        return clock;
    }

    /**
     * Notes a purge. One that is known changes nothing.
     *
     * @return the same with its time, for other gateways
     */
    public synchronized Purge add(Purge purge) {
        long learned = now();
        long at = purge.atMillis() == 0 ? learned : Math.min(purge.atMillis(), learned + MOST_FUTURE_MILLIS);
        long until = at + marginMillis;
        long never = Long.MIN_VALUE;
        PurgeMark mark = purge.soft() ? new PurgeMark(never, until, learned) : new PurgeMark(until, never, learned);
        String value = purge.scope() == Scope.TAG ? Ascii.lower(purge.value()) : purge.value();
        Name name = new Name(purge.scope(), value);
        PurgeMark before = names.get(name);
        if (before != null && before.hardUntil() >= mark.hardUntil() && before.softUntil() >= mark.softUntil()) {
            return purge.at(at); // heard of before
        }
        names.remove(name);
        PurgeMark both = before == null ? mark : before.and(mark);
        characters += before == null ? value.length() : 0;
        names.put(name, both);
        index.put(name.scope(), name.value(), both);
        forgetOldest();
        if (learned - real.currentTimeMillis() < MOST_AHEAD_MILLIS) {
            earliest = learned + 1;
        }
        newestLearned = learned;
        newestUntil = Math.max(newestUntil, until); // last: whoever sees it finds the rest
        return purge.at(at);
    }

    /** A store whose entries are judged by this log; the same stages where nothing is purged. */
    public ResponseCache before(ResponseCache store) {
        return new PurgedCache(store, this);
    }

    /**
     * Under what requests share a flight: those that came after a purge of what they want do not join one that left before.
     * The same object if there was no such purge lately.
     */
    public CacheKey flightKey(CacheKey key, GatewayRequest forwarded) {
        if (newestLearned < real.currentTimeMillis() - LONGEST_FLIGHT_MILLIS) {
            return key;
        }
        long learned = index.find(forwarded.path(), forwarded.query(), null).learned();
        return learned == Long.MIN_VALUE ? key : new CacheKey(key.value() + '\n' + learned);
    }

    /** Whether a response to {@code forwarded} may have been purged since that was sent. */
    public boolean purgedSince(long sentMillis, GatewayRequest forwarded) {
        return newestLearned >= sentMillis
                && index.find(forwarded.path(), forwarded.query(), null).learned() >= sentMillis;
    }

    /** What is left of an entry: the same, the same but stale, or null if it is gone. */
    @Nullable
    CachedResponse left(CacheKey key, CachedResponse entry) {
        long asked = askedMillis(entry);
        if (asked > newestUntil || entry.kind() == CachedResponse.Kind.VARIANTS) {
            return entry;
        }
        PurgeMark mark = markOf(key, entry);
        if (mark.hardUntil() >= asked) {
            return null;
        }
        return mark.softUntil() >= asked ? stale(entry, mark.softUntil() - marginMillis) : entry;
    }

    /**
     * An entry as it may be stored: the same; or, if it was asked for after a purge by this gateway but within the margin,
     * the same marked as later than that; null if it was asked for before a purge of it.
     */
    @Nullable
    CachedResponse storable(CacheKey key, CachedResponse entry) {
        long asked = askedMillis(entry);
        if ((asked > newestUntil && asked > newestLearned) || entry.kind() == CachedResponse.Kind.VARIANTS) {
            return entry;
        }
        PurgeMark mark = markOf(key, entry);
        if (mark.learned() >= asked) {
            return null;
        }
        return mark.until() >= asked
                ? with(entry, entry.freshMillis(), entry.receivedMillis() - mark.until() - 1)
                : entry;
    }

    /** How many names it remembers. */
    public synchronized int size() {
        return names.size();
    }

    private long now() {
        return Math.max(real.currentTimeMillis(), earliest);
    }

    private PurgeMark markOf(CacheKey key, CachedResponse entry) {
        String target = Keys.targetOf(key);
        int query = target.indexOf('?');
        return index.find(
                query < 0 ? target : target.substring(0, query),
                query < 0 ? null : target.substring(query + 1),
                entry.headers());
    }

    /** Guarded by this. What is forgotten by its name is remembered for all, first. */
    private void forgetOldest() {
        Iterator<Map.Entry<Name, PurgeMark>> oldest = names.entrySet().iterator();
        while (names.size() > most || characters > MOST_CHARACTERS) {
            Map.Entry<Name, PurgeMark> forgotten = oldest.next();
            Name name = forgotten.getKey();
            PurgeMark mark = forgotten.getValue();
            index.put(Scope.ALL, "", index.all().and(mark));
            if (name.scope() != Scope.ALL) {
                index.remove(name.scope(), name.value());
            }
            characters -= name.value().length();
            oldest.remove();
        }
    }

    private static long askedMillis(CachedResponse entry) {
        return entry.receivedMillis() - entry.elapsedMillis();
    }

    /** As if its lifetime had been over at the time of the purge; it was fresh for a moment if ever it was. */
    private static CachedResponse stale(CachedResponse entry, long purgedMillis) {
        long ageThen = entry.initialAgeMillis() + Math.max(1, purgedMillis - entry.receivedMillis());
        return with(entry, Math.max(0, Math.min(entry.freshMillis(), ageThen)), entry.elapsedMillis());
    }

    private static CachedResponse with(CachedResponse entry, long freshMillis, long elapsedMillis) {
        return new CachedResponse(
                entry.kind(),
                entry.status(),
                entry.headers(),
                entry.body(),
                entry.backend(),
                entry.receivedMillis(),
                entry.initialAgeMillis(),
                freshMillis,
                entry.keepMillis(),
                elapsedMillis);
    }
}
