package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;

/**
 * What a backend is told of the attempt it serves: fields that are set on each call, in place of a client's of the same
 * names.
 *
 * @param timeout names the field with the time that is left for this attempt, in whole milliseconds, 1 or more; empty for
 *     none
 * @param number names the field with the attempt's number among those that are made, from 1; empty for none
 */
public record AttemptFields(String timeout, String number) {
    private static final AttemptFields STANDARD = new AttemptFields("X-Request-Timeout-Ms", "X-Attempt");
    private static final AttemptFields NONE = new AttemptFields("", "");

    public AttemptFields {
        check(timeout);
        check(number);
    }

    /** {@code X-Request-Timeout-Ms} and {@code X-Attempt}. */
    public static AttemptFields standard() {
        return STANDARD;
    }

    /** Nothing is told. */
    public static AttemptFields none() {
        return NONE;
    }

    GatewayRequest on(GatewayRequest request, int attempt, long leftNanos) {
        if (timeout.isEmpty() && number.isEmpty()) {
            return request;
        }
        Headers.Builder headers = request.headers().toBuilder();
        if (!timeout.isEmpty()) {
            headers.set(timeout, Long.toString(Math.max(1, leftNanos / 1_000_000)));
        }
        if (!number.isEmpty()) {
            headers.set(number, Integer.toString(attempt));
        }
        return request.withHeaders(headers.build());
    }

    private static void check(String name) {
        if (!name.matches("[A-Za-z0-9-]*")) {
            throw new IllegalArgumentException("expected a field's name such as X-Attempt, got '" + name + "'");
        }
    }
}
