package dev.fanoutgateway.caching;

/** What a status says about storing (RFC 9110 section 15, RFC 9111 section 3). */
final class Statuses {
    private Statuses() {}

    /**
     * Whether a response with it may be stored at all, given that its origin states a lifetime: any final status, but 206,
     * which is only a part, and 304, which is only an update.
     *
     * @param mustUnderstand whether it may be stored only if its meaning is known (RFC 9111 section 5.2.2.3)
     */
    static boolean storable(int status, boolean mustUnderstand) {
        return status >= 200 && status != 206 && status != 304 && (!mustUnderstand || understood(status));
    }

    /** Whether this cache knows and keeps the requirements that the status sets. */
    private static boolean understood(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 421, 451, 500, 501, 502, 503, 504 ->
                true;
            default -> false;
        };
    }

    /** Whether a lifetime may be guessed (RFC 9110 section 15.1). */
    static boolean heuristic(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 -> true;
            default -> false;
        };
    }

    /**
     * Whether the route's time holds where the origin says nothing at all. Fewer than may be guessed: an error is kept only
     * when its origin gives a reason to.
     */
    static boolean keptByDefault(int status) {
        return switch (status) {
            case 200, 203, 204, 300, 301, 308 -> true;
            default -> false;
        };
    }

    /** Whether it says that the backend failed (RFC 5861 section 4). */
    static boolean error(int status) {
        return status == 500 || status == 502 || status == 503 || status == 504;
    }
}
