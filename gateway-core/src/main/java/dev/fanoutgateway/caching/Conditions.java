package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Headers;
import java.util.List;

/**
 * The conditions that a cache judges (RFC 9110 section 13, RFC 9111 section 4.3.2): {@code If-None-Match}, {@code
 * If-Modified-Since} and {@code If-Range}. Those that are meant for the origin are not its business.
 */
final class Conditions {
    static final int IF_NONE_MATCH = 1;
    static final int IF_MODIFIED_SINCE = 2;
    static final int RANGE = 4;
    static final int IF_RANGE = 8;

    private static final long SECOND = 1000;

    private Conditions() {}

    /** Which of the fields a request has, 0 for none, found in one pass: this runs for every hit. */
    static int in(Headers request) {
        int found = 0;
        for (int i = 0; i < request.size(); i++) {
            String name = request.name(i);
            switch (name.length()) { // nearly every field is passed over without a comparison
                case 5 -> found |= name.equalsIgnoreCase("Range") ? RANGE : 0;
                case 8 -> found |= name.equalsIgnoreCase("If-Range") ? IF_RANGE : 0;
                case 13 -> found |= name.equalsIgnoreCase("If-None-Match") ? IF_NONE_MATCH : 0;
                case 17 -> found |= name.equalsIgnoreCase("If-Modified-Since") ? IF_MODIFIED_SINCE : 0;
                default -> {}
            }
        }
        return found;
    }

    /**
     * Whether a GET or HEAD gets 304: RFC 9110 sections 13.1.2, 13.1.3 and 13.2.2. Entity tags, where there are any, are
     * all that counts; a date that is none counts for nothing.
     *
     * @param asked what {@link #in} has found
     */
    static boolean clientHasIt(int asked, Headers response, Headers request, long receivedMillis) {
        if ((asked & IF_NONE_MATCH) != 0) {
            return EntityTags.listed(request.all("If-None-Match"), response);
        }
        List<String> since = (asked & IF_MODIFIED_SINCE) == 0 ? List.of() : request.all("If-Modified-Since");
        if (since.size() != 1) {
            return false;
        }
        long limit = HttpDates.parse(since.get(0), receivedMillis);
        return limit != HttpDates.INVALID && modified(response, receivedMillis) <= limit;
    }

    /** Whether {@code If-Range} lets the range count: sections 13.1.5 and 8.8.2.2. It must have a strong validator. */
    static boolean rangeHolds(int asked, Headers response, Headers request, long receivedMillis) {
        if ((asked & IF_RANGE) == 0) {
            return true;
        }
        List<String> lines = request.all("If-Range");
        String validator = lines.size() == 1 ? Ascii.trim(lines.get(0)) : "";
        if (validator.startsWith("\"") || validator.startsWith("W/")) {
            return EntityTags.isStrong(validator) && validator.equals(EntityTags.of(response));
        }
        long given = HttpDates.parse(validator, receivedMillis);
        return given != HttpDates.INVALID
                && given == date("Last-Modified", response, receivedMillis)
                && date("Date", response, receivedMillis) >= given + SECOND;
    }

    /** {@code Last-Modified}, else {@code Date}, else the time of receipt (RFC 9111 section 4.3.2). */
    private static long modified(Headers response, long receivedMillis) {
        for (String name : List.of("Last-Modified", "Date")) {
            if (response.contains(name)) {
                long date = date(name, response, receivedMillis);
                return date == HttpDates.INVALID ? Long.MAX_VALUE : date;
            }
        }
        return receivedMillis;
    }

    /** The one date in a field; {@link HttpDates#INVALID} if there is none, or not one. */
    private static long date(String name, Headers response, long receivedMillis) {
        List<String> lines = response.all(name);
        return lines.size() == 1 ? HttpDates.parse(lines.get(0), receivedMillis) : HttpDates.INVALID;
    }
}
