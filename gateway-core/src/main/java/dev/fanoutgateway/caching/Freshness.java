package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import java.util.List;

/**
 * How long a response stays fresh, and how old it was when it came (RFC 9111 section 4.2). In milliseconds; no number that
 * a response holds can make it overflow.
 *
 * @param lifetimeMillis the freshness lifetime, counted from age zero; {@link #UNSTATED} if there is no reason to keep the
 *     response
 * @param initialAgeMillis corrected_initial_age of section 4.2.3
 */
record Freshness(long lifetimeMillis, long initialAgeMillis) {
    /** Nobody says anything of a lifetime. */
    static final long UNSTATED = -1;

    /** What part of its age so far a response without a stated lifetime may still be used: section 4.2.2. */
    private static final int HEURISTIC_SHARE = 10;

    static Freshness of(
            CachePolicy policy,
            GatewayResponse response,
            Directives directives,
            long requestMillis,
            long receivedMillis) {
        long date = date(response.headers(), receivedMillis);
        long initialAge = initialAge(response.headers(), date, requestMillis, receivedMillis);
        return new Freshness(lifetime(policy, response, directives, date, initialAge, receivedMillis), initialAge);
    }

    private static long lifetime(
            CachePolicy policy,
            GatewayResponse response,
            Directives directives,
            long date,
            long initialAge,
            long receivedMillis) {
        Headers headers = response.headers();
        long ttl = policy.ttl().toMillis();
        if (!policy.respectOrigin()) {
            return Statuses.keptByDefault(response.status()) ? ttl + initialAge : UNSTATED;
        }
        if (directives.noCache() || (!directives.present() && pragmaNoCache(headers))) {
            return mayBeKept(response, directives) ? 0 : UNSTATED;
        }
        long stated = stated(headers, directives, date, receivedMillis);
        if (stated != UNSTATED) {
            return stated;
        }
        if (directives.targeted()) {
            return UNSTATED; // nothing is guessed beside a field that speaks to caches like this one
        }
        List<String> modified = headers.all("Last-Modified");
        if (modified.size() == 1 && (Statuses.heuristic(response.status()) || directives.isPublic())) {
            long since = HttpDates.parse(modified.get(0), receivedMillis);
            return since == HttpDates.INVALID ? 0 : Math.min(Math.max(0, date - since) / HEURISTIC_SHARE, ttl);
        }
        return Statuses.keptByDefault(response.status()) || directives.isPublic() ? ttl : UNSTATED;
    }

    /** Section 3: by its status, or since it is stated in so many words. */
    private static boolean mayBeKept(GatewayResponse response, Directives directives) {
        return Statuses.heuristic(response.status())
                || directives.isPublic()
                || directives.maxAge() != Directives.ABSENT
                || directives.sharedMaxAge() != Directives.ABSENT
                || response.headers().contains("Expires");
    }

    /** Section 4.2.1: {@code s-maxage}, then {@code max-age}, then {@code Expires}; what is invalid is stale. */
    private static long stated(Headers headers, Directives directives, long date, long receivedMillis) {
        if (directives.sharedMaxAge() != Directives.ABSENT) {
            return directives.sharedMaxAge() * 1000;
        }
        if (directives.maxAge() != Directives.ABSENT) {
            return directives.maxAge() * 1000;
        }
        List<String> expires = headers.all("Expires");
        if (expires.isEmpty() || directives.targeted()) {
            return UNSTATED;
        }
        long until = HttpDates.parse(expires.get(0), receivedMillis);
        boolean clear = expires.stream().allMatch(expires.get(0)::equals);
        return clear && until != HttpDates.INVALID ? Math.max(0, until - date) : 0;
    }

    /** Section 4.2.3. An invalid {@code Age} is ignored; of a list the first counts (section 5.1). */
    private static long initialAge(Headers headers, long date, long requestMillis, long receivedMillis) {
        long stated = headers.first("Age").map(Freshness::ageSeconds).orElse(0L) * 1000;
        long delay = Math.min(Math.max(0, receivedMillis - requestMillis), Directives.LARGEST_SECONDS * 1000);
        long apparent = Math.max(0, receivedMillis - date);
        return Math.max(apparent, stated + delay);
    }

    private static long ageSeconds(String value) {
        int comma = value.indexOf(',');
        return Math.max(0, Directives.deltaSeconds(Ascii.trim(comma < 0 ? value : value.substring(0, comma))));
    }

    /** The {@code Date}; the time of receipt if there is none that can be read (RFC 9110 section 6.6.1). */
    private static long date(Headers headers, long receivedMillis) {
        List<String> dates = headers.all("Date");
        long date = dates.size() == 1 ? HttpDates.parse(dates.get(0), receivedMillis) : HttpDates.INVALID;
        return date == HttpDates.INVALID ? receivedMillis : date;
    }

    /** Not required by section 5.4, but those who still send it, and no Cache-Control, mean it. */
    private static boolean pragmaNoCache(Headers headers) {
        for (String value : headers.all("Pragma")) {
            if (Ascii.lower(value).contains("no-cache")) {
                return true;
            }
        }
        return false;
    }
}
