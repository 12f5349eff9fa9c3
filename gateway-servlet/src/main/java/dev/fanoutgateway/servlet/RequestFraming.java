package dev.fanoutgateway.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;

/**
 * Whether everybody reads the same end of a request. Containers refuse most of what is not so by themselves, but not each of
 * them the same, and who stands before the gateway may read otherwise: then what is content for one is the next request for
 * the other (RFC 9112 sections 6 and 11.2). Stateless.
 */
final class RequestFraming {
    /** Of more digits a container may take the rest of a division. */
    private static final int MOST_DIGITS = 18;

    private RequestFraming() {}

    /**
     * Whether the protocol is one that has fields, a Transfer-Encoding is {@code chunked} and nothing else, a Content-Length is
     * one number, and there are not both.
     */
    static boolean isClear(HttpServletRequest request) {
        String protocol = request.getProtocol();
        if (!protocol.startsWith("HTTP/1.") && !protocol.startsWith("HTTP/2") && !protocol.startsWith("HTTP/3")) {
            return false;
        }
        String coding = request.getHeader("Transfer-Encoding");
        String length = request.getHeader("Content-Length");
        if (coding == null) {
            return length == null || (isNumber(length) && isAlone(request, "Content-Length"));
        }
        return length == null
                && coding.strip().equalsIgnoreCase("chunked")
                && isAlone(request, "Transfer-Encoding")
                && !protocol.equals("HTTP/1.0");
    }

    private static boolean isNumber(String length) {
        int digits = length.length();
        for (int i = 0; i < digits; i++) {
            if (length.charAt(i) < '0' || length.charAt(i) > '9') {
                return false;
            }
        }
        return digits > 0 && digits <= MOST_DIGITS;
    }

    private static boolean isAlone(HttpServletRequest request, String field) {
        Enumeration<String> lines = request.getHeaders(field);
        lines.nextElement();
        return !lines.hasMoreElements();
    }
}
