package dev.fanoutgateway.servlet;

import dev.fanoutgateway.http.Arrival;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.Headers;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a container's request into the gateway's own. Stateless. */
final class RequestReader {
    private static final Logger log = LoggerFactory.getLogger(RequestReader.class);

    private static final Arrival HTTP_10 = Arrival.by("http", "1.0");
    private static final Arrival HTTPS_10 = Arrival.by("https", "1.0");
    private static final Arrival HTTPS_11 = Arrival.by("https", "1.1");
    private static final Arrival HTTP_2 = Arrival.by("http", "2");
    private static final Arrival HTTPS_2 = Arrival.by("https", "2");

    private RequestReader() {}

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

    /**
     * What was received before the content; that is read when it is asked for.
     *
     * @return null if the request is none by the rules of HTTP
     */
    static @Nullable GatewayRequest read(HttpServletRequest request, String path, @Nullable RequestContent content) {
        try {
            Headers fields = headersOf(request);
            Headers told = isHttp1(request) ? fields : RequestHost.told(request, withOneCookie(fields));
            if (told == null) {
                log.debug("refused a request without a host, or with several");
                return null;
            }
            Body body = content == null ? Body.empty() : Body.stream(content, request.getContentLengthLong());
            return new GatewayRequest(
                    request.getMethod(),
                    path,
                    request.getQueryString(),
                    told,
                    body,
                    addressOf(request),
                    arrivalOf(request));
        } catch (IllegalArgumentException e) {
            log.debug("refused a malformed request: {}", e.getMessage());
            return null;
        }
    }

    /**
     * The request's content; null if it has none. In HTTP/1 one of two fields tells (RFC 9112 section 6).
     *
     * @param waits whether the calling thread may wait for it
     */
    static @Nullable RequestContent contentOf(HttpServletRequest request, boolean waits) throws IOException {
        long length = request.getContentLengthLong();
        if (length == 0 || (length < 0 && isHttp1(request) && request.getHeader("Transfer-Encoding") == null)) {
            return null;
        }
        RequestContent content = waits ? new BlockingContent(request) : new ArrivingContent(request, length);
        return isUnsaid(request) && content.isEmpty() ? null : content;
    }

    /**
     * Whether only a look tells if there is content: later versions need no field. Who expects to be asked for it has some (RFC
     * 9110 section 10.1.1), and to look would be to ask.
     */
    static boolean isUnsaid(HttpServletRequest request) {
        return request.getContentLengthLong() < 0 && !isHttp1(request) && request.getHeader("Expect") == null;
    }

    private static boolean isHttp1(HttpServletRequest request) {
        return request.getProtocol().startsWith("HTTP/1");
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

    /** Later versions may have a line for each cookie; those in HTTP/1.1 read one (RFC 9113 section 8.2.3). */
    private static Headers withOneCookie(Headers fields) {
        List<String> lines = fields.all("Cookie");
        return lines.size() < 2
                ? fields
                : fields.without("Cookie"::equalsIgnoreCase).with("Cookie", String.join("; ", lines));
    }

    private static Arrival arrivalOf(HttpServletRequest request) {
        boolean secure = request.isSecure();
        return switch (request.getProtocol()) {
            case "HTTP/1.0" -> secure ? HTTPS_10 : HTTP_10;
            case "HTTP/2.0", "HTTP/2" -> secure ? HTTPS_2 : HTTP_2;
            case "HTTP/3.0", "HTTP/3" -> Arrival.by(secure ? "https" : "http", "3");
            default -> secure ? HTTPS_11 : Arrival.unknown(); // later versions of HTTP/1 are answered as 1.1
        };
    }

    /** Some containers put an IPv6 address into brackets, others do not. */
    private static String addressOf(HttpServletRequest request) {
        String address = request.getRemoteAddr();
        if (address == null) {
            return "";
        }
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }
}
