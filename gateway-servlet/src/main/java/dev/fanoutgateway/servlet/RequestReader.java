package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Enumeration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a container's request into the gateway's own. Stateless; the content is read blocking, on the calling thread. */
final class RequestReader {
    private static final Logger log = LoggerFactory.getLogger(RequestReader.class);

    /** The longest array that every Java runtime can make. */
    private static final long LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private RequestReader() {}

    /** What was read: a request, or why there is none. */
    record Incoming(
            @Nullable GatewayRequest request, @Nullable GatewayResponse refusal) {}

    /**
     * The path within the host application as it stands on the request line, still encoded; null for a target that is no
     * path, such as the {@code *} of OPTIONS.
     */
    static @Nullable String pathOf(HttpServletRequest request) {
        String uri = request.getRequestURI();
        if (uri == null || uri.isEmpty() || uri.charAt(0) != '/') {
            return null;
        }
        String context = request.getContextPath();
        if (context == null || context.isEmpty()) {
            return uri;
        }
        int end = uri.startsWith(context) ? context.length() : endOfContext(uri, context);
        return end >= uri.length() ? "/" : uri.substring(end);
    }

    /** A client may write the context path with escapes: it has as many segments then, and other characters. */
    private static int endOfContext(String uri, String context) {
        int end = 0;
        for (int i = 0; i < context.length() && end < uri.length(); i++) {
            if (context.charAt(i) == '/') {
                int next = uri.indexOf('/', end + 1);
                end = next < 0 ? uri.length() : next;
            }
        }
        return end;
    }

    /** Copies fields and content; {@code maxBytes} is the most content that is taken. */
    static Incoming read(HttpServletRequest request, String path, long maxBytes) {
        try {
            Headers headers = headersOf(request);
            GatewayRequest incoming = new GatewayRequest(
                    request.getMethod(), path, request.getQueryString(), headers, Body.empty(), addressOf(request));
            return hasContent(request) ? readContent(request, incoming, maxBytes) : new Incoming(incoming, null);
        } catch (IllegalArgumentException e) {
            log.debug("refused a malformed request: {}", e.getMessage());
            return refused(Refusals.badRequest("The request is malformed."));
        }
    }

    private static Headers headersOf(HttpServletRequest request) {
        Headers.Builder headers = Headers.builder();
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            Enumeration<String> values = request.getHeaders(name);
            while (values.hasMoreElements()) {
                headers.add(name, values.nextElement());
            }
        }
        return headers.build();
    }

    /** Some containers put an IPv6 address into brackets, others do not. */
    private static String addressOf(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        if (address == null) {
            return "";
        }
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }

    /** In HTTP/1 one of two fields tells (RFC 9112 section 6); later versions need neither. */
    private static boolean hasContent(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        if (length >= 0) {
            return length > 0;
        }
        return !request.getProtocol().startsWith("HTTP/1") || request.getHeader("Transfer-Encoding") != null;
    }

    private static Incoming readContent(HttpServletRequest request, GatewayRequest incoming, long maxBytes) {
        long limit = Math.min(maxBytes, LONGEST_ARRAY - 1);
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            return refused(Refusals.contentTooLarge(limit));
        }
        try {
            ServletInputStream in = request.getInputStream();
            byte[] content;
            int length;
            if (announced >= 0) {
                content = new byte[(int) announced];
                length = in.readNBytes(content, 0, content.length);
            } else {
                content = in.readNBytes((int) limit + 1);
                length = content.length;
            }
            if (length > limit) {
                return refused(Refusals.contentTooLarge(limit));
            }
            if (length < content.length) {
                log.debug("the content of a request ended after {} of {} bytes", length, announced);
                return refused(Refusals.badRequest("The request's content is incomplete."));
            }
            return new Incoming(incoming.withBody(Body.of(content)), null);
        } catch (IOException e) {
            log.debug("the content of a request cannot be read", e);
            boolean late = e instanceof SocketTimeoutException || e.getCause() instanceof TimeoutException;
            return refused(late ? Refusals.contentLate() : Refusals.badRequest("The request's content is incomplete."));
        }
    }

    private static Incoming refused(GatewayResponse refusal) {
        return new Incoming(null, refusal);
    }
}
