package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.Http2Wire;
import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames of HTTP/2 that no proper client sends (RFC 9113), to the jar: each is refused, nothing of it reaches the backend, and
 * the next client is served.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class Http2AbuseIT extends OneBackend {
    private static final String[] REFUSALS = {"400", "404", "431", "414", "reset", "goaway", "closed"};

    Http2AbuseIT() {
        super("http2: true", """
                backends: {one: {urls: [%s]}}
                routes: [{path: /**, methods: [GET, POST], auth: none, cache: off, host: preserve}]
                """);
    }

    /** Lines between bars; {@code \n}, {@code \r} and {@code \0} as in Java. */
    static List<String> malformedHeads() {
        String get = ":method: GET|:scheme: http|:path: /a|:authority: a";
        List<String> heads = new ArrayList<>(List.of(
                ":scheme: http|:path: /a|:authority: a",
                ":method: GET|:path: /a|:authority: a",
                ":method: GET|:scheme: http|:authority: a",
                ":method: GET|:scheme: http|:path: |:authority: a",
                ":method: |:scheme: http|:path: /a|:authority: a",
                ":method: GET|" + get,
                ":scheme: http|" + get,
                ":path: /b|" + get,
                get + "|:authority: b",
                get + "|:status: 200",
                get + "|:foreign: a",
                ":method: GET|:scheme: http|:path: /a|x: y|:authority: a",
                ":method: GET|x: y|:scheme: http|:path: /a|:authority: a",
                ":method: GET|:scheme: http|:path: a|:authority: a",
                ":method: GET|:scheme: http|:path: *|:authority: a",
                ":method: GET|:scheme: http|:path: /a b|:authority: a",
                ":method: GET|:scheme: http|:path: /a HTTP/1.1\r\nx: y|:authority: a",
                ":method: GET|:scheme: http|:path: /a\0b|:authority: a",
                ":method: GET|:scheme: http|:path: /../a|:authority: a",
                ":method: GET|:scheme: http|:path: /a/%2e%2e/b|:authority: a",
                ":method: GET|:scheme: http|:path: http://b/a|:authority: a",
                ":method: GET a|:scheme: http|:path: /a|:authority: a",
                ":method: GET\r\n|:scheme: http|:path: /a|:authority: a",
                ":method: GET|:scheme: http|:path: /a|:authority: a\r\nx: y",
                ":method: GET|:scheme: http|:path: /a|:authority: a\0b",
                ":method: GET|:scheme: http|:path: /a|:authority: a b",
                ":method: GET|:scheme: http|:path: /a|:authority: ",
                ":method: GET|:scheme: http|:path: /a"));
        for (String field : List.of(
                "X-Upper: a",
                "x y: a",
                "x\r\ny: a",
                "x\ny: a",
                "x\0y: a",
                "x: a\r\ny: b",
                "x: a\nb",
                "x: a\rb",
                "x: a\0b",
                "connection: close",
                "connection: x-a",
                "keep-alive: timeout=5",
                "proxy-connection: close",
                "transfer-encoding: chunked",
                "upgrade: h2c",
                "te: gzip",
                "content-length: 1",
                "content-length: -1",
                "content-length: a",
                "content-length: 0|content-length: 1",
                "host: b")) {
            heads.add(get + "|" + field);
        }
        return heads;
    }

    @ParameterizedTest
    @MethodSource("malformedHeads")
    void malformedHeadsAreRefused(String head) throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.head(1, true, List.of(head.split("\\|")));
            assertRefused(client.answer(1));
        }
        assertNothingSentAndOthersServed();
    }

    /** Jetty overlooks it where nobody can connect by it (RFC 8441). */
    @Test
    void aProtocolWithoutConnectIsNothing() throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.head(1, true, RawHttp2.get("/a", ":authority: a", ":protocol: websocket"));
            assertThat(client.answer(1)).isIn("200", "400", "reset 1");
        }
        assertThat(backend.received().toLowerCase(Locale.ROOT)).doesNotContain("websocket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "4", "3|content-length: 4", "3|content-length: 3", "1000000"})
    void contentThatIsNotAsLongAsItSaysIsNotSentOn(String length) throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.post(1, "/a", (":authority: a|content-length: " + length).split("\\|"))
                    .data(1, true, "abc");
            assertRefused(client.answer(1));
        }
        assertNothingSentAndOthersServed();
    }

    @Test
    void hugeHeadsAndEndlessContinuationsAreCutOff() throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            List<String> lines = RawHttp2.get("/a", ":authority: a");
            for (int i = 0; i < 15; i++) {
                lines.add("x" + i + ": " + "a".repeat(1000));
            }
            lines.add("y: " + "a".repeat(1000));
            client.head(1, true, lines);
            assertRefused(client.answer(1));
        }
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.frame(Http2Wire.HEADERS, 0, 1, Http2Wire.encoded(RawHttp2.get("/a", ":authority: a")));
            byte[] more = Http2Wire.encoded(List.of("x: " + "a".repeat(8000)));
            assertThat(untilCut(client, () -> client.frame(Http2Wire.CONTINUATION, 0, 1, more)))
                    .isTrue();
        }
        assertNothingSentAndOthersServed();
    }

    @Test
    void streamsThatAreBegunOnlyToBeResetEndTheConnection() throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            int[] stream = {-1};
            assertThat(untilCut(client, () -> {
                        stream[0] += 2;
                        client.post(stream[0], "/a", ":authority: a", "content-length: 1")
                                .reset(stream[0], 8);
                    }))
                    .isTrue();
        }
        assertNothingSentAndOthersServed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void contentWithoutEndForAStreamThatIsOverEndsTheConnection(int length) throws Exception {
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.head(1, true, RawHttp2.get("/a", ":authority: a"));
            assertThat(client.answer(1)).isEqualTo("200");
            assertThat(untilCut(client, () -> client.frame(Http2Wire.DATA, 0, 1, new byte[length])))
                    .isTrue();
        }
    }

    @Test
    void framesThatBelongToNothingEndTheConnection() throws Exception {
        for (int type : List.of(Http2Wire.DATA, Http2Wire.CONTINUATION, Http2Wire.RESET)) {
            try (Http2Wire client = Http2Wire.to(jar.port())) {
                client.frame(type, 0, 1, new byte[4]);
                assertRefused(client.answer(1));
            }
        }
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.head(2, true, RawHttp2.get("/a", ":authority: a"));
            assertRefused(client.answer(2));
        }
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            client.frame(Http2Wire.HEADERS, 5, 1, new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 127});
            assertRefused(client.answer(1));
        }
        assertNothingSentAndOthersServed();
    }

    private interface Sending {
        void send() throws IOException;
    }

    /** Sends it again and again; whether the other side makes an end of it. */
    private static boolean untilCut(Http2Wire client, Sending sending) {
        try {
            for (int i = 0; i < 100_000; i++) {
                sending.send();
            }
            return false;
        } catch (IOException cut) {
            return !client.socket().isClosed();
        }
    }

    private static void assertRefused(String answer) {
        assertThat(answer.split(" ")[0]).isIn((Object[]) REFUSALS);
    }

    private void assertNothingSentAndOthersServed() throws Exception {
        assertThat(backend.requests()).isEmpty();
        try (Http2Wire other = Http2Wire.to(jar.port())) {
            other.head(1, true, RawHttp2.get("/other", ":authority: a"));
            assertThat(other.answer(1)).isEqualTo("200");
        }
        assertThat(backend.requests()).hasSize(1);
        assertThat(backend.requests().element()).startsWith("GET /other HTTP/1.1\r\n");
    }
}
