package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** By what a stored response can be told from others of its resource (RFC 9110 section 8.8, RFC 9111 section 4.3). */
final class Validators {
    private Validators() {}

    /** Whether a response with these fields can be validated. */
    static boolean in(Headers response) {
        return tag(response) != null || modified(response) != null;
    }

    /**
     * The request that asks whether {@code entry} still holds (RFC 9111 section 4.3.1), for all of the content; null if the
     * entry cannot be validated.
     */
    static @Nullable GatewayRequest conditional(GatewayRequest forwarded, CachedResponse entry) {
        String tag = tag(entry.headers());
        String modified = modified(entry.headers());
        if (tag == null && modified == null) {
            return null;
        }
        Headers.Builder headers = WholeContent.wanted(forwarded.headers()).toBuilder();
        if (tag != null) {
            headers.add("If-None-Match", tag);
        }
        if (modified != null) {
            headers.add("If-Modified-Since", modified);
        }
        return forwarded.withHeaders(headers.build());
    }

    /**
     * Whether a 304 with the fields {@code notModified} speaks of {@code entry} (RFC 9111 section 4.3.4): a replica may
     * mean a response of its own. A strong validator must be the same; a weak one, or a date, must not contradict. One
     * without validators means what it was asked about.
     */
    static boolean confirms(Headers notModified, CachedResponse entry) {
        String theirs = tag(notModified);
        String ours = tag(entry.headers());
        if (theirs != null) {
            return ours != null
                    && (isStrong(theirs) ? theirs.equals(ours) : opaque(theirs).equals(opaque(ours)));
        }
        String modified = modified(notModified);
        String stored = modified(entry.headers());
        return modified == null || (stored == null ? ours != null : modified.equals(stored));
    }

    /** Whether a response to HEAD with these fields is of the same representation as {@code entry} (section 4.3.5). */
    static boolean sameRepresentation(Headers head, CachedResponse entry) {
        return agree(tag(head), tag(entry.headers()))
                && agree(modified(head), modified(entry.headers()))
                && head.first("Content-Length")
                        .map(length -> Ascii.trim(length).equals(Integer.toString(entry.body().length)))
                        .orElse(true);
    }

    private static boolean agree(@Nullable String theirs, @Nullable String ours) {
        return theirs == null || theirs.equals(ours);
    }

    /** The entity tag; null if there is none, several, or what stands there is none. */
    static @Nullable String tag(Headers headers) {
        List<String> tags = headers.all("ETag");
        if (tags.size() != 1) {
            return null;
        }
        String tag = Ascii.trim(tags.get(0));
        String opaque = opaque(tag);
        boolean wellFormed = opaque.length() >= 2
                && opaque.charAt(0) == '"'
                && opaque.indexOf('"', 1) == opaque.length() - 1
                && opaque.chars().allMatch(c -> c > ' ' && c != 0x7f);
        return wellFormed ? tag : null;
    }

    /** The {@code Last-Modified} date; null if there is none, several, or what stands there is none. */
    static @Nullable String modified(Headers headers) {
        List<String> dates = headers.all("Last-Modified");
        return dates.size() == 1 && HttpDates.parse(dates.get(0), 0) != HttpDates.INVALID
                ? Ascii.trim(dates.get(0))
                : null;
    }

    static boolean isStrong(String tag) {
        return !tag.startsWith("W/");
    }

    private static String opaque(String tag) {
        return isStrong(tag) ? tag : tag.substring(2);
    }
}
