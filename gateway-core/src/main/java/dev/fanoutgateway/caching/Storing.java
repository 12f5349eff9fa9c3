package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a response may be stored by a shared cache (RFC 9111 section 3), and as what. Statuses and fields that decide it
 * stand here and nowhere else.
 *
 * @param entry what to store; null if it may not be stored
 * @param refusal why it may not be stored; null if it may
 */
record Storing(@Nullable CachedResponse entry, @Nullable Refusal refusal) {

    /** Why a response may not be stored. */
    enum Refusal {
        /** The request is none whose response is shared. */
        REQUEST,
        /** The status is none that is kept, or none that is kept unless the origin says so. */
        STATUS,
        /** The content is a stream, or not as long as it says. */
        INCOMPLETE,
        /** The response says that it is for this caller only, or for this once. */
        NOT_SHARED,
        /** The response must not be used again without asking the backends. */
        NOT_FRESH
    }

    /** Whether it is refused for what the resource is, so that the next response will likely be no other. */
    boolean lasting() {
        return refusal == Refusal.NOT_SHARED || refusal == Refusal.NOT_FRESH;
    }

    static Storing of(
            CachePolicy policy,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis,
            long receivedMillis) {
        Headers headers = response.headers();
        Directives directives = Directives.of(headers);
        if (!policy.enabled()
                || !forwarded.method().equals("GET")
                || !RequestFields.of(forwarded).sharable(directives)) {
            return refused(Refusal.REQUEST);
        }
        if (!keptWhenStated(response.status())) {
            return refused(Refusal.STATUS);
        }
        if (!complete(response)) {
            return refused(Refusal.INCOMPLETE);
        }
        if (directives.noStore() || directives.isPrivate() || namesOneCaller(headers) || Variants.unbounded(headers)) {
            return refused(Refusal.NOT_SHARED);
        }
        Freshness freshness = Freshness.of(headers, directives, requestMillis, receivedMillis);
        long initialAge = freshness.initialAgeMillis();
        long lifetime;
        if (!policy.respectOrigin()) {
            lifetime = policy.ttl().toMillis() + initialAge;
        } else if (directives.noCache() || (!directives.present() && pragmaNoCache(headers))) {
            lifetime = 0;
        } else if (freshness.lifetimeMillis() != Freshness.UNSTATED) {
            lifetime = freshness.lifetimeMillis();
        } else {
            lifetime = policy.ttl().toMillis();
        }
        boolean byPolicy = !policy.respectOrigin() || freshness.lifetimeMillis() == Freshness.UNSTATED;
        if (byPolicy && !keptByDefault(response.status())) {
            return refused(Refusal.STATUS);
        }
        if (lifetime <= initialAge) {
            return refused(Refusal.NOT_FRESH);
        }
        return new Storing(
                new CachedResponse(
                        CachedResponse.Kind.RESPONSE,
                        response.status(),
                        StoredFields.of(response, receivedMillis),
                        response.body().bytes(),
                        backendId,
                        receivedMillis,
                        initialAge,
                        lifetime,
                        lifetime - initialAge,
                        Math.max(0, receivedMillis - requestMillis)),
                null);
    }

    private static Storing refused(Refusal why) {
        return new Storing(null, why);
    }

    /** Statuses that are kept where the origin states a lifetime: what this cache understands of final statuses. */
    private static boolean keptWhenStated(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 302, 307, 308, 404, 405, 410, 414, 501 -> true;
            default -> false;
        };
    }

    /**
     * Statuses that are kept for the route's time where the origin states none. Fewer than RFC 9110 section 15.1 allows:
     * an error is kept only when its origin asks for it.
     */
    private static boolean keptByDefault(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 308 -> true;
            default -> false;
        };
    }

    /** Section 3.3: a message that was cut short is none that a shared cache keeps. */
    private static boolean complete(GatewayResponse response) {
        if (!response.body().isBuffered()) {
            return false;
        }
        List<String> lengths = response.headers().all("Content-Length");
        String actual = Long.toString(response.body().length());
        return lengths.stream().allMatch(length -> Ascii.trim(length).equals(actual));
    }

    private static boolean namesOneCaller(Headers headers) {
        return headers.contains("Set-Cookie") || headers.contains("Set-Cookie2");
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
