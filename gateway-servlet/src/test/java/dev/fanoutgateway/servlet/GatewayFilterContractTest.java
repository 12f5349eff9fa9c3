package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Who answers a request, on which thread, and with what. */
class GatewayFilterContractTest extends FilterContract {
    @Test
    void whatNoRouteTakesGoesDownTheChainUntouched() throws Exception {
        start(false);
        HttpResponse<String> response = send(request("/elsewhere/%41?q").POST(BodyPublishers.ofString("content")));
        assertThat(response.body()).isEqualTo("host:REQUEST:/elsewhere/%41:content");
        assertThat(app.cameOut.take()).isSameAs(app.passedIn.take());
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void anAnswerOfTheBackendComesAsynchronously() throws Exception {
        start(false);
        backend.enqueue(json("{\"price\": 1}"));
        HttpResponse<String> response = send(request("/api/stocks?symbol=A%20B"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"price\": 1}");
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(backend.takeRequest().getTarget()).isEqualTo("/api/stocks?symbol=A%20B");
        HostApp.Seen seen = app.seen.take();
        assertThat(seen.async()).isTrue();
        assertThat(app.writers.take()).isNotSameAs(seen.container());
    }

    @Test
    void aHitIsWrittenOnTheContainersThread() throws Exception {
        start(false);
        backend.enqueue(json("{}"));
        send(request("/api/stocks"));
        app.seen.take();
        app.writers.take();
        HttpResponse<String> response = send(request("/api/stocks"));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Age")).isPresent();
        assertThat(response.headers().allValues("Content-Length")).containsExactly("2");
        assertWrittenOnTheContainersThread();
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    void aRefusalIsWrittenOnTheContainersThread() throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .plan(Plan.of("basic"))
                .key("demo", "demo-key-0123456789", "basic")
                .build();
        start(new GatewayFilter(gateway));
        HttpResponse<String> response = send(request("/api/stocks"));
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
        assertWrittenOnTheContainersThread();
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void whereTheHostSaysSoTheContainersThreadWaits() throws Exception {
        start(true);
        backend.enqueue(json("{}"));
        assertThat(send(request("/api/stocks")).body()).isEqualTo("{}");
        assertWrittenOnTheContainersThread();
    }

    @Test
    void whereAsyncIsNotSupportedTheContainersThreadWaits() throws Exception {
        gateway = plain();
        app = new HostApp(new GatewayFilter(gateway)).withoutAsync();
        container = Container.start(app);
        backend.enqueue(json("{}"));
        assertThat(send(request("/api/stocks")).body()).isEqualTo("{}");
        assertWrittenOnTheContainersThread();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void aVirtualContainersThreadWaits() throws Exception {
        gateway = plain();
        app = new HostApp(new GatewayFilter(gateway));
        container = Container.start("", Container.Threads.VIRTUAL, app);
        backend.enqueue(json("{}"));
        assertThat(send(request("/api/stocks")).body()).isEqualTo("{}");
        assertWrittenOnTheContainersThread();
    }

    @Test
    void headKeepsTheLengthAndSendsNoContent() throws Exception {
        start(false);
        backend.enqueue(
                new MockResponse.Builder().setHeader("Content-Length", "1234").build());
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("HEAD /api/stocks HTTP/1.1", "Host: a", "Connection: close");
            assertThat(raw.readToEnd())
                    .startsWith("HTTP/1.1 200")
                    .contains("Content-Length: 1234\r\n")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void statusesWithoutContentHaveNone() throws Exception {
        start(false);
        backend.enqueue(new MockResponse.Builder().code(204).build());
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("DELETE /api/stocks HTTP/1.1", "Host: a", "Connection: close");
            assertThat(raw.readToEnd())
                    .startsWith("HTTP/1.1 204")
                    .doesNotContain("Content-Length")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void notModifiedSaysNothingOfTheLength() throws Exception {
        start(false);
        backend.enqueue(new MockResponse.Builder()
                .setHeader("ETag", "\"1\"")
                .body("content")
                .build());
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /api/stocks HTTP/1.1", "Host: a", "If-None-Match: \"1\"", "Connection: close");
            assertThat(raw.readToEnd())
                    .startsWith("HTTP/1.1 304")
                    .doesNotContain("Content-Length")
                    .endsWith("\r\n\r\n");
        }
    }

    @Test
    void fieldsWithSeveralLinesKeepThemBothWays() throws Exception {
        start(false);
        backend.enqueue(new MockResponse.Builder()
                .addHeader("Set-Cookie", "a=1")
                .addHeader("Set-Cookie", "b=2")
                .addHeader("Date", "Mon, 02 Jan 2006 15:04:05 GMT")
                .addHeader("Server", "backend")
                .addHeader("Keep-Alive", "timeout=1")
                .addHeader("Connection", "X-Hop")
                .addHeader("X-Hop", "1")
                .build());
        HttpResponse<String> response =
                send(request("/api/stocks").header("X-Many", "1").header("X-Many", "2"));
        assertThat(backend.takeRequest().getHeaders().values("X-Many")).containsExactly("1", "2");
        assertThat(response.headers().allValues("Set-Cookie")).containsExactly("a=1", "b=2");
        assertThat(response.headers().allValues("Date")).containsExactly("Mon, 02 Jan 2006 15:04:05 GMT");
        assertThat(response.headers().allValues("Server")).containsExactly("backend");
        assertThat(response.headers().map()).doesNotContainKeys("x-hop", "transfer-encoding");
        assertThat(response.headers().firstValue("Keep-Alive")).isNotEqualTo(Optional.of("timeout=1"));
    }

    @Test
    void routesSeeThePathWithinTheContextUndecoded() throws Exception {
        gateway = plain();
        app = new HostApp(new GatewayFilter(gateway));
        container = Container.start("/shop", Container.Threads.PLATFORM, app);
        backend.enqueue(json("{}"));
        assertThat(send(request("/shop/api/a%20b?c=%2F")).statusCode()).isEqualTo(200);
        assertThat(backend.takeRequest().getTarget()).isEqualTo("/api/a%20b?c=%2F");
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("GET /%73hop/api/x HTTP/1.1", "Host: a", "Connection: close");
            if (raw.readToEnd().startsWith("HTTP/1.1 200")) {
                assertThat(backend.takeRequest().getTarget()).isEqualTo("/api/x");
            }
        }
    }

    @Test
    void bigAnswersComeWhole() throws Exception {
        start(false);
        String big = "0123456789abcdef".repeat(1 << 18);
        backend.enqueue(new MockResponse.Builder().body(big).build());
        assertThat(send(request("/api/big")).body()).isEqualTo(big);
        assertThat(send(request("/api/big")).body()).isEqualTo(big);
        assertThat(backend.getRequestCount()).isOne();
    }

    @Test
    void manyRequestsAtOnceGetTheirOwnAnswers() throws Exception {
        start(false);
        backend.setDispatcher(new EchoTarget());
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            answers.add(client.sendAsync(request("/api/" + i % 150).build(), BodyHandlers.ofString()));
        }
        for (int i = 0; i < 300; i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS).body()).isEqualTo("target /api/" + i % 150);
        }
    }

    private void assertWrittenOnTheContainersThread() throws InterruptedException {
        HostApp.Seen seen = app.seen.take();
        assertThat(seen.async()).isFalse();
        assertThat(app.writers.take()).isSameAs(seen.container());
    }

    /** Answers each request with its target. */
    private static final class EchoTarget extends mockwebserver3.Dispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return new MockResponse.Builder()
                    .body("target " + request.getTarget())
                    .build();
        }
    }
}
