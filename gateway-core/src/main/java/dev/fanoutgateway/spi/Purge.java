package dev.fanoutgateway.spi;

import java.util.Objects;

/**
 * That stored responses are no longer to be used, whatever freshness they have left. It concerns what was asked of the
 * backends before it, and nothing that is asked later.
 *
 * @param scope how the responses are named
 * @param value the name: see {@link Scope}; empty for {@link Scope#ALL}
 * @param soft whether they merely become stale: they are validated before use, and may still cover failures of the
 *     backends. Otherwise they are gone
 * @param atMillis when it was asked for, in milliseconds since 1970-01-01T00:00Z; 0 for when the gateway is given it
 */
public record Purge(Scope scope, String value, boolean soft, long atMillis) {
    /** The longest value. */
    public static final int LONGEST_VALUE = 8192;

    /** How the responses to purge are named. */
    public enum Scope {
        /**
         * By path and query exactly as they are forwarded (without what the route ignores of the query): every variant, for
         * every caller, from every group.
         */
        TARGET,
        /**
         * By the beginning of the path, on the boundary of a segment, whatever the query: {@code /api/v1} is {@code /api/v1},
         * {@code /api/v1?a} and {@code /api/v1/prices}, but not {@code /api/v10}; {@code /api/} is all beneath, without
         * {@code /api} itself; {@code /} is everything.
         */
        PREFIX,
        /**
         * By a tag that the origin gave the response, in {@code Cache-Tag} (between commas) or {@code Surrogate-Key} (between
         * blanks); the case of ASCII letters makes no difference.
         */
        TAG,
        /** All of them. */
        ALL
    }

    /** @throws IllegalArgumentException if the value is none that the scope can have, or too long */
    public Purge {
        Objects.requireNonNull(scope, "scope");
        if (value.length() > LONGEST_VALUE) {
            throw new IllegalArgumentException(
                    "expected at most " + LONGEST_VALUE + " characters to purge by, got " + value.length());
        }
        boolean legible = value.chars().allMatch(c -> c > ' ' && c != 0x7f && c != '#');
        boolean named = switch (scope) {
            case TARGET -> legible && value.startsWith("/");
            case PREFIX -> legible && value.startsWith("/") && value.indexOf('?') < 0;
            case TAG -> !value.isEmpty() && value.chars().allMatch(c -> c > ' ' && c != 0x7f && c != ',');
            case ALL -> value.isEmpty();
        };
        if (!named || atMillis < 0) {
            throw new IllegalArgumentException(
                    switch (scope) {
                        case TARGET -> "expected a path with an optional query to purge, got something else";
                        case PREFIX -> "expected the beginning of a path to purge, got something else";
                        case TAG -> "expected a tag without blanks and commas to purge, got something else";
                        case ALL -> "expected no name for a purge of everything, got one";
                    });
        }
    }

    /** Everything that is stored for {@code target}, such as {@code /api/v1/prices?symbol=IBM}. */
    public static Purge target(String target) {
        return new Purge(Scope.TARGET, target, false, 0);
    }

    /** Everything whose path begins with {@code path}; see {@link Scope#PREFIX}. */
    public static Purge prefix(String path) {
        return new Purge(Scope.PREFIX, path, false, 0);
    }

    /** Everything that the origin gave {@code tag}. */
    public static Purge tag(String tag) {
        return new Purge(Scope.TAG, tag, false, 0);
    }

    /** Everything. */
    public static Purge all() {
        return new Purge(Scope.ALL, "", false, 0);
    }

    /** The same, but what is purged only becomes stale. */
    public Purge softly() {
        return new Purge(scope, value, true, atMillis);
    }

    /** The same at another time. */
    public Purge at(long millis) {
        return new Purge(scope, value, soft, millis);
    }

    /** Without the value, which may be a target with a secret in it. */
    @Override
    public String toString() {
        return (soft ? "soft" : "hard") + " purge by " + scope;
    }
}
