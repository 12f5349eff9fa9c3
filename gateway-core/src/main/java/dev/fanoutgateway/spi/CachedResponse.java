package dev.fanoutgateway.spi;

import dev.fanoutgateway.http.Headers;
import java.util.Objects;

/**
 * What a {@link ResponseCache} stores: opaque to the store, which needs only {@link #weight()} and {@link #keepMillis}.
 *
 * @param kind what this entry is
 * @param status the response's status; 0 for kinds without one
 * @param headers the response's fields without those that are meant for one hop; for {@link Kind#VARIANTS} the
 *     {@code Vary} field only
 * @param body the response's content; the array must not be changed
 * @param backend the id of the backend that gave it
 * @param receivedMillis when it was received, in milliseconds since 1970-01-01T00:00Z
 * @param initialAgeMillis how old it was by then (RFC 9111 section 4.2.3, corrected_initial_age)
 * @param freshMillis its freshness lifetime, counted from age zero
 * @param keepMillis how long after {@code receivedMillis} a store should keep it, at least as long as it is fresh
 * @param elapsedMillis how long the backends took to give it: it was asked for at {@code receivedMillis - elapsedMillis}
 */
public record CachedResponse(
        Kind kind,
        int status,
        Headers headers,
        byte[] body,
        String backend,
        long receivedMillis,
        long initialAgeMillis,
        long freshMillis,
        long keepMillis,
        long elapsedMillis) {

    /** An entry that took no time to get. */
    public CachedResponse(
            Kind kind,
            int status,
            Headers headers,
            byte[] body,
            String backend,
            long receivedMillis,
            long initialAgeMillis,
            long freshMillis,
            long keepMillis) {
        this(kind, status, headers, body, backend, receivedMillis, initialAgeMillis, freshMillis, keepMillis, 0);
    }

    /** What an entry is. */
    public enum Kind {
        /** A response that may be served. */
        RESPONSE,
        /** A signpost: responses under this key vary, and are stored under keys that name the variant. */
        VARIANTS,
        /** A note that responses under this key cannot be shared, so that requests for it need not queue. */
        UNCACHEABLE,
        /** A note that every backend said it has no such resource. */
        ABSENT,
        /** Part of a response, a 206; its {@code Content-Range} says which. */
        PART
    }

    public CachedResponse {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(backend, "backend");
        if (kind == Kind.RESPONSE && (status < 100 || status > 599)) {
            throw new IllegalArgumentException("expected a status from 100 to 599, got " + status);
        }
    }

    /** Its approximate size in memory, in bytes. */
    public int weight() {
        long bytes = 200L + body.length;
        for (int i = 0; i < headers.size(); i++) {
            bytes += 80L + headers.name(i).length() + headers.value(i).length();
        }
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }
}
