package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** Copies header fields into a container's response. */
final class ResponseFields {
    private static final String TYPE = "Content-Type";

    private ResponseFields() {}

    /**
     * Adds {@code fields}, except those that are about one connection only (RFC 9110 section 7.6.1) and
     * {@code Content-Length}, which is the writer's.
     */
    static void copy(Headers fields, HttpServletResponse response) {
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            String name = fields.name(i);
            switch (kindOf(name)) {
                case MANY -> response.addHeader(name, fields.value(i));
                case ONE -> response.setHeader(name, fields.value(i));
                case NOT_OURS -> {}
            }
        }
    }

    /** Jetty and Tomcat write {@code text/html; charset=UTF-8} as they like it best. */
    static void keepType(Headers fields, HttpServletRequest request, HttpServletResponse response) {
        for (int i = fields.size() - 1; i >= 0; i--) {
            if (fields.name(i).length() == TYPE.length() && fields.name(i).equalsIgnoreCase(TYPE)) {
                String type = fields.value(i);
                if (!type.equals(response.getHeader(TYPE))) {
                    request.setAttribute(GatewayFilter.CONTENT_TYPE, type);
                }
                return;
            }
        }
    }

    private enum Kind {
        /** Added to what the host or the container has set already. */
        MANY,
        /** Put in place of it: two lines of it make no valid message, and containers set Date and Server unasked. */
        ONE,
        /** Not copied. */
        NOT_OURS
    }

    private static Kind kindOf(String name) {
        return switch (name.length()) {
            case 2 -> "TE".equalsIgnoreCase(name) ? Kind.NOT_OURS : Kind.MANY;
            case 3 -> "Age".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 4 -> "Date".equalsIgnoreCase(name) || "ETag".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 6 -> "Server".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 7 -> sevenLetters(name);
            case 8 -> "Location".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 10 ->
                "Connection".equalsIgnoreCase(name) || "Keep-Alive".equalsIgnoreCase(name) ? Kind.NOT_OURS : Kind.MANY;
            case 11 -> "Retry-After".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 12 -> "Content-Type".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 13 ->
                "Last-Modified".equalsIgnoreCase(name) || "Content-Range".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
            case 14 -> "Content-Length".equalsIgnoreCase(name) ? Kind.NOT_OURS : Kind.MANY;
            case 16 -> "Proxy-Connection".equalsIgnoreCase(name) ? Kind.NOT_OURS : Kind.MANY;
            case 17 -> "Transfer-Encoding".equalsIgnoreCase(name) ? Kind.NOT_OURS : Kind.MANY;
            default -> Kind.MANY;
        };
    }

    private static Kind sevenLetters(String name) {
        if ("Trailer".equalsIgnoreCase(name) || "Upgrade".equalsIgnoreCase(name)) {
            return Kind.NOT_OURS;
        }
        return "Expires".equalsIgnoreCase(name) ? Kind.ONE : Kind.MANY;
    }
}
