package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.List;
import java.util.Optional;

/**
 * A complete response as one request gets it: with its age, without content for HEAD, as 304 where the client has it, as
 * 206 or 416 where it asks for part of it. In the order of RFC 9110 section 13.2.2.
 */
final class Serving {
    private Serving() {}

    static GatewayResponse of(CachedResponse entry, GatewayRequest request, long ageSeconds) {
        return answer(
                new GatewayResponse(entry.status(), aged(entry, ageSeconds), Body.of(entry.body())),
                request,
                entry.receivedMillis());
    }

    /** {@code full} as {@code request} gets it; the same object if it asks for nothing special. */
    static GatewayResponse answer(GatewayResponse full, GatewayRequest request, long receivedMillis) {
        boolean head = request.method().equals("HEAD");
        if (!head && !request.method().equals("GET")) {
            return full;
        }
        int asked = full.status() == 200 ? Conditions.in(request.headers()) : 0;
        if (asked != 0) {
            if (Conditions.clientHasIt(asked, full.headers(), request.headers(), receivedMillis)) {
                return notModified(full.headers());
            }
            if (!head && (asked & Conditions.RANGE) != 0 && full.body().isBuffered()) {
                return ranged(full, request, asked, receivedMillis);
            }
        }
        return head ? withoutContent(full) : full;
    }

    /** With the length that GET's answer has (RFC 9110 section 8.6). */
    private static GatewayResponse withoutContent(GatewayResponse full) {
        boolean stated = full.headers().contains("Content-Length")
                || !full.body().isBuffered()
                || full.body().length() == 0;
        Headers headers = stated
                ? full.headers()
                : full.headers()
                        .with("Content-Length", Long.toString(full.body().length()));
        return new GatewayResponse(full.status(), headers, Body.empty());
    }

    /** The fields of an entry with its age. */
    static Headers aged(CachedResponse entry, long ageSeconds) {
        return entry.headers().with("Age", Long.toString(ageSeconds));
    }

    /** 304: what describes the content is left out, but for what guides the client's own cache (section 15.4.5). */
    static GatewayResponse notModified(Headers full) {
        boolean tagged = full.contains("ETag");
        Headers fields = full.without(name -> {
            String lower = Ascii.lower(name);
            return switch (lower) {
                case "content-length",
                        "content-type",
                        "content-encoding",
                        "content-language",
                        "content-range",
                        "content-digest",
                        "content-md5",
                        "repr-digest",
                        "digest" -> true;
                case "last-modified" -> tagged;
                default -> false;
            };
        });
        return new GatewayResponse(304, fields, Body.empty());
    }

    private static GatewayResponse ranged(
            GatewayResponse full, GatewayRequest request, int asked, long receivedMillis) {
        Headers fields = full.headers();
        if (!Conditions.rangeHolds(asked, fields, request.headers(), receivedMillis)) {
            return full;
        }
        long total = full.body().length();
        Optional<List<ByteRange>> ranges = ByteRange.of(request.headers().all("Range"), total);
        if (ranges.isEmpty()) {
            return full;
        }
        if (ranges.get().isEmpty()) {
            return PartialAnswers.unsatisfiable(fields, total);
        }
        return PartialAnswers.of(fields, full.body().bytes(), 0, total, ranges.get())
                .orElse(full);
    }
}
