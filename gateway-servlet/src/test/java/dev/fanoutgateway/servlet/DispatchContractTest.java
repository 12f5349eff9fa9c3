package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The filter, mapped to every dispatcher type, under the host's own dispatches, and with clients that leave. */
@Timeout(60)
class DispatchContractTest {
    @StartStop
    final MockWebServer backend = new MockWebServer();

    private FanoutGateway gateway;

    @BeforeEach
    void open() {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").cache(CachePolicy.off()).build())
                .build();
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void forwardsAreTheHosts() throws Exception {
        HostApp app = new HostApp(new GatewayFilter(gateway)).serving((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/api/forwarded").forward(request, response);
            } else {
                response.getOutputStream().print(request.getDispatcherType() + " " + request.getRequestURI());
            }
        });
        assertThat(answerOf(app, "/start")).endsWith("FORWARD /api/forwarded");
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void includesAreTheHosts() throws Exception {
        HostApp app = new HostApp(new GatewayFilter(gateway)).serving((request, response) -> {
            response.getOutputStream().print(request.getDispatcherType() + " ");
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.getRequestDispatcher("/api/included").include(request, response);
            }
        });
        assertThat(answerOf(app, "/start")).endsWith("REQUEST INCLUDE ");
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void asynchronousDispatchesToAnotherPathAreTheHosts() throws Exception {
        HostApp app = new HostApp(new GatewayFilter(gateway)).serving((request, response) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch("/api/dispatched");
            } else {
                response.getOutputStream().print(request.getDispatcherType() + " " + request.getRequestURI());
            }
        });
        assertThat(answerOf(app, "/start")).endsWith("ASYNC /api/dispatched");
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void errorsOfTheHostStayItsOwn() throws Exception {
        HostApp app = new HostApp(new GatewayFilter(gateway)).serving((request, response) -> response.sendError(418));
        assertThat(answerOf(app, "/start")).startsWith("HTTP/1.1 418");
        assertThat(backend.getRequestCount()).isZero();
    }

    /** As a filter does that makes requests queue. */
    @Test
    void aRequestThatWasHeldBackBeforeIsServedWhenItComes() throws Exception {
        backend.enqueue(new MockResponse.Builder().body("from the backend").build());
        Filter holding = (request, response, chain) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync().dispatch();
            } else {
                chain.doFilter(request, response);
            }
        };
        assertThat(answerBehind(holding)).endsWith("from the backend");
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    void aRequestThatIsAsynchronousAlreadyIsServed() throws Exception {
        backend.enqueue(new MockResponse.Builder().body("from the backend").build());
        Filter asynchronous = (request, response, chain) -> {
            AsyncContext context = request.startAsync();
            chain.doFilter(request, response);
            context.complete();
        };
        assertThat(answerBehind(asynchronous)).endsWith("from the backend");
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    void aRequestThatWasServedIsNotServedAgain() throws Exception {
        backend.enqueue(new MockResponse.Builder().body("from the backend").build());
        Filter again = (request, response, chain) -> {
            if (request.getDispatcherType() == DispatcherType.REQUEST) {
                AsyncContext context = request.startAsync();
                chain.doFilter(request, response);
                context.dispatch();
            } else {
                chain.doFilter(request, response);
            }
        };
        assertThat(answerBehind(again)).endsWith("from the backend");
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    @DisabledIfSystemProperty(
            named = "container",
            matches = "undertow",
            disabledReason = "Undertow does not tell an asynchronous request that its stream was reset")
    void theBackendIsLeftWhenAnHttp2ClientLeaves() throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        try (WatchfulBackend watchful = new WatchfulBackend();
                FanoutGateway asking = Gateway.builder()
                        .backends("http://127.0.0.1:" + watchful.port())
                        .route(Route.path("/api/**").build())
                        .build()) {
            HostApp app = new HostApp(new GatewayFilter(asking));
            try (Container container = Container.start(app)) {
                Call call = client.newCall(
                        new Request.Builder().url(container.url("/api/slow")).build());
                call.enqueue(new Ignoring());
                watchful.awaitAsked();
                app.seen.take(); // Jetty forgets a reset that comes while the request is still on its way in
                call.cancel();
                watchful.awaitLeft();
            }
        } finally {
            client.connectionPool().evictAll();
            client.dispatcher().executorService().shutdown();
        }
    }

    private String answerBehind(Filter before) throws Exception {
        HostApp app = new HostApp(new GatewayFilter(gateway));
        try (Container container = Container.start((classes, context) -> {
            mount(context, before);
            app.onStartup(classes, context);
        })) {
            return answerOf(container, "/api/stocks");
        }
    }

    private static void mount(ServletContext context, Filter before) {
        FilterRegistration.Dynamic registration = context.addFilter("before", before);
        registration.setAsyncSupported(true);
        registration.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC), true, "/*");
    }

    private String answerOf(HostApp app, String path) throws IOException {
        try (Container container = Container.start(app)) {
            return answerOf(container, path);
        }
    }

    private static String answerOf(Container container, String path) throws IOException {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET " + path + " HTTP/1.1", "Host: a", "Connection: close");
            return client.readToEnd();
        }
    }
}
