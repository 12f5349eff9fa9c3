package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Purge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway asks for by itself, so that its callers find it in the cache: at the start, and again every so often. The
 * requests take the ordinary way (cache, coalescing, backends, store) but need no key and count against no limit; they
 * begin one after the other at a bounded rate. Immutable; every verb gives a new one.
 */
public final class WarmUp {
    private static final Limit RATE = Limit.perSecond(10);
    private static final int CONCURRENCY = 4;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofDays(366);
    private static final int MOST_TARGETS = 1_000_000;
    static final int MOST_HOTTEST = 100_000;

    private static final WarmUp NONE = new WarmUp(List.of(), null, RATE, CONCURRENCY, null, 0);

    private final List<String> targets;
    private final @Nullable Duration every;
    private final Limit rate;
    private final int concurrency;
    private final @Nullable Path snapshot;
    private final int hottest;

    private WarmUp(
            List<String> targets,
            @Nullable Duration every,
            Limit rate,
            int concurrency,
            @Nullable Path snapshot,
            int hottest) {
        this.targets = targets;
        this.every = every;
        this.rate = rate;
        this.concurrency = concurrency;
        this.snapshot = snapshot;
        this.hottest = hottest;
    }

    /** What became of one request. */
    public enum Prefetched {
        /** The cache had it. */
        HIT,
        /** It was asked for, and the cache has it now. */
        STORED,
        /** It was not, or in vain: its route has no cache that callers share, or its response may not be shared. */
        NOT_STORED,
        /** There was no acceptable answer, or no route. */
        FAILED
    }

    /**
     * How far a gateway is.
     *
     * @param done how many requests of this round have ended
     * @param stored of these, how many brought something into the cache
     * @param failed of these, how many had no acceptable answer
     * @param total how many the round has
     */
    public record Progress(int done, int stored, int failed, int total) {
        static final Progress NOTHING = new Progress(0, 0, 0, 0);

        Progress and(Prefetched one) {
            return new Progress(
                    done + 1,
                    stored + (one == Prefetched.STORED ? 1 : 0),
                    failed + (one == Prefetched.FAILED ? 1 : 0),
                    total);
        }
    }

    /**
     * Once at the start, 10 each second, at most 4 at a time.
     *
     * @param targets paths with optional queries, as a client would ask for them
     * @throws IllegalArgumentException if one is none, or they are more than a million
     */
    public static WarmUp of(String... targets) {
        return NONE.and(List.of(targets));
    }

    /** The same with these targets too, each only once. */
    public WarmUp and(List<String> more) {
        LinkedHashSet<String> all = new LinkedHashSet<>(targets);
        for (String target : more) {
            checked(target);
            all.add(target);
        }
        if (all.size() > MOST_TARGETS) {
            throw new IllegalArgumentException("expected at most a million paths to warm up, got " + all.size());
        }
        return new WarmUp(List.copyOf(all), every, rate, concurrency, snapshot, hottest);
    }

    /** The same target, if it is one. */
    static String checked(String target) {
        try {
            Purge.target(target); // has the same rules
            GatewayRequest.get(target);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected a path with an optional query, got something else");
        }
        return target;
    }

    /** Again so long after each beginning, but never before the end: 1 s to 366 days. */
    public WarmUp every(Duration pause) {
        if (pause.compareTo(SHORTEST_PAUSE) < 0 || pause.compareTo(LONGEST_PAUSE) > 0) {
            throw new IllegalArgumentException("expected a warm-up every 1s to 366 days, got " + pause);
        }
        return new WarmUp(targets, pause, rate, concurrency, snapshot, hottest);
    }

    /** At this rate at most, evenly spread. */
    public WarmUp rate(Limit most) {
        return new WarmUp(targets, every, most, concurrency, snapshot, hottest);
    }

    /** So many at a time at most, 1 to 1000. */
    public WarmUp concurrency(int most) {
        if (most < 1 || most > 1_000) {
            throw new IllegalArgumentException("expected a concurrency of 1 to 1000, got " + most);
        }
        return new WarmUp(targets, every, rate, most, snapshot, hottest);
    }

    /**
     * Writes what is asked for most often to {@code file} when the gateway is closed, and asks for it first when one starts:
     * targets only, of responses that all callers share; neither keys nor content. A file that is not there, or cannot be
     * understood, changes nothing. Needs a cache in memory.
     *
     * @param targets how many, 1 to 100,000
     */
    public WarmUp snapshot(Path file, int targets) {
        if (targets < 1 || targets > MOST_HOTTEST) {
            throw new IllegalArgumentException("expected a snapshot of 1 to 100000 paths, got " + targets);
        }
        return new WarmUp(this.targets, every, rate, concurrency, file, targets);
    }

    /** See {@link #of}. */
    public List<String> targets() {
        return targets;
    }

    @Nullable
    Duration every() {
        return every;
    }

    /** The time between two beginnings. */
    long paceNanos() {
        return rate.period().toNanos() / rate.amount();
    }

    int concurrency() {
        return concurrency;
    }

    @Nullable
    Path snapshot() {
        return snapshot;
    }

    int hottest() {
        return hottest;
    }

    @Override
    public String toString() {
        return targets.size() + " paths" + (every == null ? "" : " every " + every)
                + (snapshot == null ? "" : ", and the " + hottest + " hottest from " + snapshot);
    }
}
