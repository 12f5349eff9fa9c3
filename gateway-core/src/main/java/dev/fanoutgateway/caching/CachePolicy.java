package dev.fanoutgateway.caching;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How a route uses the cache. Immutable; every verb gives a new policy.
 *
 * <p>{@link #standard()} honours what the origin says and keeps for an hour what it says nothing about.
 */
public final class CachePolicy {
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final CachePolicy STANDARD = new CachePolicy(new Settings());
    private static final CachePolicy OFF = STANDARD.with(changed -> changed.enabled = false);

    private final Settings settings;

    private CachePolicy(Settings settings) {
        this.settings = settings;
    }

    /** What the verbs below set, each of its own. Changed only before a policy holds it. */
    private static final class Settings {
        private boolean enabled = true;
        private Duration ttl = Duration.ofHours(1);
        private boolean respectOrigin = true;
        private Duration absentTtl = Duration.ZERO;
        private boolean perCaller;
        private Set<String> ignoredQuery = Set.of();
        private Duration staleWhileRevalidate = Duration.ZERO;
        private Duration staleIfError = Duration.ZERO;
        private Duration staleIfNoneAcceptable = Duration.ZERO;
        private double refreshAhead;
        private double earlyRefresh = 1;

        private Settings copy() {
            Settings copy = new Settings();
            copy.enabled = enabled;
            copy.ttl = ttl;
            copy.respectOrigin = respectOrigin;
            copy.absentTtl = absentTtl;
            copy.perCaller = perCaller;
            copy.ignoredQuery = ignoredQuery;
            copy.staleWhileRevalidate = staleWhileRevalidate;
            copy.staleIfError = staleIfError;
            copy.staleIfNoneAcceptable = staleIfNoneAcceptable;
            copy.refreshAhead = refreshAhead;
            copy.earlyRefresh = earlyRefresh;
            return copy;
        }

        private List<Object> values() {
            return List.of(
                    enabled,
                    ttl,
                    respectOrigin,
                    absentTtl,
                    perCaller,
                    ignoredQuery,
                    staleWhileRevalidate,
                    staleIfError,
                    staleIfNoneAcceptable,
                    refreshAhead,
                    earlyRefresh);
        }
    }

    private CachePolicy with(Consumer<Settings> change) {
        Settings changed = settings.copy();
        change.accept(changed);
        return new CachePolicy(changed);
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
        return with(changed -> changed.ttl = lifetime);
    }

    /**
     * Whether the lifetime that the origin states counts. If not, every response that may be shared is fresh for
     * {@link #ttl()} from its receipt; {@code no-store}, {@code private}, {@code Set-Cookie} and {@code Vary: *} still
     * keep one from being stored.
     */
    public CachePolicy respectOrigin(boolean respect) {
        return with(changed -> changed.respectOrigin = respect);
    }

    /**
     * Remembers for {@code lifetime} that every backend said it has no such resource.
     *
     * @param lifetime 0 to 366 days; 0 for not at all
     */
    public CachePolicy absentTtl(Duration lifetime) {
        check("absent-ttl", lifetime);
        return with(changed -> changed.absentTtl = lifetime);
    }

    /** Whether every caller has entries of its own, shared with nobody. */
    public CachePolicy perCaller(boolean separate) {
        return with(changed -> changed.perCaller = separate);
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
        return with(changed -> changed.ignoredQuery = Set.copyOf(List.of(names)));
    }

    /**
     * Gives a stale response for so long while the backends are asked in the background, as {@code stale-while-revalidate}
     * of an origin does (RFC 5861 section 3); the longer of both counts. Not where the origin forbids it
     * ({@code must-revalidate}, {@code no-cache}, {@code proxy-revalidate}, {@code s-maxage}).
     *
     * @param window since it became stale: 0 to 366 days; 0, the default, for only what the origin says
     */
    public CachePolicy staleWhileRevalidate(Duration window) {
        check("stale-while-revalidate", window);
        return with(changed -> changed.staleWhileRevalidate = window);
    }

    /**
     * Gives a stale response for so long in place of an error of the backends (500, 502, 503, 504, or no acceptable answer),
     * as {@code stale-if-error} of an origin does (RFC 5861 section 4); the longer of both counts, and prohibitions as for
     * {@link #staleWhileRevalidate}.
     *
     * @param window since it became stale: 0 to 366 days; 0, the default, for only what the origin says
     */
    public CachePolicy staleIfError(Duration window) {
        check("stale-if-error", window);
        return with(changed -> changed.staleIfError = window);
    }

    /**
     * Gives a stale response for so long where no backend has an acceptable answer, whatever the reason: all are down, late
     * or broken. That all say there is no such resource is an answer, and is not covered. Prohibitions as for
     * {@link #staleWhileRevalidate}.
     *
     * @param window since it became stale: 0 to 366 days; 0, the default, for not at all
     */
    public CachePolicy staleIfNoneAcceptable(Duration window) {
        check("stale-if-none-acceptable", window);
        return with(changed -> changed.staleIfNoneAcceptable = window);
    }

    /**
     * Asks the backends anew, in the background, when a response is given within this last share of its lifetime: what is
     * asked for often never expires. The extra load is one request per lifetime and resource at most.
     *
     * @param share 0 to 0.9; 0, the default, for not at all
     */
    public CachePolicy refreshAhead(double share) {
        if (!(share >= 0 && share <= 0.9)) {
            throw new IllegalArgumentException("expected a share from 0 to 0.9 for refresh-ahead, got " + share);
        }
        return with(changed -> changed.refreshAhead = share);
    }

    /**
     * Asks the backends anew by chance, in the background, shortly before a response expires: the likelier the nearer the
     * end and the longer the response took to get (XFetch: Vattani and others, Optimal Probabilistic Cache Stampede
     * Prevention, 2015).
     *
     * @param beta how early, 0 to 100; 1, the default, is best where requests come evenly; 0 for not at all
     */
    public CachePolicy earlyRefresh(double beta) {
        if (!(beta >= 0 && beta <= 100)) {
            throw new IllegalArgumentException("expected a factor from 0 to 100 for early refresh, got " + beta);
        }
        return with(changed -> changed.earlyRefresh = beta);
    }

    /** Whether the cache is used at all. */
    public boolean enabled() {
        return settings.enabled;
    }

    /** See {@link #ttl(Duration)}. */
    public Duration ttl() {
        return settings.ttl;
    }

    /** See {@link #respectOrigin(boolean)}. */
    public boolean respectOrigin() {
        return settings.respectOrigin;
    }

    /** See {@link #absentTtl(Duration)}. */
    public Duration absentTtl() {
        return settings.absentTtl;
    }

    /** See {@link #perCaller(boolean)}. */
    public boolean perCaller() {
        return settings.perCaller;
    }

    /** See {@link #ignoreQuery(String...)}. */
    public Set<String> ignoredQuery() {
        return settings.ignoredQuery;
    }

    /** See {@link #staleWhileRevalidate(Duration)}. */
    public Duration staleWhileRevalidate() {
        return settings.staleWhileRevalidate;
    }

    /** See {@link #staleIfError(Duration)}. */
    public Duration staleIfError() {
        return settings.staleIfError;
    }

    /** See {@link #staleIfNoneAcceptable(Duration)}. */
    public Duration staleIfNoneAcceptable() {
        return settings.staleIfNoneAcceptable;
    }

    /** See {@link #refreshAhead(double)}. */
    public double refreshAhead() {
        return settings.refreshAhead;
    }

    /** See {@link #earlyRefresh(double)}. */
    public double earlyRefresh() {
        return settings.earlyRefresh;
    }

    private static void check(String what, Duration lifetime) {
        if (lifetime.isNegative() || lifetime.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of 0 to 366 days, got " + lifetime);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CachePolicy that && settings.values().equals(that.settings.values());
    }

    @Override
    public int hashCode() {
        return settings.values().hashCode();
    }

    @Override
    public String toString() {
        if (!settings.enabled) {
            return "off";
        }
        StringBuilder text = new StringBuilder("{ttl: " + settings.ttl + ", respect-origin: " + settings.respectOrigin
                + ", absent-ttl: " + settings.absentTtl + ", per-caller: " + settings.perCaller + ", ignore-query: "
                + new TreeSet<>(settings.ignoredQuery));
        window(text, "stale-while-revalidate", settings.staleWhileRevalidate);
        window(text, "stale-if-error", settings.staleIfError);
        window(text, "stale-if-none-acceptable", settings.staleIfNoneAcceptable);
        if (settings.refreshAhead != 0) {
            text.append(", refresh-ahead: ").append(settings.refreshAhead);
        }
        return text.append('}').toString();
    }

    private static void window(StringBuilder text, String name, Duration window) {
        if (!window.isZero()) {
            text.append(", ").append(name).append(": ").append(window);
        }
    }
}
