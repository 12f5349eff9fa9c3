package dev.fanoutgateway;

import dev.fanoutgateway.http.GatewayRequest;
import java.util.Locale;
import java.util.Set;

/** Requests whose answers are read by the gateway itself, to combine or compare them. */
final class Whole {
    /** Conditions and ranges (RFC 9110 sections 13.1 and 14.2): with them an answer may be 304, or a part. */
    private static final Set<String> PARTIAL =
            Set.of("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range");

    private Whole() {}

    /** The request for the whole of what {@code request} asks for. */
    static GatewayRequest wanted(GatewayRequest request) {
        return request.withHeaders(request.headers().without(name -> PARTIAL.contains(name.toLowerCase(Locale.ROOT))));
    }
}
