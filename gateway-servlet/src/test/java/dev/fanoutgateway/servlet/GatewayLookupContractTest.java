package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.FanoutGateway;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The filter as web.xml declares it: by class name and init-params. */
@Timeout(60)
class GatewayLookupContractTest {
    @Test
    void aFactorysGatewayLivesAndDiesWithTheApplication() throws Exception {
        try (Container container = Container.start(
                (classes, context) -> declare(context, Map.of("gateway-factory", Factories.Good.class.getName())))) {
            assertThat(statusOf(container)).startsWith("HTTP/1.1 404").contains("\"status\": false");
        }
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("fanout-gateway")));
    }

    @Test
    void aContextsGatewayStaysOpen() throws Exception {
        try (FanoutGateway gateway = new Factories.Good().get()) {
            for (String blocking : List.of("true", "false")) {
                Container container = Container.start((classes, context) -> {
                    context.setAttribute(GatewayFilter.GATEWAY, gateway);
                    declare(context, Map.of("blocking", blocking));
                });
                assertThat(statusOf(container)).startsWith("HTTP/1.1 404").contains("\"status\": false");
                container.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gateway-factory, no.such.Class, cannot be made",
        "gateway-factory, java.lang.String, cannot be made",
        "gateway-factory, dev.fanoutgateway.servlet.Factories$Strange, gave class java.lang.String",
        "gateway-factory, dev.fanoutgateway.servlet.Factories$Empty, gave null",
        "gateway-factory, dev.fanoutgateway.servlet.Factories$Failing, failed",
        "blocking, yes, 'to be true or false, got ''yes'''",
        "other, value, found neither"
    })
    void aWrongInitParamIsNamed(String name, String value, String message) throws IOException {
        try (Container container = Container.start((classes, context) -> {
            Apps.servlet(context, "/*", (request, response) -> {
                Throwable failure = failureOf(context, name, value);
                response.getOutputStream().print(failure == null ? "none" : failure.toString());
            });
        })) {
            assertThat(statusOf(container))
                    .contains("ServletException")
                    .contains("filter 'probe'")
                    .contains(message);
        }
    }

    /** Not a test of ours: the build is to run these tests on the container that it says. */
    @Test
    void theContainerIsTheOneThatIsMeant() throws IOException {
        try (Container container = Container.start(Apps.of((request, response) ->
                response.getOutputStream().print(request.getServletContext().getServerInfo())))) {
            assertThat(statusOf(container)).contains(System.getProperty("container.version", ""));
        }
    }

    @Test
    void aFilterThatIsNotInitialisedRefusesToServe() {
        assertThatThrownBy(() -> new GatewayFilter().doFilter(null, null, null))
                .isInstanceOf(IllegalStateException.class);
    }

    private static @Nullable Throwable failureOf(ServletContext context, String name, String value) {
        try {
            new GatewayFilter().init(new Config(context, "probe", Map.of(name, value)));
            return null;
        } catch (ServletException e) {
            return e;
        }
    }

    private static void declare(ServletContext context, Map<String, String> params) {
        FilterRegistration.Dynamic filter = context.addFilter("gateway", GatewayFilter.class.getName());
        filter.setInitParameters(params);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        Apps.servlet(
                context, "/*", (request, response) -> response.getOutputStream().print("host"));
    }

    private static String statusOf(Container container) throws IOException {
        try (RawClient client = RawClient.connect(container.port())) {
            client.head("GET /api/x HTTP/1.1", "Host: a", "Connection: close");
            return client.readToEnd();
        }
    }
}
