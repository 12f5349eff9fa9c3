package dev.fanoutgateway.caching;

import org.jspecify.annotations.Nullable;

/**
 * How the cache handled a request, as the value of a {@code Cache-Status} field (RFC 9211). The key is never told.
 * Immutable.
 *
 * @param forward why the request went to the backends; null if it did not
 * @param ttlSeconds the remaining freshness of what was served, negative once it is stale; {@link #NO_TTL} for none, as a
 *     hit always has one
 * @param stored whether the backend's response was stored
 * @param collapsed whether the request was joined to another one's flight
 * @param status the status that the backends' answer had, where the client gets another one; 0 for none
 * @param detail a word or more for those who look for faults; empty for none
 */
public record CacheStatus(
        @Nullable Forward forward, long ttlSeconds, boolean stored, boolean collapsed, int status, String detail) {
    /** The name of the field. */
    public static final String FIELD = "Cache-Status";

    /** No {@code ttl} parameter. */
    public static final long NO_TTL = Long.MIN_VALUE;

    private static final String NAME = "fanout-gateway";

    /** Why a request went to the backends: RFC 9211 section 2.2. */
    public enum Forward {
        /** The cache is off for this route, or the request is of a kind that is not handled by it. */
        BYPASS("bypass"),
        /** The request's method has to be forwarded. */
        METHOD("method"),
        /** Nothing is stored for this target. */
        URI_MISS("uri-miss"),
        /** Something is stored for this target, but not for what this request prefers. */
        VARY_MISS("vary-miss"),
        /** Nothing usable is stored. */
        MISS("miss"),
        /** The request asks for a fresh response. */
        REQUEST("request"),
        /** What is stored is stale. */
        STALE("stale"),
        /** What is stored is a part of what is asked for. */
        PARTIAL("partial");

        private final String token;
        private final CacheStatus status;

        Forward(String token) {
            this.token = token;
            this.status = new CacheStatus(this, NO_TTL, false, false, 0, "");
        }
    }

    /** Answered from the cache; the response is fresh for {@code ttlSeconds} more. */
    public static CacheStatus hit(long ttlSeconds) {
        return new CacheStatus(null, ttlSeconds, false, false, 0, "");
    }

    /** Neither answered from the cache nor sent to the backends: the gateway's own answer. */
    public static CacheStatus own(String detail) {
        return new CacheStatus(null, NO_TTL, false, false, 0, detail);
    }

    /** Sent to the backends. */
    public static CacheStatus forwarded(Forward why) {
        return why.status;
    }

    /** Sent to the backends, since that is what a lookup came to. */
    public static CacheStatus forwarded(SharedCache.Result lookup) {
        return switch (lookup) {
            case MISS -> forwarded(Forward.URI_MISS);
            case OTHERS -> forwarded(Forward.MISS);
            case VARY_MISS -> forwarded(Forward.VARY_MISS);
            case PARTIAL -> forwarded(Forward.PARTIAL);
            case STALE, STALE_HIT, STALE_MEANWHILE -> forwarded(Forward.STALE);
            case REQUEST -> forwarded(Forward.REQUEST);
            case UNCACHEABLE -> forwarded(Forward.MISS).detail("uncacheable");
            case HIT, ABSENT -> forwarded(Forward.MISS);
        };
    }

    /** This status, with the backend's response stored or not. */
    public CacheStatus stored(boolean other) {
        return other == stored ? this : new CacheStatus(forward, ttlSeconds, other, collapsed, status, detail);
    }

    /** This status, with the request joined to another one's flight or not. */
    public CacheStatus collapsed(boolean other) {
        return other == collapsed ? this : new CacheStatus(forward, ttlSeconds, stored, other, status, detail);
    }

    /** This status, with that of the backends' answer, which is not what the client gets. */
    public CacheStatus status(int other) {
        return new CacheStatus(forward, ttlSeconds, stored, collapsed, other, detail);
    }

    /** This status, with the remaining freshness of what is given. */
    public CacheStatus ttl(long seconds) {
        return new CacheStatus(forward, seconds, stored, collapsed, status, detail);
    }

    /** This status with a word for those who look for faults; must hold no secret. */
    public CacheStatus detail(String other) {
        return new CacheStatus(forward, ttlSeconds, stored, collapsed, status, other);
    }

    /** The field's value, such as {@code fanout-gateway; hit; ttl=42} or {@code fanout-gateway; fwd=uri-miss; stored}. */
    public String value() {
        if (forward == null && !stored && !collapsed && detail.isEmpty() && ttlSeconds != NO_TTL) {
            return NAME + "; hit; ttl=" + ttlSeconds;
        }
        StringBuilder text = new StringBuilder(64).append(NAME);
        if (forward == null && ttlSeconds != NO_TTL) {
            text.append("; hit");
        } else if (forward != null) {
            text.append("; fwd=").append(forward.token);
        }
        if (status != 0) {
            text.append("; fwd-status=").append(status);
        }
        if (ttlSeconds != NO_TTL) {
            text.append("; ttl=").append(ttlSeconds);
        }
        if (stored) {
            text.append("; stored");
        }
        if (collapsed) {
            text.append("; collapsed");
        }
        if (!detail.isEmpty()) {
            appendString(text.append("; detail="), detail);
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return value();
    }

    /** A token where it is one, else a string (RFC 9651 sections 3.3.3 and 3.3.4); what neither can hold becomes '?'. */
    private static void appendString(StringBuilder text, String value) {
        if (isToken(value)) {
            text.append(value);
            return;
        }
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\');
            }
            text.append(c < ' ' || c > '~' ? '?' : c);
        }
        text.append('"');
    }

    private static boolean isToken(String value) {
        if (!Ascii.isAlpha(value.charAt(0))) {
            return false;
        }
        for (int i = 1; i < value.length(); i++) {
            if (!Ascii.isTokenChar(value.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
