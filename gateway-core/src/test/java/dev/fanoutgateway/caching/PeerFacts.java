package dev.fanoutgateway.caching;

/**
 * The facts of a request and its response that decide on storing, from which the RFCs' answers follow without any parsing.
 * These are the rules of our cache once more, in the words of the decision table, for the standard policy.
 *
 * @param control the request's {@code Cache-Control}
 * @param cacheControl the response's
 * @param targeted what stands in the field that is targeted at this cache
 */
record PeerFacts(
        String method,
        PeerSaid control,
        boolean authorization,
        boolean cookie,
        int status,
        PeerSaid cacheControl,
        PeerSaid targeted,
        PeerChoice expires,
        PeerChoice date,
        PeerChoice age,
        PeerChoice modified,
        PeerChoice tag,
        PeerChoice pragma,
        PeerChoice vary,
        boolean setCookie,
        long receivedMillis,
        long delayMillis) {

    static final long TTL = CachePolicy.standard().ttl().toMillis();
    static final long UNSTATED = -1;

    /** RFC 9213: a targeted field counts alone. */
    PeerSaid said() {
        return isTargeted() ? targeted : cacheControl;
    }

    boolean isTargeted() {
        return targeted.present() && !targeted.isOdd("none");
    }

    /** RFC 9111 section 3. */
    boolean stored() {
        return method.equals("GET")
                && !control.has("ns")
                && allowedTo(credentialed())
                && keptStatus()
                && !(said().has("ns") && !said().has("mu"))
                && !said().has("pv")
                && !(setCookie && !said().has("cookieKept"))
                && !vary.flag("star")
                && lifetime() != UNSTATED
                && !useless();
    }

    boolean credentialed() {
        return authorization || cookie;
    }

    /** Section 3.5. */
    private boolean allowedTo(boolean credentialed) {
        return !credentialed || said().has("pu") || said().has("mr") || said().seconds("sm") > 0;
    }

    boolean keptStatus() {
        return switch (status) {
            case 206, 304 -> false;
            case 201, 299, 400, 403, 418, 429, 599 -> !said().has("mu");
            default -> true;
        };
    }

    /** Neither fresh, nor to be validated, nor to be given stale. */
    boolean useless() {
        boolean mayBeStale = !said().has("mr") && !said().has("nc");
        return lifetime() <= initialAge()
                && !validated()
                && !(mayBeStale && (said().seconds("sw") > 0 || said().seconds("se") > 0));
    }

    boolean validated() {
        return tag.word("opaque") != null
                || (modified.isDate() && modified.lines().size() == 1);
    }

    /** Section 4.2.1 and 4.2.2, in milliseconds. */
    long lifetime() {
        if (alwaysAsk()) {
            return mayBeKept() ? 0 : UNSTATED;
        }
        if (said().has("sm") || said().has("ma")) {
            return said().seconds(said().has("sm") ? "sm" : "ma") * 1000;
        }
        if (!expires.absent() && !isTargeted()) {
            return expires.isDate() ? Math.max(0, expires.millis() - dateMillis()) : 0;
        }
        return guessed();
    }

    /** Whether no lifetime is stated. */
    boolean guess() {
        return !alwaysAsk() && !said().has("sm") && !said().has("ma") && (expires.absent() || isTargeted());
    }

    private boolean alwaysAsk() {
        return said().has("nc") || (!cacheControl.present() && !isTargeted() && pragma.flag("nc"));
    }

    /** Section 3: what a status needs whose lifetime may not be guessed. */
    private boolean mayBeKept() {
        return guessable() || said().has("sm") || said().has("ma") || !expires.absent();
    }

    /** RFC 9110 section 15.1. */
    private boolean guessable() {
        return said().has("pu")
                || switch (status) {
                    case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
                    default -> false;
                };
    }

    private long guessed() {
        if (modified.lines().size() == 1 && guessable()) {
            return modified.isDate() ? Math.min(sinceModified() / 10, TTL) : 0;
        }
        return said().has("pu") || (guessable() && status < 400) ? TTL : UNSTATED;
    }

    long sinceModified() {
        return Math.max(0, dateMillis() - modified.millis());
    }

    long dateMillis() {
        return date.isDate() ? date.millis() : receivedMillis;
    }

    /** Section 4.2.3, in milliseconds. */
    long initialAge() {
        return Math.max(Math.max(0, receivedMillis - dateMillis()), age.seconds() * 1000 + delayMillis);
    }
}
