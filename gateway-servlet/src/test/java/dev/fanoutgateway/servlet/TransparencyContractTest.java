package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A host application that tells everything that it sees of a request, once with the filter mapped to every dispatcher type and
 * once without: for what the gateway does not serve, it must tell the same.
 */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class TransparencyContractTest {
    private final FanoutGateway gateway = Gateway.builder()
            .backends("http://127.0.0.1:1")
            .route(Route.path("/api/**").build())
            .build();
    private Container with;
    private Container without;

    @BeforeAll
    void start() {
        with = Container.start("/shop", Container.Threads.PLATFORM, (classes, context) -> {
            FilterRegistration.Dynamic filter = context.addFilter("gateway", new GatewayFilter(gateway));
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
            deploy(context);
        });
        without = Container.start("/shop", Container.Threads.PLATFORM, (classes, context) -> deploy(context));
    }

    @AfterAll
    void stop() {
        with.close();
        without.close();
        gateway.close();
    }

    private static void deploy(ServletContext context) {
        Apps.servlet(context, "/host/*", TransparencyContractTest::serve);
        Apps.servlet(context, "/api/*", TransparencyContractTest::tell);
        Apps.servlet(context, "*.do", TransparencyContractTest::tell);
        Apps.servlet(context, "/exact", TransparencyContractTest::tell);
        Apps.servlet(context, "/", TransparencyContractTest::tell);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /shop/host/tell?a=1&b=%20&a=2",
                "GET /shop/host/tell/more;p=1/%41?x",
                "GET /shop/exact",
                "GET /shop/a/b.do?c",
                "GET /shop/",
                "GET /shop/nothing/here",
                "HEAD /shop/host/tell",
                "DELETE /shop/host/tell",
                "OPTIONS /shop/host/tell",
                "GET /shop/host/forward?a=1",
                "GET /shop/host/include?a=1",
                "GET /shop/host/named",
                "GET /shop/host/async",
                "GET /shop/host/asyncTo",
                "GET /shop/host/forwardThenAsync",
                "GET /shop/host/error",
                "GET /shop/host/throw",
                "GET /shop/host/unavailable",
                "GET /shop/host/redirect",
                "GET /shop/host/cookies",
                "GET /shop/host/committed",
            })
    void tellsTheSame(String line) throws IOException {
        assertSame(line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX-Some: 1\r\nX-Some: 2\r\nCookie: c=d\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/shop/host/form",
                "/shop/host/tell",
                "/shop/host/stream",
                "/shop/host/reader",
                "/shop/host/nonblocking",
                "/shop/host/forward",
                "/shop/host/ignored"
            })
    void contentIsLeftUnread(String path) throws IOException {
        String content = "a=1&b=%C3%A9&a=2";
        assertSame("POST " + path + "?a=0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " + content.length() + "\r\n\r\n"
                + content);
        assertSame("POST " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3\r\nabc\r\n0\r\n\r\n");
    }

    private void assertSame(String request) throws IOException {
        String expected = answer(without, request);
        assertThat(answer(with, request)).isEqualTo(expected);
        assertThat(expected).startsWith("HTTP/1.1 ");
    }

    private static String answer(Container container, String request) throws IOException {
        try (RawClient client = RawClient.connect(container.port())) {
            return client.text(request)
                    .readToEnd()
                    .replaceAll("(?m)^Date: .*\r\n", "")
                    .replaceAll("@[0-9a-f]{5,}", "@")
                    .replace(":" + container.port(), ":PORT");
        }
    }

    private static void serve(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        String what = String.valueOf(request.getPathInfo());
        boolean first = request.getDispatcherType() == DispatcherType.REQUEST;
        if (!first) {
            tell(request, response);
            return;
        }
        switch (what) {
            case "/forward" ->
                request.getRequestDispatcher("/api/forwarded?more=1").forward(request, response);
            case "/include" -> {
                tell(request, response);
                request.getRequestDispatcher("/api/included?more=1").include(request, response);
            }
            case "/named" -> context(request, "servlet of /api/*").forward(request, response);
            case "/async" -> request.startAsync().dispatch();
            case "/asyncTo" -> request.startAsync().dispatch("/api/dispatched?more=1");
            case "/forwardThenAsync" ->
                request.getRequestDispatcher("/api/again").forward(request, response);
            case "/error" -> response.sendError(418, "teapot");
            case "/throw" -> throw new WithoutStackException();
            case "/unavailable" -> throw new UnavailableException("told to", 1);
            case "/redirect" -> response.sendRedirect("/shop/api/elsewhere");
            case "/cookies" -> {
                response.addHeader("Set-Cookie", "x=y");
                response.setStatus(204);
            }
            case "/committed" -> {
                response.getOutputStream().print("some");
                response.flushBuffer();
                response.getOutputStream().print(" more");
            }
            case "/stream" ->
                response.getOutputStream().write(request.getInputStream().readAllBytes());
            case "/reader" -> response.getWriter().print(request.getReader().readLine());
            case "/nonblocking" -> Reading.start(request, response);
            case "/ignored" -> response.getOutputStream().print("ignored");
            default -> tell(request, response);
        }
    }

    private static RequestDispatcher context(HttpServletRequest request, String name) {
        return request.getServletContext().getNamedDispatcher(name);
    }

    /** Everything that a servlet can see, in a fixed order. */
    private static void tell(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        if ("/again".equals(request.getPathInfo()) && request.getDispatcherType() == DispatcherType.FORWARD) {
            request.startAsync().dispatch();
            return;
        }
        Map<String, Object> seen = new LinkedHashMap<>();
        seen.put("type", request.getDispatcherType());
        seen.put("method", request.getMethod() + ' ' + request.getProtocol());
        seen.put("uri", request.getRequestURI() + ' ' + request.getRequestURL() + ' ' + request.getQueryString());
        seen.put("path", request.getContextPath() + '|' + request.getServletPath() + '|' + request.getPathInfo());
        HttpServletMapping mapping = request.getHttpServletMapping();
        seen.put("mapping", mapping.getMappingMatch() + " " + mapping.getPattern() + ' ' + mapping.getMatchValue());
        seen.put("async", request.isAsyncSupported() + " " + request.isAsyncStarted());
        seen.put("classes", request.getClass() + " " + response.getClass());
        seen.put("encoding", request.getCharacterEncoding() + ' ' + response.getCharacterEncoding());
        seen.put("buffer", response.getBufferSize() + " " + response.isCommitted() + ' ' + response.getStatus());
        seen.put("fields", response.getHeaderNames());
        seen.put("length", request.getContentLengthLong() + " " + request.getContentType());
        seen.put("some", Collections.list(request.getHeaders("X-Some")));
        seen.put("headers", Collections.list(request.getHeaderNames()));
        seen.put("attributes", attributes(request));
        Map<String, List<String>> parameters = new TreeMap<>();
        request.getParameterMap().forEach((name, values) -> parameters.put(name, Arrays.asList(values)));
        seen.put("parameters", parameters);
        StringBuilder text = new StringBuilder();
        seen.forEach(
                (name, value) -> text.append(name).append(": ").append(value).append('\n'));
        response.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> attributes(HttpServletRequest request) {
        Map<String, String> attributes = new TreeMap<>();
        for (String name : Collections.list(request.getAttributeNames())) {
            Object value = request.getAttribute(name);
            attributes.put(
                    name, value instanceof HttpServletMapping mapping ? mapping.getPattern() : String.valueOf(value));
        }
        return attributes;
    }

    /** Containers show the stack, and the filter is on it. */
    private static final class WithoutStackException extends ServletException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** Input that comes to a listener. */
    private static final class Reading implements ReadListener {
        private final AsyncContext context;
        private final StringBuilder read = new StringBuilder();

        private Reading(AsyncContext context) {
            this.context = context;
        }

        static void start(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Reading reading = new Reading(request.startAsync());
            request.getInputStream().setReadListener(reading);
        }

        @Override
        public void onDataAvailable() throws IOException {
            ServletInputStream in = context.getRequest().getInputStream();
            while (in.isReady() && !in.isFinished()) {
                int octet = in.read();
                if (octet >= 0) {
                    read.append((char) octet);
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            context.getResponse().getOutputStream().print(read.toString());
            context.complete();
        }

        @Override
        public void onError(Throwable failure) {
            context.complete();
        }
    }
}
