package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is no longer to be relied upon after a request that may have changed something (RFC 9111 section 4.4). */
final class Invalidation {
    private Invalidation() {}

    /** @param origins the authorities by which the origin may be named */
    static List<String> targets(GatewayRequest request, GatewayResponse response, List<String> origins) {
        boolean safe = switch (request.method()) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
        if (safe || response.status() < 200 || response.status() >= 400) {
            return List.of();
        }
        List<String> targets = new ArrayList<>(3);
        targets.add(request.target());
        for (String name : List.of("Location", "Content-Location")) {
            List<String> values = response.headers().all(name);
            if (values.size() == 1) {
                String target = target(request.target(), Ascii.trim(values.get(0)), origins);
                if (target != null && !targets.contains(target)) {
                    targets.add(target);
                }
            }
        }
        return targets;
    }

    /** The path and query that a reference names on the same origin; null if it names something else, or nothing. */
    private static @Nullable String target(String base, String reference, List<String> origins) {
        try {
            URI named = new URI(reference);
            String authority = named.getRawAuthority();
            if (authority != null && origins.stream().noneMatch(authority::equalsIgnoreCase)) {
                return null;
            }
            if (authority == null
                    && named.getRawPath() != null
                    && named.getRawPath().isEmpty()) {
                // RFC 3986 section 5.2.2: the same path; java.net.URI still follows RFC 2396, where it is another
                String query = named.getRawQuery();
                return query == null ? base : pathOf(base) + "?" + query;
            }
            URI resolved = new URI("http://x" + base).resolve(named);
            String path = resolved.getRawPath();
            if (path == null || !(path.isEmpty() || path.startsWith("/"))) {
                return null;
            }
            String rooted = path.isEmpty() ? "/" : path; // RFC 9110 section 4.2.3
            return resolved.getRawQuery() == null ? rooted : rooted + "?" + resolved.getRawQuery();
        } catch (URISyntaxException notOne) {
            return null;
        }
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
