package dev.fanoutgateway.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Fields that belong to one connection and are not passed on: those that always do, and those that {@code Connection} names
 * (RFC 9110 section 7.6.1).
 */
public final class HopByHop {
    private HopByHop() {}

    /** What is passed on of {@code headers}; the same object if that is everything. */
    public static Headers endToEnd(Headers headers) {
        Set<String> named = namedBy(headers.all("Connection"));
        return named.isEmpty()
                ? headers.without(HopByHop::contains)
                : headers.without(name -> contains(name) || isNamed(name.toLowerCase(Locale.ROOT), named));
    }

    /** Whether {@code name} always is such a field. Told apart by length first: this runs for every field. */
    public static boolean contains(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("TE");
            case 7 -> name.equalsIgnoreCase("Trailer") || name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 14 -> name.equalsIgnoreCase("HTTP2-Settings");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            case 18 -> name.equalsIgnoreCase("Proxy-Authenticate");
            case 19 -> name.equalsIgnoreCase("Proxy-Authorization");
            default -> false;
        };
    }

    /**
     * Whether whoever sends {@code request} takes fields after an answer's content: {@code TE: trailers} (RFC 9110 section
     * 6.5.1), which in HTTP/1.1 is said of the connection, and in HTTP/1.0 not at all.
     */
    public static boolean takesTrailers(GatewayRequest request) {
        Headers headers = request.headers();
        if (!headers.contains("TE")) {
            return false;
        }
        String version = request.arrival().version();
        boolean said =
                version.equals("1.1") ? namedBy(headers.all("Connection")).contains("te") : !version.equals("1.0");
        return said && namedBy(headers.all("TE")).contains("trailers");
    }

    /** {@code Host} is part of the target: nobody takes it away from those behind (RFC 9110 section 7.2). */
    private static boolean isNamed(String lower, Set<String> named) {
        return named.contains(lower) && !lower.equals("host");
    }

    private static Set<String> namedBy(List<String> connection) {
        Set<String> names = Set.of();
        for (String line : connection) {
            if (line.equalsIgnoreCase("keep-alive") || line.equalsIgnoreCase("close")) {
                continue;
            }
            for (String option : line.split(",")) {
                if (names.isEmpty()) {
                    names = new HashSet<>();
                }
                names.add(option.trim().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
