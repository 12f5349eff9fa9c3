package dev.fanoutgateway.caching;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a route uses the cache. Immutable; every verb gives a new policy.
 *
 * <p>{@link #standard()} honours what the origin says and keeps for an hour what it says nothing about.
 */
public final class CachePolicy {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final CachePolicy STANDARD =
            new CachePolicy(true, Duration.ofHours(1), true, Duration.ZERO, false, Set.of());
    private static final CachePolicy OFF = new CachePolicy(false, Duration.ZERO, true, Duration.ZERO, false, Set.of());

    private final boolean enabled;
    private final Duration ttl;
    private final boolean respectOrigin;
    private final Duration absentTtl;
    private final boolean perCaller;
    private final Set<String> ignoredQuery;

    private CachePolicy(
            boolean enabled,
            Duration ttl,
            boolean respectOrigin,
            Duration absentTtl,
            boolean perCaller,
            Set<String> ignoredQuery) {
        this.enabled = enabled;
        this.ttl = ttl;
        this.respectOrigin = respectOrigin;
        this.absentTtl = absentTtl;
        this.perCaller = perCaller;
        this.ignoredQuery = ignoredQuery;
    }

    /** Nothing is looked up, nothing is stored, nothing is removed from what is forwarded. */
    public static CachePolicy off() {
        return OFF;
    }

    /**
     * The origin's word counts; where it says nothing of a lifetime, one hour. Absence is not remembered, entries are
     * shared by all callers, every query parameter counts.
     */
    public static CachePolicy standard() {
        return STANDARD;
    }

    /**
     * Keeps responses for {@code lifetime}: those whose lifetime the origin does not state, or, without
     * {@link #respectOrigin(boolean)}, all.
     *
     * @param lifetime 0 to 366 days; 0 for none
     */
    public CachePolicy ttl(Duration lifetime) {
        check("ttl", lifetime);
        return new CachePolicy(enabled, lifetime, respectOrigin, absentTtl, perCaller, ignoredQuery);
    }

    /**
     * Whether the lifetime that the origin states counts. If not, every response that may be shared is fresh for
     * {@link #ttl()} from its receipt; {@code no-store}, {@code private}, {@code Set-Cookie} and {@code Vary: *} still
     * keep one from being stored.
     */
    public CachePolicy respectOrigin(boolean respect) {
        return new CachePolicy(enabled, ttl, respect, absentTtl, perCaller, ignoredQuery);
    }

    /**
     * Remembers for {@code lifetime} that every backend said it has no such resource.
     *
     * @param lifetime 0 to 366 days; 0 for not at all
     */
    public CachePolicy absentTtl(Duration lifetime) {
        check("absent-ttl", lifetime);
        return new CachePolicy(enabled, ttl, respectOrigin, lifetime, perCaller, ignoredQuery);
    }

    /** Whether every caller has entries of its own, shared with nobody. */
    public CachePolicy perCaller(boolean separate) {
        return new CachePolicy(enabled, ttl, respectOrigin, absentTtl, separate, ignoredQuery);
    }

    /**
     * Removes these query parameters from what is forwarded, and so from the key too, in place of those named before.
     *
     * @param names as they stand on the wire: case-sensitive, not decoded
     * @throws IllegalArgumentException if a name is empty or holds a character that no parameter name has
     */
    public CachePolicy ignoreQuery(String... names) {
        for (String name : names) {
            if (name.isEmpty() || name.chars().anyMatch(c -> c <= ' ' || c == '&' || c == '=' || c == '#')) {
                throw new IllegalArgumentException("expected a query parameter's name, got '" + name + "'");
            }
        }
        return new CachePolicy(enabled, ttl, respectOrigin, absentTtl, perCaller, Set.copyOf(List.of(names)));
    }

    /** Whether the cache is used at all. */
    public boolean enabled() {
        return enabled;
    }

    /** See {@link #ttl(Duration)}. */
    public Duration ttl() {
        return ttl;
    }

    /** See {@link #respectOrigin(boolean)}. */
    public boolean respectOrigin() {
        return respectOrigin;
    }

    /** See {@link #absentTtl(Duration)}. */
    public Duration absentTtl() {
        return absentTtl;
    }

    /** See {@link #perCaller(boolean)}. */
    public boolean perCaller() {
        return perCaller;
    }

    /** See {@link #ignoreQuery(String...)}. */
    public Set<String> ignoredQuery() {
        return ignoredQuery;
    }

    private static void check(String what, Duration lifetime) {
        if (lifetime.isNegative() || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of 0 to 366 days, got " + lifetime);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CachePolicy that
                && enabled == that.enabled
                && ttl.equals(that.ttl)
                && respectOrigin == that.respectOrigin
                && absentTtl.equals(that.absentTtl)
                && perCaller == that.perCaller
                && ignoredQuery.equals(that.ignoredQuery);
    }

    @Override
    public int hashCode() {
        return ttl.hashCode() * 31 + ignoredQuery.hashCode();
    }

    @Override
    public String toString() {
        return enabled
                ? "{ttl: " + ttl + ", respect-origin: " + respectOrigin + ", absent-ttl: " + absentTtl
                        + ", per-caller: " + perCaller + ", ignore-query: " + new TreeSet<>(ignoredQuery) + "}"
                : "off";
    }
}
