package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.HashSet;
import java.util.Set;

/** What a 304, or a response to HEAD, changes in a stored response (RFC 9111 sections 3.2, 4.3.4 and 4.3.5). */
final class Freshening {
    /** They describe the content that is stored, and stay with it (section 3.2). */
    private static final Set<String> OF_CONTENT =
            Set.of("content-length", "content-encoding", "content-range", "content-md5", "content-digest", "etag");

    private Freshening() {}

    /** The stored response with the fields of {@code update} in place of its own, as if it had come with these. */
    static GatewayResponse updated(CachedResponse entry, Headers update) {
        Headers news = HopByHop.endToEnd(update).without(name -> OF_CONTENT.contains(Ascii.lower(name)));
        Set<String> replaced = new HashSet<>();
        news.forEach((name, value) -> replaced.add(Ascii.lower(name)));
        replaced.add("date"); // or it would be as old as the stored one
        replaced.add("age");
        Headers.Builder headers = entry.headers().without(name -> replaced.contains(Ascii.lower(name))).toBuilder();
        headers.addAll(news);
        return new GatewayResponse(entry.status(), headers.build(), Body.of(entry.body()));
    }
}
