package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a shared cache may do (RFC 9111): may we answer from it, under which key, may we store, for how long, and what does
 * this client get. Pure functions: no I/O, no clock, no state; none throws, whatever a message holds. Times are in
 * milliseconds since 1970-01-01T00:00Z.
 */
public final class CacheRules {
    private CacheRules() {}

    /** What the cache is used for in a request. */
    public enum Use {
        /** Nothing: it goes to the backends as it is, and nothing is stored, nor shared with anybody. */
        BYPASS,
        /** The same, since its method has to go there; what is stored of its target may not hold any more after that. */
        METHOD,
        /** It may be answered from what is stored. */
        LOOKUP
    }

    /**
     * What the cache is used for in this request. It is bypassed where the policy is off; by methods other than GET and
     * HEAD; by content; by {@code If-Match} and {@code If-Unmodified-Since}, which only an origin may judge (RFC 9111
     * section 4.3.2); and by {@code Cache-Control: no-store}.
     *
     * @param forwarded the request without the gateway's own key; the same before and after {@link #forwarded}
     */
    public static Use useFor(CachePolicy policy, GatewayRequest forwarded) {
        return useFor(policy, forwarded, RequestFields.of(forwarded));
    }

    static Use useFor(CachePolicy policy, GatewayRequest forwarded, RequestFields fields) {
        if (!isRead(forwarded.method())) {
            return Use.METHOD;
        }
        return !policy.enabled() || fields.bypass() ? Use.BYPASS : Use.LOOKUP;
    }

    /** Whether the client wants an answer from the cache or none (RFC 9111 section 5.2.1.7). */
    public static boolean onlyIfCached(GatewayRequest request) {
        return Directives.of(request.headers()).onlyIfCached();
    }

    /**
     * The request as it goes to the backends: if its response may be shared, then without ignored query parameters,
     * without the conditions that {@link #serve} answers, and without fields that could change the answer though they are
     * not in the key. The same object when nothing is taken away.
     */
    public static GatewayRequest forwarded(CachePolicy policy, GatewayRequest request) {
        return CacheRequest.of(policy, request).forwarded();
    }

    /**
     * The key of everything that is stored for a request: its group, method (GET for HEAD too), path and query exactly as
     * forwarded, and the partition. No two requests that differ in one of these share a key.
     *
     * <p>A flight may be shared under this key by GETs only: what a HEAD brings has no content.
     *
     * @param group the backends that are asked
     * @param partition whose entries these are, if the policy is per caller: the caller's id, or null for those without
     */
    public static CacheKey keyFor(
            String group, CachePolicy policy, GatewayRequest forwarded, @Nullable String partition) {
        String owner = partition == null ? "" : partition;
        return Keys.of(group, forwarded, policy.perCaller() ? owner : null);
    }

    /** Whether both requests get the same variant of a response with the fields {@code response}. */
    public static boolean sameVariant(Headers response, GatewayRequest one, GatewayRequest other) {
        return !Variants.unbounded(response) && Variants.same(Variants.names(response), one, other);
    }

    /**
     * The response as an entry, or empty if a shared cache must not keep it: RFC 9111 sections 3, 3.3, 3.5, 4.2. An entry
     * is fresh when it is made. Its content is not copied.
     *
     * @param forwarded the request as the backend got it
     * @param requestMillis when it was sent
     * @param receivedMillis when the response was received
     */
    public static Optional<CachedResponse> storable(
            CachePolicy policy,
            GatewayRequest forwarded,
            GatewayResponse response,
            String backendId,
            long requestMillis,
            long receivedMillis) {
        return Optional.ofNullable(Storing.of(policy, forwarded, response, backendId, requestMillis, receivedMillis)
                .entry());
    }

    /**
     * Whether a response with this head is one to store, if its content comes whole: only then is it worth reading it all
     * before it is given to anybody.
     */
    public static boolean storableIfWhole(
            CachePolicy policy, GatewayRequest forwarded, GatewayResponse head, long receivedMillis) {
        Headers headers = head.headers().without(name -> name.equalsIgnoreCase("Content-Length"));
        return Storing.of(policy, forwarded, head.withHeaders(headers), "", receivedMillis, receivedMillis)
                        .entry()
                != null;
    }

    /**
     * The request that asks the backends whether {@code entry} still holds (RFC 9111 section 4.3.1), for all of it; empty
     * if it has no validator.
     */
    public static Optional<GatewayRequest> validation(GatewayRequest forwarded, CachedResponse entry) {
        return Optional.ofNullable(Validators.conditional(forwarded, entry));
    }

    /** Whether the response was of use to nobody else when it came: each request has to ask for itself. */
    public static boolean neverFresh(CachedResponse entry) {
        return entry.freshMillis() <= entry.initialAgeMillis();
    }

    /** Whether it names who asks, so that its response may be shared only if that says so. */
    public static boolean credentialed(GatewayRequest request) {
        return RequestFields.of(request).credentialed();
    }

