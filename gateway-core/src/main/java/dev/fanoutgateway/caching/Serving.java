package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.List;

/** A stored response as one request gets it: with its age, without content for HEAD, as 304 where the client has it. */
final class Serving {
    private Serving() {}

    static GatewayResponse of(CachedResponse entry, GatewayRequest request, long ageSeconds) {
        Headers headers = entry.headers().toBuilder()
                .add("Age", Long.toString(ageSeconds))
                .build();
        return answer(
                new GatewayResponse(entry.status(), headers, Body.of(entry.body())), request, entry.receivedMillis());
    }

    /** {@code full} as {@code request} gets it. */
    static GatewayResponse answer(GatewayResponse full, GatewayRequest request, long receivedMillis) {
        boolean head = request.method().equals("HEAD");
        if (!head && !request.method().equals("GET")) {
            return full;
        }
        if (full.status() == 200 && clientHasIt(full.headers(), request.headers(), receivedMillis)) {
            return new GatewayResponse(304, fieldsOf304(full.headers()), Body.empty());
        }
        return head ? full.withBody(Body.empty()) : full;
    }

    /** RFC 9110 sections 13.1.2, 13.1.3 and 13.2.2: entity tags, where there are any, are all that counts. */
    private static boolean clientHasIt(Headers response, Headers request, long receivedMillis) {
        if (request.contains("If-None-Match")) {
            return matches(request.all("If-None-Match"), response.all("ETag"));
        }
        List<String> since = request.all("If-Modified-Since");
        if (since.size() != 1) {
            return false;
        }
        long limit = HttpDates.parse(since.get(0), receivedMillis);
        return limit != HttpDates.INVALID && modified(response, receivedMillis) <= limit;
    }

    /** Weak comparison (section 8.8.3.2) with a list of tags, or {@code *}, which any stored response matches. */
    private static boolean matches(List<String> lines, List<String> tags) {
        String own = tags.size() == 1 ? opaque(Ascii.trim(tags.get(0))) : "";
        for (String line : lines) {
            if (Ascii.trim(line).equals("*")) {
                return true;
            }
            if (isTag(own, 0) && lists(line, own)) {
                return true;
            }
        }
        return false;
    }

    private static boolean lists(String line, String own) {
        int at = 0;
        while (at < line.length()) {
            int open = line.indexOf('"', at);
            int close = open < 0 ? -1 : line.indexOf('"', open + 1);
            if (close < 0) {
                return false;
            }
            if (close + 1 - open == own.length() && line.startsWith(own, open)) {
                return true;
            }
            at = close + 1;
        }
        return false;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /** Whether a complete quoted tag stands from {@code open} to the end. */
    private static boolean isTag(String tag, int open) {
        return tag.length() >= open + 2 && tag.charAt(open) == '"' && tag.indexOf('"', open + 1) == tag.length() - 1;
    }

    /** {@code Last-Modified}, else {@code Date}, else the time of receipt (RFC 9111 section 4.3.2). */
    private static long modified(Headers response, long receivedMillis) {
        for (String name : List.of("Last-Modified", "Date")) {
            List<String> values = response.all(name);
            if (!values.isEmpty()) {
                long date = HttpDates.parse(values.get(0), receivedMillis);
                return date == HttpDates.INVALID ? Long.MAX_VALUE : date;
            }
        }
        return receivedMillis;
    }

    /** What describes the content is left out, but for what guides the client's own cache (RFC 9110 section 15.4.5). */
    private static Headers fieldsOf304(Headers full) {
        boolean tagged = full.contains("ETag");
        return full.without(name -> {
            String lower = Ascii.lower(name);
            return switch (lower) {
                case "content-length", "content-type", "content-encoding", "content-language", "content-range" -> true;
                case "last-modified" -> tagged;
                default -> false;
            };
        });
    }
}
