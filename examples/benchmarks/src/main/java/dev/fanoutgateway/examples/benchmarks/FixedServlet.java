package dev.fanoutgateway.examples.benchmarks;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Returns the same 2 KiB of JSON. */
final class FixedServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    static final byte[] BODY = body();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("application/json");
        response.setContentLength(BODY.length);
        response.getOutputStream().write(BODY);
    }

    private static byte[] body() {
        StringBuilder json = new StringBuilder("{\"rows\": [");
        for (int i = 0; json.length() < 2_010; i++) {
            json.append(i == 0 ? "" : ", ").append(100_000 + i);
        }
        json.append("], ");
        while (json.length() < 2_034) {
            json.append(' ');
        }
        return json.append("\"status\":true}").toString().getBytes(StandardCharsets.US_ASCII);
    }
}
