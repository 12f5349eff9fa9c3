package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;

/**
 * The request for all of the content, whatever the client has of it: without conditions and ranges (RFC 9110 sections 13 and
 * 14).
 */
final class WholeContent {
    private WholeContent() {}

    /** Without such fields; the same object if there are none. */
    static Headers wanted(Headers request) {
        return request.without(WholeContent::isRemoved);
    }

    private static boolean isRemoved(String name) {
        return switch (name.length()) {
            case 5 -> name.equalsIgnoreCase("Range");
            case 8 -> name.equalsIgnoreCase("If-Range");
            case 13 -> name.equalsIgnoreCase("If-None-Match");
            case 17 -> name.equalsIgnoreCase("If-Modified-Since");
            default -> false;
        };
    }
}
