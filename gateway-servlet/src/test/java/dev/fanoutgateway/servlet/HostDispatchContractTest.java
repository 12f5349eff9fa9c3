package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Auth;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A host whose own dispatches and error page lead to a path of the gateway's: they stay the host's, and no backend is asked.
 */
@Timeout(60)
class HostDispatchContractTest {
    @StartStop
    final MockWebServer backend = new MockWebServer();

    private FanoutGateway gateway;

    @BeforeEach
    void open() {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/closed").build())
                .route(Route.path("/api/**")
                        .auth(Auth.NONE)
                        .cache(CachePolicy.off())
                        .build())
                .plan(Plan.of("basic"))
                .key("demo", "demo-key-0123456789", "basic")
                .build();
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forward",
                "include",
                "named",
                "async",
                "forwardThenAsync",
                "asyncThenForward",
                "error",
                "throw",
                "forwardThenError",
                "asyncThenError"
            })
    void dispatchesStayTheHosts(String what) throws Exception {
        try (Container container = Container.start(new Host(null))) {
            String answer = answer(container, "/host/" + what);
            assertThat(answer).as(what).contains("host ");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void aRefusalOfTheGatewaysIsNoErrorOfTheHosts() throws Exception {
        try (Container container = Container.start(new Host(null))) {
            assertThat(answer(container, "/api/closed"))
                    .startsWith("HTTP/1.1 401")
                    .contains("\"reason\": ")
                    .doesNotContain("host ");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void aFailureOfTheBackendsIsNoErrorOfTheHosts() throws Exception {
        backend.enqueue(new MockResponse.Builder().code(500).build());
        try (Container container = Container.start(new Host(null))) {
            assertThat(answer(container, "/api/a"))
                    .contains("\"status\": false")
                    .doesNotContain("host ");
        }
    }

    /** The filter takes the request as those before it hand it on. */
    @Test
    void aRequestThatIsRenamedBeforeIsServedByItsNewName() throws Exception {
        backend.enqueue(new MockResponse.Builder().body("from the backend").build());
        try (Container container = Container.start(new Host(renaming("/old/", "/api/")))) {
            assertThat(answer(container, "/old/a?b")).endsWith("from the backend");
        }
        assertThat(backend.takeRequest().getTarget()).isEqualTo("/api/a?b");
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    void aRequestThatIsRenamedToTheHostsIsTheHosts() throws Exception {
        try (Container container = Container.start(new Host(renaming("/api/", "/host/")))) {
            assertThat(answer(container, "/api/a")).contains("host REQUEST /host/a");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    private static Filter renaming(String from, String to) {
        return (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                    @Override
                    public String getRequestURI() {
                        return super.getRequestURI().replace(from, to);
                    }
                },
                response);
    }

    private static String answer(Container container, String target) throws IOException {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET " + target + " HTTP/1.1", "Host: a", "Connection: close");
            return client.readToEnd();
        }
    }

    /** With the filter on every dispatcher type, and behind {@code before} if there is one. */
    private final class Host implements Container.WithErrorPage {
        private final @Nullable Filter before;

        private Host(@Nullable Filter before) {
            this.before = before;
        }

        @Override
        public String errorPage() {
            return "/api/error";
        }

        @Override
        public void onStartup(Set<Class<?>> classes, ServletContext context) {
            if (before != null) {
                mount(context, "before", before, EnumSet.of(DispatcherType.REQUEST));
            }
            mount(context, "gateway", new GatewayFilter(gateway), EnumSet.allOf(DispatcherType.class));
            Apps.servlet(context, "/api/*", HostDispatchContractTest::target);
            Apps.servlet(context, "/*", HostDispatchContractTest::source);
        }

        private void mount(ServletContext context, String name, Filter filter, EnumSet<DispatcherType> types) {
            FilterRegistration.Dynamic registration = context.addFilter(name, filter);
            registration.setAsyncSupported(true);
            registration.addMappingForUrlPatterns(types, true, "/*");
        }
    }

    private static void source(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        String what = request.getRequestURI().substring(request.getRequestURI().lastIndexOf('/') + 1);
        switch (request.getDispatcherType() == DispatcherType.ASYNC ? "again" : what) {
            case "forward", "forwardThenAsync", "forwardThenError" ->
                request.getRequestDispatcher("/api/" + what).forward(request, response);
            case "include" -> {
                tell(request, response);
                request.getRequestDispatcher("/api/included").include(request, response);
            }
            case "named" ->
                request.getServletContext()
                        .getNamedDispatcher("servlet of /api/*")
                        .forward(request, response);
            case "async", "asyncThenForward", "asyncThenError" ->
                request.startAsync().dispatch("/api/" + what);
            case "error" -> response.sendError(418);
            case "throw" -> throw new ServletException("told to");
            default -> tell(request, response);
        }
    }

    private static void target(HttpServletRequest request, HttpServletResponse response)
            throws IOException, ServletException {
        String path = String.valueOf(request.getPathInfo());
        DispatcherType type = request.getDispatcherType();
        if (path.equals("/forwardThenAsync") && type == DispatcherType.FORWARD) {
            request.startAsync().dispatch();
        } else if (path.equals("/asyncThenForward") && type == DispatcherType.ASYNC) {
            request.getRequestDispatcher("/api/end").forward(request, response);
        } else if (path.endsWith("ThenError") && type != DispatcherType.ERROR) {
            response.sendError(418);
        } else {
            tell(request, response);
        }
    }

    private static void tell(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getOutputStream().print("host " + request.getDispatcherType() + ' ' + request.getRequestURI() + ";");
    }
}
