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
    private boolean conditional;
    private boolean conditionalForOrigin;
    private boolean removable;
    private boolean cacheControl;
    private boolean pragmaNoCache;
    private final boolean content;
    private Directives directives = Directives.NONE;

    private RequestFields(boolean content) {
        this.content = content;
    }

    static RequestFields of(GatewayRequest request) {
        RequestFields fields = new RequestFields(request.body().length() != 0);
        Headers headers = request.headers();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            fields.note(name, headers.value(i));
            fields.removable |= Forwarding.isRemoved(name);
        }
        if (fields.cacheControl) {
            fields.directives = Directives.of(headers);
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
            case 8 -> {
                conditional |= name.equalsIgnoreCase("If-Range");
                conditionalForOrigin |= name.equalsIgnoreCase("If-Match");
            }
            case 13 -> {
                authorization |= name.equalsIgnoreCase("Authorization");
                cacheControl |= name.equalsIgnoreCase("Cache-Control");
                conditional |= name.equalsIgnoreCase("If-None-Match");
            }
            case 17 -> conditional |= name.equalsIgnoreCase("If-Modified-Since");
            case 19 -> {
                authorization |= name.equalsIgnoreCase("Proxy-Authorization");
                conditionalForOrigin |= name.equalsIgnoreCase("If-Unmodified-Since");
            }
            default -> {}
        }
    }

    /** Whether a field of this name says who asks. */
    static boolean isCredential(String name) {
        return switch (name.length()) {
            case 6 -> name.equalsIgnoreCase("Cookie");
            case 7 -> name.equalsIgnoreCase("Cookie2");
            case 13 -> name.equalsIgnoreCase("Authorization");
            case 19 -> name.equalsIgnoreCase("Proxy-Authorization");
            default -> false;
        };
    }

    /** What its {@code Cache-Control} says. */
    Directives directives() {
        return directives;
    }

    /** Whether the request is one that goes past the cache. */
    boolean bypass() {
        return content || conditionalForOrigin || directives.noStore();
    }

    /** Whether it has conditions that a cache judges. */
    boolean conditional() {
        return conditional;
    }

    /** Whether it has fields that could change the answer and are not in the key. */
    boolean removable() {
        return removable;
    }

    /** Whether it asks for a part of the content. */
    boolean partial() {
        return partial;
    }

    /** Whether it says who asks, so that others may not be meant by what it gets. */
    boolean credentialed() {
        return authorization || cookie;
    }

    /** Whether it has something to say on which stored response it takes: most have not. */
    boolean choosy() {
        return cacheControl || pragmaNoCache || authorization || cookie;
    }

    /** Whether the client asks that the backends be asked (RFC 9111 sections 5.2.1 and 5.4). */
    boolean validate() {
        return cacheControl ? directives.noCache() || directives.maxAge() == 0 : pragmaNoCache;
    }

    /**
     * Whether a response with {@code of} to this request may be shared: to a credentialed one only if its origin says so
     * (RFC 9111 section 3.5).
     */
    boolean sharable(Directives of) {
        return !bypass() && (!credentialed() || of.isPublic() || of.mustRevalidate() || of.sharedMaxAge() > 0);
    }

    /**
     * Whether a stored response may be given to this request, as far as credentials go: the origin may have meant it for
     * those without. With {@code Authorization} it must say that it is for all (section 3.5); with a cookie, which many
     * clients send everywhere, it must at least have said itself that it may be kept.
     */
    boolean meantFor(Headers response, Directives of) {
        if (authorization) {
            return of.isPublic() || of.mustRevalidate() || of.sharedMaxAge() != Directives.ABSENT;
        }
        return !cookie
                || of.isPublic()
                || of.maxAge() != Directives.ABSENT
                || of.sharedMaxAge() != Directives.ABSENT
                || response.contains("Expires");
    }
}
