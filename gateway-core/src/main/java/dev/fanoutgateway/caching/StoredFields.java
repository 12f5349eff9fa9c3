package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.HashSet;
import java.util.Set;

/** Which fields of a response are stored with it: those that are true for every later use (RFC 9111 section 3.1). */
final class StoredFields {
    /** For one hop only (RFC 9110 section 7.6.1), or said anew for every answer: its age, the caller's limits. */
    private static final Set<String> NOT_STORED = Set.of(
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "age",
            "cache-status",
            "content-length",
            "retry-after",
            "ratelimit");

    private StoredFields() {}

    static Headers of(GatewayResponse response, long receivedMillis) {
        Set<String> named = namedByConnection(response.headers());
        Headers kept = response.headers().without(name -> {
            String lower = Ascii.lower(name);
            return NOT_STORED.contains(lower)
                    || lower.startsWith("proxy-")
                    || lower.startsWith("ratelimit-")
                    || lower.startsWith("x-ratelimit-")
                    || named.contains(lower);
        });
        Headers.Builder fields = kept.toBuilder();
        if (!kept.contains("Date")) {
            fields.add("Date", HttpDates.format(receivedMillis)); // RFC 9110 section 6.6.1
        }
        if (response.status() != 204) { // RFC 9110 section 8.6
            fields.add("Content-Length", Long.toString(response.body().length()));
        }
        return fields.build();
    }

    private static Set<String> namedByConnection(Headers headers) {
        Set<String> names = new HashSet<>();
        for (String line : headers.all("Connection")) {
            for (String name : line.split(",")) {
                names.add(Ascii.lower(Ascii.trim(name)));
            }
        }
        return names;
    }
}
