package dev.fanoutgateway.http;

import java.util.List;

/**
 * How a request came to the gateway. Immutable.
 *
 * @param scheme {@code http} or {@code https}, as the client used it
 * @param version of HTTP, as in {@code Via}: {@code 1.0}, {@code 1.1}, {@code 2} or {@code 3}
 * @param host the host the client asked for, where a trusted proxy says so; empty for what the {@code Host} field says
 * @param hops the addresses that it came by, the client first and whoever has connected last; empty if unknown
 * @param trusted whether whoever has connected is a trusted proxy
 * @param id the request's id; empty if it has none
 */
public record Arrival(String scheme, String version, String host, List<String> hops, boolean trusted, String id) {
    private static final Arrival UNKNOWN = new Arrival("http", "1.1", "", List.of(), false, "");

    public Arrival {
        hops = List.copyOf(hops);
    }

    /** By HTTP/1.1 without TLS, from nobody in particular. */
    public static Arrival unknown() {
        return UNKNOWN;
    }

    /** By this scheme and version of HTTP. */
    public static Arrival by(String scheme, String version) {
        return new Arrival(scheme, version, "", List.of(), false, "");
    }

    /** The same with this id. */
    public Arrival withId(String other) {
        return new Arrival(scheme, version, host, hops, trusted, other);
    }
}
