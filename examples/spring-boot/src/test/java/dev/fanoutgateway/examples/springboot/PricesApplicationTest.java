package dev.fanoutgateway.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;

/** The real application, its real container, and one replica. */
class PricesApplicationTest {
    @StartStop
    private final MockWebServer replica = new MockWebServer();

    private ConfigurableApplicationContext application;

    @BeforeEach
    void start() {
        application = SpringApplication.run(
                PricesApplication.class, "--server.port=0", "--prices.replicas=http://127.0.0.1:" + replica.getPort());
    }

    @AfterEach
    void stop() {
        application.close();
    }

    @Test
    void theGatewayAnswersForItsRouteAndTheApplicationForTheRest() throws Exception {
        replica.enqueue(new MockResponse.Builder().body("from the replica").build());

        assertThat(get("/api/prices", "demo-key").body()).isEqualTo("from the replica");
        HttpResponse<String> hit = get("/api/prices", "demo-key");
        assertThat(hit.body()).isEqualTo("from the replica");
        assertThat(hit.headers().firstValue("Cache-Status").orElse("")).contains("; hit; ttl=");
        assertThat(get("/api/prices", "wrong-key").statusCode()).isEqualTo(401);
        assertThat(get("/hello", "").body()).isEqualTo("hello");
        assertThat(replica.takeRequest().getHeaders().get("X-API-Key")).isNull();
        assertThat(replica.getRequestCount()).isEqualTo(1);
    }

    /** Not a test of ours: the build is to run these tests on the Spring Boot that it says. */
    @Test
    void theSpringBootIsTheOneThatIsMeant() {
        assertThat(SpringBootVersion.getVersion())
                .isEqualTo(System.getProperty("spring-boot.version", SpringBootVersion.getVersion()));
    }

    private HttpResponse<String> get(String path, String key) throws Exception {
        String port = application.getEnvironment().getProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
