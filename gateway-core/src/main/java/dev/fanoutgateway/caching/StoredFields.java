package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.http.HopByHop;
import java.util.Set;

/** Which fields of a response are stored with it: those that are true for every later use (RFC 9111 section 3.1). */
final class StoredFields {
    /** Said anew for every answer: its age, the caller's limits, how long it took. */
    private static final Set<String> NOT_STORED = Set.of(
            "age", "cache-status", "content-length", "retry-after", "ratelimit", "server-timing", "x-gateway-explain");

    private StoredFields() {}

    static Headers of(GatewayResponse response, Directives directives, long receivedMillis) {
        Headers kept = forAll(HopByHop.endToEnd(response.headers()), directives);
        Headers.Builder fields = kept.toBuilder();
        if (!kept.contains("Date")) {
            fields.add("Date", HttpDates.format(receivedMillis)); // RFC 9110 section 6.6.1
        }
        if (response.status() != 204) { // RFC 9110 section 8.6
            fields.add("Content-Length", Long.toString(response.body().length()));
        }
        return fields.build();
    }

    /** What others may have, too: without what was said of one request and its caller, and what the origin withholds. */
    static Headers forAll(Headers headers, Directives directives) {
        Headers kept = withoutPersonal(headers);
        return directives.withheld().isEmpty() // RFC 9111 sections 5.2.2.4 and 5.2.2.7
                ? kept
                : kept.without(name -> directives.withheld().contains(Ascii.lower(name)));
    }

    private static Headers withoutPersonal(Headers headers) {
        return headers.without(name -> {
            String lower = Ascii.lower(name);
            return NOT_STORED.contains(lower)
                    || lower.startsWith("proxy-")
                    || lower.startsWith("ratelimit-")
                    || lower.startsWith("x-ratelimit-");
        });
    }
}
