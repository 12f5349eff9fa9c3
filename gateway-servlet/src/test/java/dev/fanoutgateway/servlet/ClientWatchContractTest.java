package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container that can tell when a client leaves: the test is the one who tells. */
class ClientWatchContractTest extends FilterContract {
    private final HandWatch watch = new HandWatch();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenTheClientIsGoneTheAttemptIsCutAndTheRequestEnds(boolean blocking) throws Exception {
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            startWatched(blocking, watchful);
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    request("/api/a").POST(BodyPublishers.ofString("content")).build(), BodyHandlers.ofString());
            watchful.awaitAsked();
            assertThat(answer).isNotDone();

            watch.tell();

            watchful.awaitLeft();
            assertThat(answer.get().statusCode()).isEqualTo(503); // a real container has closed the connection by now
            assertThat(answer.get().body()).contains("abandoned");
            assertThat(watch.isOver()).isTrue();
        }
        assertThat(send(request("/elsewhere")).body()).startsWith("host:");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatWasGoneBeforeIsNotWaitedFor(boolean blocking) throws Exception {
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            watch.tell();
            startWatched(blocking, watchful);

            assertThat(send(request("/api/a")).statusCode()).isEqualTo(503);
            assertThat(watch.isOver()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWatchEndsBeforeTheAnswerIsWritten(boolean blocking) throws Exception {
        gateway = plain();
        app = new HostApp(new GatewayFilter(gateway).blocking(blocking)).watching(watch);
        container = Container.start(app);
        backend.enqueue(json("{}"));

        assertThat(send(request("/api/a")).body()).isEqualTo("{}");

        assertThat(watch.started.get())
                .as("an answer that is there at once is not waited for")
                .isLessThanOrEqualTo(1);
        assertThat(watch.isOver()).isTrue();
        watch.tell();
        assertThat(send(request("/elsewhere")).body()).startsWith("host:");
    }

    @Test
    void whatIsAnsweredAtOnceIsNotWatched() throws Exception {
        gateway = plain();
        app = new HostApp(new GatewayFilter(gateway)).watching(watch);
        container = Container.start(app);
        backend.enqueue(json("{}"));
        send(request("/api/a"));
        int before = watch.started.get(); // none if the backend was that quick

        assertThat(send(request("/api/a")).headers().firstValue("Age")).isPresent();
        assertThat(send(request("/api/%2e%2e")).statusCode()).isEqualTo(400);
        assertThat(watch.started).hasValue(before);
    }

    private void startWatched(boolean blocking, WatchfulBackend watchful) throws IOException {
        gateway = Gateway.builder()
                .backends("http://127.0.0.1:" + watchful.port())
                .route(Route.path("/api/**").build())
                .build();
        app = new HostApp(new GatewayFilter(gateway).blocking(blocking)).watching(watch);
        container = Container.start(app);
    }
}
