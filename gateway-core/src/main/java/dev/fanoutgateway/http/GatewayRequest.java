package dev.fanoutgateway.http;

import org.jspecify.annotations.Nullable;

/**
 * A request as it came to the gateway. Immutable.
 *
 * @param method as written; methods are case-sensitive (RFC 9110 section 9.1)
 * @param path the path exactly as received, still percent-encoded, beginning with {@code /}
 * @param query the query exactly as received, without its {@code ?}; null if there is none
 * @param headers all header fields
 * @param body the content; {@link Body#empty()} if there is none
 * @param clientAddress the client's IP address as text, for the limit on failed authentication; empty if unknown
 * @param arrival how it came
 */
public record GatewayRequest(
        String method,
        String path,
        @Nullable String query,
        Headers headers,
        Body body,
        String clientAddress,
        Arrival arrival) {

    public GatewayRequest {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("expected a path that begins with '/', got one that does not");
        }
    }

    /** A request of which it is not known how it came. */
    public GatewayRequest(
            String method, String path, @Nullable String query, Headers headers, Body body, String clientAddress) {
        this(method, path, query, headers, body, clientAddress, Arrival.unknown());
    }

    /** A GET of {@code target}, a path with an optional query. */
    public static GatewayRequest get(String target) {
        return of("GET", target);
    }

    /** A request for {@code target}, a path with an optional query, without fields or content. */
    public static GatewayRequest of(String method, String target) {
        int mark = target.indexOf('?');
        String path = mark < 0 ? target : target.substring(0, mark);
        String query = mark < 0 ? null : target.substring(mark + 1);
        return new GatewayRequest(method, path, query, Headers.empty(), Body.empty(), "");
    }

    /** Whether it asks for nothing to be changed (RFC 9110 section 9.2.1), so that several may be sent it. */
    public boolean isSafe() {
        return isSafe(method);
    }

    /** Whether requests with this method are {@linkplain #isSafe() safe}. */
    public static boolean isSafe(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> true;
            default -> false;
        };
    }

    /** This request with one more header field. */
    public GatewayRequest header(String name, String value) {
        return withHeaders(headers.with(name, value));
    }

    /** This request with other header fields; the same object if they are the same. */
    public GatewayRequest withHeaders(Headers other) {
        return other == headers ? this : new GatewayRequest(method, path, query, other, body, clientAddress, arrival);
    }

    /** This request with another method. */
    public GatewayRequest withMethod(String other) {
        return new GatewayRequest(other, path, query, headers, body, clientAddress, arrival);
    }

    /** This request with another query; null for none. */
    public GatewayRequest withQuery(@Nullable String other) {
        return new GatewayRequest(method, path, other, headers, body, clientAddress, arrival);
    }

    /** This request with other content. */
    public GatewayRequest withBody(Body other) {
        return new GatewayRequest(method, path, query, headers, other, clientAddress, arrival);
    }

    /** This request from another client address. */
    public GatewayRequest from(String address) {
        return new GatewayRequest(method, path, query, headers, body, address, arrival);
    }

    /** This request, come in another way. */
    public GatewayRequest withArrival(Arrival other) {
        return new GatewayRequest(method, path, query, headers, body, clientAddress, other);
    }

    /** Path and query as they stand on the request line. */
    public String target() {
        return query == null ? path : path + '?' + query;
    }

    /** Method and path only: the query and the fields may hold a key. */
    @Override
    public String toString() {
        return method + ' ' + path;
    }
}
