package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The host that a request asks for in HTTP/2 and later, where it is the pseudo-field {@code :authority} (RFC 9113 section
 * 8.3.1). Whoever passes such a request on in HTTP/1.1 has to make a {@code Host} of it. Undertow has made one already, and
 * drops what else there is; Jetty and Tomcat tell of it in the URL, and refuse a {@code Host} beside it that is another. In
 * HTTP/1.1 all of them refuse what is no host. Stateless.
 */
final class RequestHost {
    private RequestHost() {}

    /**
     * The fields with exactly one {@code Host}; with none where Undertow has none, whose URLs name its own address then.
     *
     * @return null if there are several, or it is none by the grammar
     */
    static @Nullable Headers told(HttpServletRequest request, Headers fields) {
        List<String> lines = fields.all("Host");
        if (!lines.isEmpty()) {
            return lines.size() == 1 && isHost(lines.get(0)) ? fields : null;
        }
        if (request.getServletContext().getServerInfo().startsWith("Undertow")) {
            return fields;
        }
        String authority = authorityOf(request);
        return isHost(authority) ? fields.with("Host", authority) : null;
    }

    /** What stands between the scheme and the path; empty for nothing. */
    private static String authorityOf(HttpServletRequest request) {
        StringBuffer url = request.getRequestURL();
        int start = url.indexOf("://") + "://".length();
        int end = url.length() - request.getRequestURI().length();
        return start >= "://".length() && end > start ? url.substring(start, end) : "";
    }

    /** By the grammar, without a comma: who reads a list in it would read two. Without a user as well. */
    private static boolean isHost(String text) {
        int name = text.startsWith("[") ? text.indexOf(']') + 1 : text.indexOf(':');
        int end = name < 0 ? text.length() : name;
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && "-._~!$&'()*+;=%:[]".indexOf(c) < 0) {
                return false;
            }
        }
        for (int i = end + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return end > 0 && (end == text.length() || text.charAt(end) == ':');
    }
}
