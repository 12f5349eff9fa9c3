package dev.fanoutgateway.servlet;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** The filter with a real engine and a real backend behind it, and a real container around it. */
@Timeout(60)
abstract class FilterContract {
    @StartStop
    final MockWebServer backend = new MockWebServer();

    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    FanoutGateway gateway;
    HostApp app;
    Container container;

    @AfterEach
    void stop() throws Exception {
        container.close();
        gateway.close();
    }

    void start(boolean blocking) throws Exception {
        gateway = plain();
        start(new GatewayFilter(gateway).blocking(blocking));
    }

    void start(GatewayFilter filter) throws Exception {
        app = new HostApp(filter);
        container = Container.start(app);
    }

    FanoutGateway plain() {
        return Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").cache(CachePolicy.standard()).build())
                .build();
    }

    HttpRequest.Builder request(String target) {
        return HttpRequest.newBuilder(URI.create(container.url(target)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    static MockResponse json(String body) {
        return new MockResponse.Builder()
                .setHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }
}
