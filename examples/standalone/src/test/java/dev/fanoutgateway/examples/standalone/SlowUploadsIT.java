package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.Http2Wire;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * More clients whose content does not come than the jar has threads, where there are only so many. Nothing here is ever given
 * up for being late, so whoever else is answered meanwhile has not waited for that.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SlowUploadsIT {
    private static final int STREAMS = 100;

    @TempDir
    Path directory;

    private RawBackend backend;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        backend = new RawBackend(request -> RawBackend.json(200, "{\"got\": \"" + request.split(" ")[1] + "\"}"));
        jar = Jar.serving(
                directory,
                "-Xmx256m",
                "http2: true, idle-timeout: 1h, min-data-rate: 0B, head-timeout: 1h",
                """
                backends: {one: {urls: [%s], max-concurrent: 2000}}
                routes: [{path: /**, methods: [GET, POST], backends: one, cache: off, auth: none, timeout: 1h, attempt-timeout: 1h}]
                """.formatted(backend.url()));
    }

    @AfterEach
    void stop() {
        jar.close();
        backend.close();
    }

    /** Of four connections, whether they say how long their content is or not. */
    @ParameterizedTest
    @ValueSource(strings = {"POST", "GET"})
    void silentStreamsAreInNobodysWay(String method) throws Exception {
        List<Http2Wire> clients = new ArrayList<>();
        try (Http2Wire other = Http2Wire.to(jar.port())) {
            for (int i = 0; i < 4; i++) {
                Http2Wire client = Http2Wire.to(jar.port());
                clients.add(client);
                for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
                    client.head(
                            stream,
                            false,
                            List.of(
                                    ":method: " + method,
                                    ":scheme: http",
                                    ":path: /silent" + i + "/" + stream,
                                    ":authority: a",
                                    stream % 4 == 1 ? "content-length: 6" : "x: y"));
                }
                assertThat(client.data(1, true, "abcdef").answer(1))
                        .as("by now all of them have come")
                        .isEqualTo("200");
            }

            assertOthersAreServed();
            other.post(1, "/other", ":authority: a").data(1, true, "content");
            assertThat(other.answer(1)).isEqualTo("200");

            for (Http2Wire client : clients) {
                for (int stream = 3; stream < 2 * STREAMS; stream += 2) {
                    assertThat(client.data(stream, true, "abcdef").answer(stream))
                            .isEqualTo("200");
                }
            }
        } finally {
            for (Http2Wire client : clients) {
                client.close();
            }
        }
    }

    @Test
    void norAreClientsThatAskedToBeToldWhenToSend() throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 250; i++) {
                RawClient client = new RawClient(jar);
                clients.add(client);
                client.send("POST /asking" + i
                        + " HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n");
                assertThat(client.receive()).startsWith("HTTP/1.1 100");
                client.send("a");
            }

            assertOthersAreServed();

            for (RawClient client : clients) {
                assertThat(client.send("bcdef").receive()).startsWith("HTTP/1.1 200");
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    private void assertOthersAreServed() throws IOException, InterruptedException {
        assertThat(jar.get("/other").body()).isEqualTo("{\"got\": \"/other\"}");
        assertThat(jar.send(jar.request("/other").POST(BodyPublishers.ofString("content")))
                        .body())
                .isEqualTo("{\"got\": \"/other\"}");
    }
}
