package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.testing.Http2Wire;
import java.net.SocketTimeoutException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a request's content. */
class RequestContentContractTest extends FilterContract {
    @Test
    void postReachesTheBackendWithItsContent() throws Exception {
        start(false);
        backend.enqueue(json("{}"));
        byte[] content = new byte[200_000];
        Arrays.fill(content, (byte) 'x');
        HttpResponse<String> response = send(request("/api/orders").POST(BodyPublishers.ofByteArray(content)));
        assertThat(response.statusCode()).isEqualTo(200);
        RecordedRequest received = backend.takeRequest();
        assertThat(received.getMethod()).isEqualTo("POST");
        assertThat(received.getBody().toByteArray()).isEqualTo(content);
    }

    @Test
    void contentOfUnknownLengthReachesTheBackend() throws Exception {
        start(false);
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Connection: close", "Transfer-Encoding: chunked")
                    .text("3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
            assertThat(raw.readToEnd()).startsWith("HTTP/1.1 200");
        }
        assertThat(backend.takeRequest().getBody().utf8()).isEqualTo("abcdefg");
    }

    /** Or its content might be taken for the next request. */
    @ParameterizedTest
    @ValueSource(strings = {"xchunked", "gzip", "chunked, gzip"})
    void contentWhoseEndNobodyCanTellIsRefused(String coding) throws Exception {
        start(false);
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Transfer-Encoding: " + coding)
                    .head("GET /api/hidden HTTP/1.1", "Host: a");
            String answer = raw.readToEnd();
            assertThat(answer).matches("(?s)HTTP/1.1 (400|501).*");
            assertThat(answer.indexOf("HTTP/1.1", 1)).as(answer).isNegative();
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void moreContentThanIsTakenIsRefusedBeforeItIsRead() throws Exception {
        start(false);
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 1048577");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413").contains("\"reason\": \"content-too-large\"");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void moreContentThanIsTakenIsRefusedWhereverItsLengthIsUnknown() throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .maxRequestBytes(5)
                .build();
        start(new GatewayFilter(gateway));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")
                    .text("6\r\nabcdef\r\n0\r\n\r\n");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void contentThatIsBrokenOffIsNotSentOn() throws Exception {
        start(false);
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 10")
                    .text("abc");
            raw.socket().shutdownOutput();
            assertThat(raw.readToEnd()).doesNotContain("HTTP/1.1 200");
        }
        assertThat(app.seen.poll(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void contentIsNotAskedForBeforeTheKeyIsKnown() throws Exception {
        startKeyed();
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 3", "Expect: 100-continue");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 401").doesNotContain("100 Continue");
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 3", "x: y"})
    void norIsItOverHttp2(String field) throws Exception {
        startKeyed();
        try (Http2Wire client = Http2Wire.to(container.port())) {
            client.post(1, "/api/orders", ":authority: a", "expect: 100-continue", field);
            Http2Wire.Frame first = client.read();
            assertThat(first).isNotNull();
            assertThat(first.status()).isEqualTo("401");
        }
        backend.enqueue(json("{}"));
        try (Http2Wire client = Http2Wire.to(container.port())) {
            client.post(
                    1, "/api/orders", ":authority: a", "expect: 100-continue", "x-api-key: demo-key-0123456789", field);
            Http2Wire.Frame asked = client.read();
            assertThat(asked).isNotNull();
            assertThat(asked.status()).isEqualTo("100");
            assertThat(client.data(1, true, "abc").answer(1)).isEqualTo("200");
        }
        assertThat(backend.takeRequest().getBody().utf8()).isEqualTo("abc");
    }

    /** Or its next request might be lost, where the container does not read what nobody wanted. */
    @Test
    void whoseContentIsNotReadIsToldThatTheConnectionEnds() throws Exception {
        startKeyed();
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "Content-Length: 3");
            assertThat(raw.readUntil("}").toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 401")
                    .contains("connection: close");
        }
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head("POST /api/orders HTTP/1.1", "Host: a", "X-API-Key: demo-key-0123456789", "Content-Length: 3")
                    .text("abc");
            assertThat(raw.readUntil("{}").toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 200")
                    .doesNotContain("connection: close");
        }
    }

    @Test
    void contentIsAskedForOnceTheKeyIsKnown() throws Exception {
        startKeyed();
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head(
                    "POST /api/orders HTTP/1.1",
                    "Host: a",
                    "X-API-Key: demo-key-0123456789",
                    "Content-Length: 3",
                    "Expect: 100-continue");
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            raw.text("abc");
            assertThat(raw.readUntil("{}")).startsWith("HTTP/1.1 200");
        }
        assertThat(backend.takeRequest().getBody().utf8()).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void longContentReachesTheBackendWhileItComes(boolean blocking) throws Exception {
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            startAt(watchful, blocking, 1 << 20);
            try (RawClient raw = RawClient.connect(container.port())) {
                raw.head("POST /api/orders HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")
                        .text("10000\r\n" + "x".repeat(65_536) + "\r\n");
                watchful.awaitAsked(); // and the content is not at its end
                raw.text("3\r\ndef\r\n");
            }
            watchful.awaitLeft(); // the client broke off, and so did we
        }
        assertThat(send(request("/elsewhere")).body()).startsWith("host:");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void contentThatProvesTooLongOnItsWayIsCutOff(boolean blocking) throws Exception {
        try (WatchfulBackend watchful = new WatchfulBackend()) {
            startAt(watchful, blocking, 65_540);
            try (RawClient raw = RawClient.connect(container.port())) {
                raw.head("POST /api/orders HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")
                        .text("10000\r\n" + "x".repeat(65_536) + "\r\n");
                watchful.awaitAsked();
                raw.text("5\r\ndefgh\r\n");
                assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 413");
            }
            watchful.awaitLeft();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void veryLongContentArrivesWhole(boolean blocking) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .maxRequestBytes(64 << 20)
                .build();
        start(new GatewayFilter(gateway).blocking(blocking));
        backend.enqueue(json("{}"));
        byte[] content = new byte[16 << 20];
        new Random(1).nextBytes(content);
        assertThat(send(request("/api/orders").POST(BodyPublishers.ofByteArray(content)))
                        .statusCode())
                .isEqualTo(200);
        RecordedRequest received = backend.takeRequest();
        assertThat(received.getHeaders().get("Content-Length")).isEqualTo(Integer.toString(content.length));
        assertThat(Arrays.equals(received.getBody().toByteArray(), content)).isTrue();
    }

    @Test
    void contentIsAskedForOnceASlowAuthenticatorHasSaidYes() throws Exception {
        CompletableFuture<Optional<Caller>> known = new CompletableFuture<>();
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .plan(Plan.of("basic"))
                .authenticator(credential -> known)
                .build();
        start(new GatewayFilter(gateway));
        backend.enqueue(json("{}"));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.head(
                    "POST /api/orders HTTP/1.1",
                    "Host: a",
                    "X-API-Key: demo-key-0123456789",
                    "Content-Length: 3",
                    "Expect: 100-continue");
            raw.socket().setSoTimeout(200);
            assertThatThrownBy(() -> raw.readUntil("\r\n\r\n")).isInstanceOf(SocketTimeoutException.class);
            raw.socket().setSoTimeout(10_000);
            known.complete(Optional.of(new Caller("demo", "basic")));
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            raw.text("abc");
            assertThat(raw.readUntil("{}")).startsWith("HTTP/1.1 200");
        }
        assertThat(backend.takeRequest().getBody().utf8()).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000, 3_000_000})
    void contentOverHttp2ArrivesWhole(int length) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .maxRequestBytes(64 << 20)
                .build();
        start(new GatewayFilter(gateway));
        backend.enqueue(json("{}"));
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        HttpClient http2 =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        HttpRequest first = request("/elsewhere").build(); // which upgrades the connection
        assertThat(http2.send(first, HttpResponse.BodyHandlers.ofString()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
        HttpRequest unsaid = request("/api/orders")
                .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(content)))
                .build();
        assertThat(http2.send(unsaid, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        assertThat(Arrays.equals(backend.takeRequest().getBody().toByteArray(), content))
                .isTrue();
    }

    private void startKeyed() throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").build())
                .plan(Plan.of("basic"))
                .key("demo", "demo-key-0123456789", "basic")
                .build();
        start(new GatewayFilter(gateway));
    }

    private void startAt(WatchfulBackend watchful, boolean blocking, long most) throws Exception {
        gateway = Gateway.builder()
                .backends("http://127.0.0.1:" + watchful.port())
                .route(Route.path("/api/**").build())
                .maxRequestBytes(most)
                .build();
        start(new GatewayFilter(gateway).blocking(blocking));
    }
}
