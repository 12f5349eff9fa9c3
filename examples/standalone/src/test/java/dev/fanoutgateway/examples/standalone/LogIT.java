package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hostile clients can write into the log of the jar: nothing but what the gateway says, an event a line, and no key. */
class LogIT {
    private static final Pattern EVENT = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) (ERROR|WARN|INFO|DEBUG) \\S+ - \\P{Cc}*");
    private static final String KEY = "log-test-key-0123456789";
    private static final String CONFIGURATION = """
            backends: {a: {urls: ["http://127.0.0.1:1"]}}
            plans: {p: {}}
            keys: [{key: %s, id: me, plan: p}]
            """.formatted(KEY);

    @TempDir
    Path directory;

    @Test
    void whatComesOverHttp1WritesNoLineOfItsOwn() throws Exception {
        try (Jar jar = Jar.serving(directory, CONFIGURATION)) {
            for (String request : new String[] {
                "GET / HTTP/1.1\r\nHost: a\u009bb\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\u001b[31mb\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: b@" + KEY + "\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [" + KEY + "\r\n\r\n",
                "GET http://b@" + KEY + ":x/ HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT /a?api_key=" + KEY + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "CONNECT " + KEY + ":x HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%zz?api_key=" + KEY + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /a?api_key=" + KEY + "&\u0080\u009b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\u001b[2J?api_key=" + KEY + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-API-Key " + KEY + "\r\n\r\n",
                "GET /" + "x".repeat(100_000) + "?api_key=" + KEY + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nX-API-Key: " + KEY + "\r\nContent-Length: 1" + KEY + "\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nX-API-Key: " + KEY + "\r\nTransfer-Encoding: chunked\r\n\r\n" + KEY
                        + "\r\n",
                "\u0016\u0003\u0001\u001b[31m" + KEY + "\r\n\r\n",
            }) {
                try (RawClient client = new RawClient(jar)) {
                    client.send(request).receive();
                } catch (IOException e) {
                    // it may cut us off while we write
                }
            }
            jar.get("/fails?api_key=" + KEY); // no backend can be reached: that is told

            assertEvents(jar);
        }
    }

    @Test
    void whatComesOverHttp2WritesNoLineOfItsOwn() throws Exception {
        try (Jar jar = Jar.serving(directory, "-Xmx256m", "http2: true", CONFIGURATION)) {
            for (String authority : new String[] {
                "x\r\n2026-11-21T00:00:00Z ERROR forged line",
                "x\u001b[31mred",
                "x\u0085\u009b",
                "b@" + KEY,
                "[" + KEY,
                "a:" + KEY
            }) {
                try (RawHttp2 client = RawHttp2.to(jar.port())) {
                    client.answer(RawHttp2.get("/a?api_key=" + KEY, ":authority: " + authority));
                }
            }
            jar.get("/fails?api_key=" + KEY);

            assertEvents(jar);
        }
    }

    private static void assertEvents(Jar jar) {
        jar.terminate();
        assertThat(jar.exitStatus()).isZero();
        assertThat(jar.err()).doesNotContain(KEY).doesNotContain("forged");
        assertThat(jar.err().split("\n"))
                .isNotEmpty()
                .allMatch(line -> EVENT.matcher(line).matches());
    }
}
