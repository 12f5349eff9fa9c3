package dev.fanoutgateway.http;

import java.util.Objects;

/**
 * A response: from a backend, from the cache, or made by the gateway. Immutable.
 *
 * @param status the status code, 100 to 599
 * @param headers all header fields
 * @param body the content; {@link Body#empty()} if there is none
 */
public record GatewayResponse(int status, Headers headers, Body body) {

    public GatewayResponse {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("expected a status from 100 to 599, got " + status);
        }
        Objects.requireNonNull(headers, "headers");
        Objects.requireNonNull(body, "body");
    }

    /** This response with other header fields. */
    public GatewayResponse withHeaders(Headers other) {
        return new GatewayResponse(status, other, body);
    }

    /** This response with other content. */
    public GatewayResponse withBody(Body other) {
        return new GatewayResponse(status, headers, other);
    }

    @Override
    public String toString() {
        return status + " " + body;
    }
}
