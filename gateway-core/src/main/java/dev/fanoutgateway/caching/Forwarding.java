package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is taken away from a request whose response may be shared, before it is forwarded: whatever could change the answer
 * and is not in the key. The first group asks about what one client has; the others are obeyed by some frameworks in place
 * of the request line, and would let one caller choose what all others are shown (cache poisoning).
 */
final class Forwarding {
    /** Beginnings of names; an underscore counts as a hyphen, since many applications cannot tell them apart. */
    private static final List<String> PREFIXES = List.of(
            // another host, path, scheme or client than the real ones
            "x-forwarded",
            "x-original-",
            "x-rewrite-",
            // another method
            "x-http-",
            // what a framework's own front end says to it
            "x-middleware-");

    private static final Set<String> NAMES = Set.of(
            "forwarded",
            "front-end-https",
            "proxy",
            "x-host",
            "x-scheme",
            "x-url-scheme",
            "x-method-override",
            "x-real-ip",
            "x-remote-addr",
            "x-remote-ip");

    private Forwarding() {}

    /**
     * The same object when nothing is to be taken away.
     *
     * @param fields what the request's fields mean
     */
    static GatewayRequest of(CachePolicy policy, GatewayRequest request, RequestFields fields) {
        Headers all = request.headers();
        // Conditions are answered from what is stored; a part's are not, since parts are passed through.
        Headers whole = fields.conditional() && !fields.partial() ? WholeContent.wanted(all) : all;
        Headers headers = fields.removable() ? whole.without(Forwarding::isRemoved) : whole;
        GatewayRequest forwarded = request.withHeaders(headers);
        String query = request.query();
        if (query == null || policy.ignoredQuery().isEmpty()) {
            return forwarded;
        }
        String kept = queryWithout(policy.ignoredQuery(), query);
        return query.equals(kept) ? forwarded : forwarded.withQuery(kept);
    }

    /** By the first letter and the end first, so that most fields are passed over at once. */
    static boolean isRemoved(String name) {
        int first = name.isEmpty() ? 0 : name.charAt(0) | 0x20;
        boolean clientsAddress = name.length() >= 9 && (name.charAt(name.length() - 1) | 0x20) == 'p';
        if (first != 'x' && first != 'f' && first != 'p' && !clientsAddress) {
            return false;
        }
        String plain = Ascii.lower(name).replace('_', '-');
        return NAMES.contains(plain)
                || plain.endsWith("client-ip")
                || (first == 'x' && PREFIXES.stream().anyMatch(plain::startsWith));
    }

    /** What stays, byte for byte; null if nothing does. */
    private static @Nullable String queryWithout(Set<String> ignored, String query) {
        StringBuilder kept = new StringBuilder(query.length());
        boolean any = false;
        int start = 0;
        int equals = query.indexOf('=');
        while (start <= query.length()) {
            int amp = query.indexOf('&', start);
            int end = amp < 0 ? query.length() : amp;
            if (equals >= 0 && equals < start) { // looked for no oftener than there are some
                equals = query.indexOf('=', start);
            }
            String name = query.substring(start, equals < 0 || equals > end ? end : equals);
            if (!ignored.contains(name)) {
                if (any) {
                    kept.append('&');
                }
                kept.append(query, start, end);
                any = true;
            }
            start = end + 1;
        }
        return any ? kept.toString() : null;
    }
}
