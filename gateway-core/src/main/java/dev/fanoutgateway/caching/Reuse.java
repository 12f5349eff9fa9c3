package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CachedResponse;

/** How a stored response may be used for one request (RFC 9111 section 4). */
enum Reuse {
    /** Give it. */
    FRESH,
    /** Give it though it is stale: the client has asked for that ({@code max-stale}). */
    STALE,
    /** Give it though it is stale, and ask the backends meanwhile ({@code stale-while-revalidate}). */
    STALE_MEANWHILE,
    /** It is stale: ask the backends first. */
    VALIDATE_STALE,
    /** It would do, but the client wants the backends to be asked. */
    VALIDATE_REQUEST,
    /** It is not for this client. */
    NONE;

    static Reuse of(CachePolicy policy, RequestFields request, CachedResponse entry, long nowMillis) {
        long age = CacheRules.ageMillis(entry, nowMillis);
        boolean fresh = age < entry.freshMillis();
        if (fresh && !request.choosy()) {
            return FRESH;
        }
        Directives response = Directives.ofResponse(entry.headers());
        if (request.credentialed() && !(policy.respectOrigin() && request.meantFor(entry.headers(), response))) {
            return NONE;
        }
        if (request.validate()) {
            return VALIDATE_REQUEST;
        }
        Directives wanted = request.directives();
        boolean young = wanted.maxAge() == Directives.ABSENT || age <= wanted.maxAge() * 1000;
        boolean lasting =
                wanted.minFresh() == Directives.ABSENT || entry.freshMillis() - age >= wanted.minFresh() * 1000;
        if (fresh) {
            return young && lasting ? FRESH : VALIDATE_REQUEST;
        }
        Staleness staleness = Staleness.of(policy, entry.headers(), response);
        long staleFor = age - Math.max(0, entry.freshMillis());
        if (!young || !lasting) {
            return VALIDATE_STALE;
        }
        if (staleness.asked()
                && wanted.maxStale() != Directives.ABSENT
                && (wanted.maxStale() == Directives.LARGEST_SECONDS || staleFor <= wanted.maxStale() * 1000)) {
            return STALE;
        }
        return staleFor < staleness.whileRevalidate() ? STALE_MEANWHILE : VALIDATE_STALE;
    }

    /**
     * Whether a stale response may be given since there is no better one.
     *
     * @param none whether no backend has an acceptable answer; else one has given an error
     */
    static boolean covers(
            CachePolicy policy, RequestFields request, CachedResponse entry, boolean none, long nowMillis) {
        if (entry.kind() != CachedResponse.Kind.RESPONSE || request.validate()) {
            return false;
        }
        Directives response = Directives.ofResponse(entry.headers());
        if (request.credentialed() && !(policy.respectOrigin() && request.meantFor(entry.headers(), response))) {
            return false;
        }
        Staleness staleness = Staleness.of(policy, entry.headers(), response);
        long window = none ? staleness.ifNone() : staleness.ifError();
        if (staleness.asked() && request.directives().staleIfError() != Directives.ABSENT) {
            window = Math.max(window, request.directives().staleIfError() * 1000);
        }
        return CacheRules.ageMillis(entry, nowMillis) - Math.max(0, entry.freshMillis()) < window;
    }
}
