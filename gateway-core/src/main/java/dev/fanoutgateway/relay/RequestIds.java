package dev.fanoutgateway.relay;

/** Ids of requests: a client's own where it can be one, else made. */
final class RequestIds {
    private static final int LONGEST = 128;

    private RequestIds() {}

    /**
     * Whether {@code id} may stand in logs and in other systems' headers: 1 to 128 letters, digits and {@code -._~+/=:@}, so
     * that it is nothing but an id there.
     */
    static boolean isValid(String id) {
        int length = id.length();
        if (length == 0 || length > LONGEST) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            if (!FieldText.isAlphanumeric(c) && "-._~+/=:@".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** 128 random bits in hex. */
    static String made() {
        return RandomHex.sixteenOctets();
    }
}
