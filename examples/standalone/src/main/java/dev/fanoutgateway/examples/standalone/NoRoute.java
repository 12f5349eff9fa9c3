package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.FanoutGateway;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/** The end of the chain: here comes what no route takes. */
final class NoRoute extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private final transient FanoutGateway gateway;

    NoRoute(FanoutGateway gateway) {
        this.gateway = gateway;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Set<String> methods = gateway.methodsFor(request.getRequestURI());
        if (!TOKEN.matcher(request.getMethod()).matches()) { // which Jetty sees to in HTTP/1 only
            answer(response, HttpServletResponse.SC_BAD_REQUEST, "The method is no token.", "bad-request");
        } else if (methods.isEmpty()) {
            answer(response, HttpServletResponse.SC_NOT_FOUND, "There is no such route.", "no-route");
        } else {
            response.setHeader("Allow", String.join(", ", methods));
            answer(
                    response,
                    HttpServletResponse.SC_METHOD_NOT_ALLOWED,
                    "No route takes this method here.",
                    "method-not-allowed");
        }
    }

    private static void answer(HttpServletResponse response, int status, String message, String reason)
            throws IOException {
        byte[] body = "{\"status\": false, \"message\": \"%s\", \"reason\": \"%s\"}"
                .formatted(message, reason)
                .getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
