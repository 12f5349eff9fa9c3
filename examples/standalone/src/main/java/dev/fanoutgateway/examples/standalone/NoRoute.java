package dev.fanoutgateway.examples.standalone;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The end of the chain: here comes what no route takes. */
final class NoRoute extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final byte[] BODY =
            "{\"status\": false, \"message\": \"There is no such route.\", \"reason\": \"no-route\"}"
                    .getBytes(StandardCharsets.UTF_8);

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(BODY.length);
        response.getOutputStream().write(BODY);
    }
}
