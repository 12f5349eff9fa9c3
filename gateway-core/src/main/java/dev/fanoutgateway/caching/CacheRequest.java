package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;

/**
 * A request as the cache reads it, once: what the cache is used for, what is forwarded, and what its fields say. Immutable;
 * safe for use by any thread.
 */
public final class CacheRequest {
    private final CacheRules.Use use;
    private final GatewayRequest forwarded;
    private final RequestFields fields;

    private CacheRequest(CacheRules.Use use, GatewayRequest forwarded, RequestFields fields) {
        this.use = use;
        this.forwarded = forwarded;
        this.fields = fields;
    }

    /**
     * The request as it is used and forwarded under {@code policy}: {@link CacheRules#useFor} and
     * {@link CacheRules#forwarded}.
     *
     * @param request without the gateway's own key
     */
    public static CacheRequest of(CachePolicy policy, GatewayRequest request) {
        RequestFields fields = RequestFields.of(request);
        CacheRules.Use use = CacheRules.useFor(policy, request, fields);
        // Nothing that is taken away is anything that the fields tell of: they hold for what is forwarded, too.
        GatewayRequest forwarded = use == CacheRules.Use.LOOKUP ? Forwarding.of(policy, request, fields) : request;
        return new CacheRequest(use, forwarded, fields);
    }

    /** What the cache is used for. */
    public CacheRules.Use use() {
        return use;
    }

    /** The request as it goes to the backends; the same object as was given if nothing is taken away. */
    public GatewayRequest forwarded() {
        return forwarded;
    }

    RequestFields fields() {
        return fields;
    }
}
