package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.testing.Http2Wire;
import dev.fanoutgateway.testing.RawHttp2;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;
import okio.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content that comes slowly, or not at all, in a container that can be asked to call when it comes: Jetty. */
class SlowContentContractTest extends FilterContract {
    /** More of them than any of these containers has threads. */
    @Test
    void clientsWhoseContentTricklesHoldNoThread() throws Exception {
        start(false);
        backend.setDispatcher(echo());
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 250; i++) {
                RawClient raw = RawClient.connect(container.port());
                slow.add(raw);
                raw.socket().setSoTimeout(50_000);
                raw.head("POST /api/slow" + i + " HTTP/1.1", "Host: a", "Content-Length: 6")
                        .text("a");
            }
            assertThat(send(request("/elsewhere")).body()).startsWith("host:");
            assertThat(send(request("/api/quick").POST(BodyPublishers.ofString("abc")))
                            .body())
                    .contains("\"abc\"");
            for (RawClient raw : slow) {
                raw.text("bc");
            }
            for (RawClient raw : slow) { // one after the other: the backend here takes few connections at once
                raw.text("def");
                assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 200").contains("\"abcdef\"");
            }
            slow.get(0).head("GET /api/again HTTP/1.1", "Host: a");
            assertThat(slow.get(0).readUntil("}")).as("the connection goes on").startsWith("HTTP/1.1 200");
        } finally {
            for (RawClient raw : slow) {
                raw.close();
            }
        }
    }

    @Test
    void norDoThoseThatWaitToBeAskedForIt() throws Exception {
        start(false);
        backend.setDispatcher(echo());
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                RawClient raw = RawClient.connect(container.port());
                slow.add(raw);
                raw.socket().setSoTimeout(50_000);
                raw.head("POST /api/slow" + i + " HTTP/1.1", "Host: a", "Content-Length: 6", "Expect: 100-continue");
                assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
                raw.text("a");
            }
            assertThat(send(request("/elsewhere")).body()).startsWith("host:");
            assertThat(send(request("/api/quick").POST(BodyPublishers.ofString("abc")))
                            .body())
                    .contains("\"abc\"");
            for (RawClient raw : slow) {
                raw.text("bcdef");
                assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 200").contains("\"abcdef\"");
            }
        } finally {
            for (RawClient raw : slow) {
                raw.close();
            }
        }
    }

    /** More of them than there are threads, on one connection, whether they say how long their content is or not. */
    @ParameterizedTest
    @ValueSource(strings = {"content-length: 6", "x: y"})
    void norDoStreams(String field) throws Exception {
        start(false);
        backend.setDispatcher(echo());
        try (Http2Wire slow = Http2Wire.to(container.port());
                Http2Wire quick = Http2Wire.to(container.port())) {
            for (int stream = 1; stream < 200; stream += 2) {
                slow.post(stream, "/api/slow" + stream, ":authority: a", field);
                if (stream % 4 == 1) {
                    slow.data(stream, false, "abc");
                }
            }
            assertThat(send(request("/elsewhere")).body()).startsWith("host:");
            quick.post(1, "/api/quick", ":authority: a").data(1, true, "abcdef");
            assertThat(quick.answer(1)).isEqualTo("200");
            for (int stream = 1; stream < 200; stream += 2) {
                slow.data(stream, true, stream % 4 == 1 ? "def" : "abcdef");
                assertThat(slow.answer(stream)).isEqualTo("200");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 6", "x: y"})
    void aStreamThatFallsSilentIsAnsweredWhenItsTimeIsUp(String field) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").timeout(Duration.ofMillis(300)).build())
                .build();
        start(new GatewayFilter(gateway));
        for (String method : List.of("POST", "GET", "OPTIONS")) {
            try (Http2Wire silent = Http2Wire.to(container.port())) {
                silent.head(
                        1,
                        false,
                        List.of(":method: " + method, ":scheme: http", ":path: /api/a", ":authority: a", field));
                assertThat(silent.answer(1)).isEqualTo("408");
            }
        }
        assertThat(backend.getRequestCount()).isZero();
    }

    /** A stream may end with nothing after its head, or with an empty frame. */
    @Test
    void aStreamWithoutContentIsNotWaitedFor() throws Exception {
        start(false);
        backend.setDispatcher(echo());
        try (Http2Wire client = Http2Wire.to(container.port())) {
            client.head(1, true, RawHttp2.get("/api/a", ":authority: a"));
            assertThat(client.answer(1)).isEqualTo("200");
            client.head(3, false, RawHttp2.get("/api/b", ":authority: a")).data(3, true, "");
            assertThat(client.answer(3)).isEqualTo("200");
            client.post(5, "/api/c", ":authority: a").data(5, true, "");
            assertThat(client.answer(5)).isEqualTo("200");
        }
        assertThat(backend.takeRequest().getHeaders().names()).doesNotContain("Transfer-Encoding");
        assertThat(backend.takeRequest().getBody()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"POST, 10", "POST, 100000", "OPTIONS, 10"})
    void aClientThatFallsSilentIsAnsweredWhenItsTimeIsUp(String method, int length) throws Exception {
        gateway = Gateway.builder()
                .backends(backend.url("/").toString())
                .route(Route.path("/api/**").timeout(Duration.ofMillis(300)).build())
                .build();
        start(new GatewayFilter(gateway));
        try (RawClient raw = RawClient.connect(container.port())) {
            raw.socket().setSoTimeout(25_000); // containers give up later
            raw.head(method + " /api/orders HTTP/1.1", "Host: a", "Content-Length: " + length)
                    .text("abc");
            assertThat(raw.readUntil("}")).startsWith("HTTP/1.1 408");
        }
        assertThat(send(request("/elsewhere")).body()).startsWith("host:");
    }

    private static Dispatcher echo() {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                ByteString content = request.getBody();
                return json("{\"got\": \"" + (content == null ? "" : content.utf8()) + "\"}");
            }
        };
    }
}
