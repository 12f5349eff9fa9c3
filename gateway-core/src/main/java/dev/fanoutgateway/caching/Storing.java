package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.Body;
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
 * @param lasting whether it is refused for what the resource is, so that the next response will likely be no other
 */
record Storing(@Nullable CachedResponse entry, @Nullable Refusal refusal, boolean lasting) {

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
        /** The response must not be used again without asking the backends, and they could not be asked for less. */
        NOT_FRESH
    }

    static Storing of(
            CachePolicy policy,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis,
            long receivedMillis) {
        Storing judged = judged(policy, forwarded, response, backendId, requestMillis, receivedMillis);
        return judged.entry != null || !lasts(judged.refusal, forwarded, response)
                ? judged
                : new Storing(null, judged.refusal, true);
    }

    /** Not where it is about this request only, or about a failure of the moment. */
    private static boolean lasts(@Nullable Refusal refusal, GatewayRequest forwarded, GatewayResponse response) {
        boolean moment = Statuses.error(response.status()) || response.status() < 200 || response.status() == 304;
        return switch (refusal == null ? Refusal.REQUEST : refusal) {
            case NOT_SHARED, NOT_FRESH, STATUS ->
                !moment && !RequestFields.of(forwarded).partial();
            case INCOMPLETE -> !moment && !response.body().isBuffered();
            case REQUEST -> false;
        };
    }

    private static Storing judged(
            CachePolicy policy,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis,
            long receivedMillis) {
        Headers headers = response.headers();
        Directives directives = Directives.ofResponse(headers);
        if (!policy.enabled()
                || !forwarded.method().equals("GET")
                || !RequestFields.of(forwarded).sharable(directives)) {
            return refused(Refusal.REQUEST);
        }
        boolean part = response.status() == 206 && RequestFields.of(forwarded).partial();
        GatewayResponse judged = part ? new GatewayResponse(200, headers, response.body()) : response;
        if (!Statuses.storable(judged.status(), directives.mustUnderstand())) {
            return refused(Refusal.STATUS);
        }
        if (!complete(response)) {
            return refused(Refusal.INCOMPLETE);
        }
        // A cache that understands the status ignores a no-store that stands beside must-understand: section 5.2.2.3.
        boolean noStore = directives.noStore() && !directives.mustUnderstand();
        if (noStore || directives.isPrivate() || namesOneCaller(headers, directives) || Variants.unbounded(headers)) {
            return refused(Refusal.NOT_SHARED);
        }
        Freshness freshness = Freshness.of(policy, judged, directives, requestMillis, receivedMillis);
        if (freshness.lifetimeMillis() == Freshness.UNSTATED) {
            return refused(directives.noCache() ? Refusal.NOT_FRESH : Refusal.STATUS);
        }
        Staleness staleness = Staleness.of(policy, headers, directives);
        long initialAge = freshness.initialAgeMillis();
        long lifetime = freshness.lifetimeMillis();
        long kept = staleness.keptMillis(lifetime > initialAge);
        if (lifetime <= initialAge && kept == 0) {
            return refused(Refusal.NOT_FRESH);
        }
        CachedResponse entry = new CachedResponse(
                CachedResponse.Kind.RESPONSE,
                response.status(),
                StoredFields.of(response, directives, receivedMillis),
                response.body().bytes(),
                backendId,
                receivedMillis,
                initialAge,
                lifetime,
                Math.max(0, lifetime - initialAge) + kept,
                Math.max(0, receivedMillis - requestMillis));
        if (!part) {
            return new Storing(entry, null, false);
        }
        return Parts.of(entry)
                .map(kept206 -> new Storing(kept206, null, false))
                .orElseGet(() -> refused(Refusal.INCOMPLETE));
    }

    /**
     * An entry that was put together from several responses, with the lifetime that its fields now state (RFC 9111 section
     * 3.4): those of the newest response, and what only an older one has said. Null if they state none.
     */
    static @Nullable CachedResponse together(CachePolicy policy, CachedResponse entry) {
        Headers headers = entry.headers();
        Directives directives = Directives.ofResponse(headers);
        long received = entry.receivedMillis();
        Freshness freshness = Freshness.of(
                policy,
                new GatewayResponse(200, headers, Body.of(entry.body())),
                directives,
                received - entry.elapsedMillis(),
                received);
        long lifetime = freshness.lifetimeMillis();
        if (lifetime == Freshness.UNSTATED) {
            return null;
        }
        long age = entry.initialAgeMillis(); // an Age field is not stored
        long kept = Staleness.of(policy, headers, directives).keptMillis(lifetime > age);
        return new CachedResponse(
                entry.kind(),
                entry.status(),
                headers,
                entry.body(),
                entry.backend(),
                received,
                age,
                lifetime,
                Math.max(0, lifetime - age) + kept,
                entry.elapsedMillis());
    }

    private static Storing refused(Refusal why) {
        return new Storing(null, why, false);
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

    private static boolean namesOneCaller(Headers headers, Directives directives) {
        return (headers.contains("Set-Cookie") && !directives.withheld().contains("set-cookie"))
                || (headers.contains("Set-Cookie2") && !directives.withheld().contains("set-cookie2"));
    }
}
