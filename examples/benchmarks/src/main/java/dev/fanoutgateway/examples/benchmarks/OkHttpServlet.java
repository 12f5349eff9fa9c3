package dev.fanoutgateway.examples.benchmarks;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** The least that Jetty and OkHttp can do for one backend: fields copied both ways, content in one piece. */
final class OkHttpServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    private final transient OkHttpClient client = new OkHttpClient.Builder()
            .connectionPool(new ConnectionPool(256, 5, TimeUnit.MINUTES))
            .build();
    private final String backend;

    OkHttpServlet(String backend) {
        this.backend = backend;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Request.Builder outgoing = new Request.Builder().url(backend + request.getRequestURI());
        var names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase("Connection")) {
                outgoing.addHeader(name, request.getHeader(name));
            }
        }
        outgoing.header("Accept-Encoding", "identity");
        try (Response answer = client.newCall(outgoing.build()).execute()) {
            response.setStatus(answer.code());
            answer.headers().forEach(field -> {
                if (!field.getFirst().equalsIgnoreCase("Connection")) {
                    response.addHeader(field.getFirst(), field.getSecond());
                }
            });
            ResponseBody body = answer.body();
            response.getOutputStream().write(body.bytes());
        }
    }
}
