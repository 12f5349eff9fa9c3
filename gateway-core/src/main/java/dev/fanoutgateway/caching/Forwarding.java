package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is taken away from a request whose response may be shared, before it is forwarded: whatever could change the answer
 * and is not in the key. The first group asks about what one client has; the others are obeyed by some frameworks in place
 * of the request line, and would let one caller choose what all others are shown (cache poisoning).
 */
final class Forwarding {
    private static final String[][] REMOVED_BY_LENGTH = byLength(
            // another target
            "X-Original-URL",
            "X-Original-URI",
            "X-Original-Host",
            "X-Rewrite-URL",
            "X-Host",
            "X-HTTP-Host-Override",
            "X-HTTP-Path-Override",
            "X-Forwarded-Host",
            "X-Forwarded-Server",
            "X-Forwarded-Path",
            "X-Forwarded-Prefix",
            "X-Forwarded-URI",
            "X-Forwarded-URL",
            "X-Forwarded-Scheme",
            "X-Forwarded-Proto",
            "X-Forwarded-Protocol",
            "X-Forwarded-Port",
            "X-Forwarded-SSL",
            "X-URL-Scheme",
            "Front-End-Https",
            "Forwarded",
            // another method
            "X-HTTP-Method-Override",
            "X-HTTP-Method",
            "X-Method-Override",
            "X-Forwarded-Method");

    private Forwarding() {}

    /** The same object when nothing is to be taken away. */
    static GatewayRequest of(CachePolicy policy, GatewayRequest request) {
        Headers all = request.headers();
        // Conditions are answered from what is stored; a part's are not, since parts are passed through.
        Headers whole = all.contains("Range") ? all : WholeContent.wanted(all);
        Headers headers = whole.without(Forwarding::isRemoved);
        GatewayRequest forwarded = request.withHeaders(headers);
        String query = request.query();
        if (query == null || policy.ignoredQuery().isEmpty()) {
            return forwarded;
        }
        String kept = queryWithout(policy.ignoredQuery(), query);
        return query.equals(kept) ? forwarded : forwarded.withQuery(kept);
    }

    /** By first letter and length, so that most fields are passed over at once. */
    private static boolean isRemoved(String name) {
        int first = name.isEmpty() ? 0 : name.charAt(0) | 0x20;
        if ((first == 'x' || first == 'f') && name.length() < REMOVED_BY_LENGTH.length) {
            for (String removed : REMOVED_BY_LENGTH[name.length()]) {
                if (removed.equalsIgnoreCase(name)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** What stays, byte for byte; null if nothing does. */
    private static @Nullable String queryWithout(Set<String> ignored, String query) {
        StringBuilder kept = new StringBuilder(query.length());
        boolean any = false;
        int start = 0;
        while (start <= query.length()) {
            int amp = query.indexOf('&', start);
            int end = amp < 0 ? query.length() : amp;
            int equals = query.indexOf('=', start);
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

    private static String[][] byLength(String... names) {
        int longest = Arrays.stream(names).mapToInt(String::length).max().orElse(0);
        String[][] byLength = new String[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            byLength[length] =
                    Arrays.stream(names).filter(name -> name.length() == wanted).toArray(String[]::new);
        }
        return byLength;
    }
}
