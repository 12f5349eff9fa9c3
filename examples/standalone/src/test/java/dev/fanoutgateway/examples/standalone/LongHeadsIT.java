package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers with long heads: they come to the client whole, or are rejected. */
class LongHeadsIT {
    private static RawBackend backend;
    private static RawBackend other;
    private static Jar jar;

    @BeforeAll
    static void serve(@TempDir Path directory) throws Exception {
        backend = new RawBackend(LongHeadsIT::answer);
        other = RawBackend.healthy("other");
        jar = Jar.serving(directory, "-Xmx256m", "http2: true", """
                backends: {one: {urls: [%1$s]}, two: {urls: [%1$s, %2$s]}}
                routes:
                  - {path: /two/**, backends: two, strategy: failover, accept: any, on-failure: by-cause}
                  - {path: /**, backends: one, accept: any, on-failure: by-cause}
                """.formatted(backend.url(), other.url()));
    }

    @AfterAll
    static void end() {
        jar.close();
        backend.close();
        other.close();
    }

    /** With a head of as many bytes as the path's last segment says. */
    private static String answer(String request) {
        String path = request.split(" ")[1];
        int bytes = Integer.parseInt(path.substring(path.lastIndexOf('/') + 1));
        String rest = "HTTP/1.1 200 OK\r\nX-Long: \r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\n";
        return rest.replace("X-Long: ", "X-Long: " + "a".repeat(bytes - rest.length())) + "ok";
    }

    @ParameterizedTest
    @ValueSource(ints = {7_000, 9_000, 15_000, 17_000, 32_768})
    void longOnesArePassedOnAndTheConnectionEndsIfItShould(int bytes) throws Exception {
        for (String times : new String[] {"fresh", "stored"}) {
            try (RawClient client = new RawClient(jar)) {
                client.send("GET /a/%d HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".formatted(bytes));
                String answer = client.receive();
                assertThat(answer).as(times).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nok");
                assertThat(answer).contains("a".repeat(bytes - 200)).containsIgnoringCase("\r\nconnection: close\r\n");
                assertThat(client.receive()).isEmpty();
            }
        }
        assertThat(backend.requests().stream().filter(request -> request.startsWith("GET /a/%d ".formatted(bytes))))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {17_000, 32_768})
    void overHttp2TheyAreAsLong(int bytes) throws Exception {
        OkHttpClient client = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        Request request = new Request.Builder().url(jar.url() + "/h2/" + bytes).build();
        for (int i = 0; i < 2; i++) {
            try (Response answer = client.newCall(request).execute()) {
                assertThat(answer.code()).isEqualTo(200);
                assertThat(answer.header("X-Long", "")).hasSizeGreaterThan(bytes - 200);
            }
        }
        assertThat(client.connectionPool().connectionCount()).isEqualTo(1);
        client.connectionPool().evictAll();
    }

    @Test
    void longerOnesAreRejectedAttempts() throws Exception {
        assertThat(jar.get("/a/32769").statusCode()).isEqualTo(502);
        assertThat(jar.get("/a/70000").statusCode()).isEqualTo(502);
        assertThat(jar.get("/two/32769").body()).contains("other");
    }
}
