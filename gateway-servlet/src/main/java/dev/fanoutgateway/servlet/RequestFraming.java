package dev.fanoutgateway.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;

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
     * one number, there are not both, and in later versions than HTTP/1 there are no fields about a connection.
     */
    static boolean isClear(HttpServletRequest request) {
        String protocol = request.getProtocol();
        if (!protocol.startsWith("HTTP/1.") && !isOfStreams(request)) {
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

    /**
     * Later versions frame requests themselves, and have no fields for it (RFC 9113 section 8.2.2). The request that has asked
     * for HTTP/2 in HTTP/1.1 still has those.
     */
    private static boolean isOfStreams(HttpServletRequest request) {
        String protocol = request.getProtocol();
        if (!protocol.startsWith("HTTP/2") && !protocol.startsWith("HTTP/3")) {
            return false;
        }
        return request.getHeader("Transfer-Encoding") == null
                && request.getHeader("Keep-Alive") == null
                && request.getHeader("Proxy-Connection") == null
                && isTrailersOrNothing(request.getHeader("TE"))
                && ((request.getHeader("Connection") == null && request.getHeader("Upgrade") == null)
                        || request.getHeader("HTTP2-Settings") != null);
    }

    private static boolean isTrailersOrNothing(@Nullable String te) {
        return te == null || te.strip().equalsIgnoreCase("trailers");
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
