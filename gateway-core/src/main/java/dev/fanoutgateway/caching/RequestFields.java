package dev.fanoutgateway.caching;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;

/**
 * What a request's fields mean to the cache, found in one pass: this runs for every request.
 */
final class RequestFields {
    private boolean authorization;
    private boolean cookie;
    private boolean partial;
    private boolean conditionalForOrigin;
    private boolean cacheControl;
    private boolean pragmaNoCache;
    private boolean noStore;
    private boolean noCache;
    private final boolean content;

    private RequestFields(boolean content) {
        this.content = content;
    }

    static RequestFields of(GatewayRequest request) {
        RequestFields fields = new RequestFields(request.body().length() != 0);
        Headers headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            fields.note(headers.name(i), headers.value(i));
        }
        if (fields.cacheControl) {
            Directives directives = Directives.of(headers);
            fields.noStore = directives.noStore();
            fields.noCache = directives.noCache() || directives.maxAge() == 0;
        }
        return fields;
    }

    /** By length first: nearly every field is passed over without a comparison. */
    private void note(String name, String value) {
        switch (name.length()) {
            case 5 -> partial |= name.equalsIgnoreCase("Range");
            case 6 -> {
                cookie |= name.equalsIgnoreCase("Cookie");
                pragmaNoCache |=
                        name.equalsIgnoreCase("Pragma") && Ascii.lower(value).contains("no-cache");
            }
            case 7 -> cookie |= name.equalsIgnoreCase("Cookie2");
            case 8 -> conditionalForOrigin |= name.equalsIgnoreCase("If-Match");
            case 13 -> {
                authorization |= name.equalsIgnoreCase("Authorization");
                cacheControl |= name.equalsIgnoreCase("Cache-Control");
            }
            case 19 -> {
                authorization |= name.equalsIgnoreCase("Proxy-Authorization");
                conditionalForOrigin |= name.equalsIgnoreCase("If-Unmodified-Since");
            }
            default -> {}
        }
    }

    /** Whether the request is one that goes past the cache. */
    boolean bypass() {
        return content || partial || conditionalForOrigin || noStore || authorization || cookie;
    }

    /** Whether the client asks that the backends be asked (RFC 9111 sections 5.2.1 and 5.4). */
    boolean refresh() {
        return cacheControl ? noCache : pragmaNoCache;
    }

    /**
     * Whether a response with {@code directives} to this request may be shared: to a credentialed one only if its origin
     * says so (RFC 9111 section 3.5).
     */
    boolean sharable(Directives directives) {
        if (content || partial || conditionalForOrigin || noStore) {
            return false;
        }
        return !(authorization || cookie)
                || directives.isPublic()
                || directives.mustRevalidate()
                || directives.sharedMaxAge() > 0;
    }
}