    /** Whether the client asks that the backends be asked (RFC 9111 sections 5.2.1 and 5.4). */
    public static boolean wantsBackends(GatewayRequest request) {
        return RequestFields.of(request).validate();
    }

    /** Whether it asks for a part of the content. */
    public static boolean partial(GatewayRequest request) {
        return request.headers().contains("Range");
    }

    /** The GET for all of the content, in nobody's name. */
    public static GatewayRequest forAll(GatewayRequest request) {
        Headers nobodys = WholeContent.wanted(request.headers()).without(RequestFields::isCredential);
        return request.withHeaders(nobodys).withMethod("GET");
    }

    /** The request for all of the content, whatever the client has of it. */
    public static GatewayRequest whole(GatewayRequest request) {
        return request.withHeaders(WholeContent.wanted(request.headers()));
    }

    /**
     * Whether a stale response may be given since there is no better one (RFC 5861 section 4, and the policy).
     *
     * @param none whether no backend had an acceptable answer; else one has given an error
     */
    public static boolean covers(
            CachePolicy policy, GatewayRequest request, CachedResponse entry, boolean none, long nowMillis) {
        return Reuse.covers(policy, RequestFields.of(request), entry, none, nowMillis);
    }

    /** Whether the status says that the backend failed, so that a stale response may be better (RFC 5861 section 4). */
    public static boolean error(int status) {
        return Statuses.error(status);
    }

    /** Whether it is such an error, and says nothing that is only for whoever asked. */
    public static boolean errorForAll(GatewayResponse response) {
        Headers headers = response.headers();
        Directives directives = Directives.ofResponse(headers);
        return error(response.status())
                && !directives.noStore()
                && !directives.isPrivate()
                && !headers.contains("Set-Cookie")
                && response.body().isBuffered();
    }

    /** See {@link Refresh#due}. */
    public static boolean refreshDue(CachePolicy policy, CachedResponse entry, long nowMillis, DoubleSupplier random) {
        return Refresh.due(policy, entry, nowMillis, random);
    }

    /**
     * The targets whose stored responses may not hold any more after a request with an unsafe method (RFC 9111 section
     * 4.4): its own, and those that the response names on the same origin.
     *
     * @param origins the authorities by which that origin may be named
     * @return paths with their queries; empty if the method is safe or the response is an error
     */
    public static List<String> invalidated(GatewayRequest request, GatewayResponse response, List<String> origins) {
        return Invalidation.targets(request, response, origins);
    }

    /** Whether the entry is fresh (RFC 9111 section 4.2). */
    public static boolean fresh(CachedResponse entry, long nowMillis) {
        return ageMillis(entry, nowMillis) < entry.freshMillis();
    }

    /** The entry's age in whole seconds (RFC 9111 section 4.2.3, current_age), 0 to 2<sup>31</sup>. */
    public static long ageSeconds(CachedResponse entry, long nowMillis) {
        return Math.min(ageMillis(entry, nowMillis) / 1000, Directives.LARGEST_SECONDS);
    }

    /** For how many more whole seconds the entry is fresh; negative once it is stale. */
    public static long ttlSeconds(CachedResponse entry, long nowMillis) {
        return Math.floorDiv(Math.max(0, entry.freshMillis()) - ageMillis(entry, nowMillis), 1000);
    }

    /**
     * What the client gets from an entry: with {@code Age}; for HEAD without content, its length still stated; and 304
     * where {@code If-None-Match} or {@code If-Modified-Since} says that the client has it (RFC 9110 section 13.2.2, RFC
     * 9111 section 4.3.2).
     *
     * @param request as the client sent it, its conditions still in it
     */
    public static GatewayResponse serve(CachedResponse entry, GatewayRequest request, long nowMillis) {
        long age = ageSeconds(entry, nowMillis);
        return entry.kind() == CachedResponse.Kind.PART
                ? Parts.answer(entry, request, age).orElseGet(() -> Serving.of(entry, request, age))
                : Serving.of(entry, request, age);
    }

    /**
     * What the client gets from a backend's response that it had to wait for: 304 or no content as in {@link #serve}.
     * For requests whose conditions {@link #forwarded} took away; the same object when there are none.
     */
    public static GatewayResponse answer(GatewayResponse full, GatewayRequest request, long receivedMillis) {
        return Serving.answer(full, request, receivedMillis);
    }

    /** A backend's response as somebody gets it who shares another request's flight: what was said of that caller is gone. */
    public static GatewayResponse forAnother(GatewayResponse response) {
        return response.withHeaders(StoredFields.forAll(response.headers(), Directives.ofResponse(response.headers())));
    }

    private static boolean isRead(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    /** A wall clock that was set back makes nothing younger than it came; nonsense from a store is old, not young. */
    static long ageMillis(CachedResponse entry, long nowMillis) {
        long received = entry.receivedMillis();
        if (received < 0 || entry.initialAgeMillis() < 0) {
            return Long.MAX_VALUE;
        }
        long age = entry.initialAgeMillis() + Math.max(0, nowMillis - received);
        return age < 0 ? Long.MAX_VALUE : age;
    }
}
