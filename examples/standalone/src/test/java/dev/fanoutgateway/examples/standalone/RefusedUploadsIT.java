package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.Http2Wire;
import dev.fanoutgateway.testing.Http2Wire.Frame;
import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Uploads over HTTP/2 that are answered before they have come: the client gets the whole answer, and may keep it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RefusedUploadsIT {
    @TempDir
    Path directory;

    private RawBackend backend;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        backend = RawBackend.healthy("one");
        jar = Jar.serving(directory, "-Xmx256m", "http2: true, max-request-body: 1KiB", """
                backends: {one: {urls: [%s]}}
                plans: {basic: {}}
                keys: [{id: demo, key: demo-key-0123456789, plan: basic}]
                routes:
                  - {path: /open/**, methods: [GET, POST], auth: none}
                  - {path: /brief/**, methods: [GET, POST], auth: none, timeout: 200ms}
                  - {path: /keyed/**, methods: [GET, POST]}
                """.formatted(backend.url()));
    }

    @AfterEach
    void stop() {
        jar.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/keyed/a, x: y, 401",
        "/keyed/a, content-length: 100000, 401",
        "/keyed/a, expect: 100-continue, 401",
        "/nowhere, x: y, 404",
        "/nowhere, expect: 100-continue, 404",
        "/open/a, content-length: 100000, 413",
        "/open/a, x: y, 413",
        "/brief/a, content-length: 900, 408"
    })
    void theAnswerIsWholeAndTheStreamIsEndedWithoutAnError(String path, String field, String status) throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.post(1, path, ":authority: a", field);
            if (!field.startsWith("expect")) {
                client.data(1, false, "x".repeat(status.equals("413") ? 2000 : 100));
            }
            assertThat(client.answer(1)).isEqualTo(status);
            assertThat(endOf(client, 1)).isEqualTo("an end, then reset 0");

            client.head(3, true, RawHttp2.get("/open/b", ":authority: a"));
            assertThat(client.answer(3)).isEqualTo("200");
        }
    }

    @Test
    void whatWasReadIsNotReset() throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            for (int stream = 1; stream < 20; stream += 2) {
                client.post(stream, "/open/a", ":authority: a").data(stream, true, "abc");
                assertThat(client.answer(stream)).isEqualTo("200");
            }
            client.frame(Http2Wire.GOAWAY, 0, 0, new byte[8]);
            for (Frame frame = client.read(); frame != null; frame = client.read()) {
                assertThat(frame.type()).isNotEqualTo(Http2Wire.RESET);
            }
        }
    }

    /** What a client has sent before it learns of the answer is no abuse, however often. */
    @Test
    void contentThatIsOnItsWayDoesNotEndTheConnection() throws Exception {
        String piece = "x".repeat(16 << 10);
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            for (int stream = 1; stream < 60; stream += 2) {
                client.post(stream, "/keyed/a", ":authority: a");
                assertThat(client.answer(stream)).isEqualTo("401");
                assertThat(endOf(client, stream)).isEqualTo("an end, then reset 0");
                for (int i = 0; i < 18; i++) {
                    client.data(stream, i == 17, piece);
                }
            }
            client.head(61, true, RawHttp2.get("/open/b", ":authority: a"));
            assertThat(client.answer(61)).isEqualTo("200");
        }
    }

    private static String endOf(Http2Wire client, int stream) throws IOException {
        while (true) {
            Frame frame = Objects.requireNonNull(client.read());
            assertThat(frame.stream()).isEqualTo(stream);
            if (frame.isLast()) {
                Frame next = Objects.requireNonNull(client.read());
                return List.of(next.type(), next.stream()).equals(List.of(Http2Wire.RESET, stream))
                        ? "an end, then reset " + next.code()
                        : "an end, then " + next;
            }
            assertThat(frame.type()).isEqualTo(Http2Wire.DATA);
        }
    }
}
