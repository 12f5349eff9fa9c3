package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built jar makes of heads that Jetty by itself would take otherwise. */
@Timeout(60)
class HeadsIT extends OneBackend {
    private static final String KEY = "demo-key-0123456789";

    HeadsIT() {
        super("http2: true", """
                relay: {via: edge}
                backends: {all: {urls: ["%s"]}}
                routes:
                  - {path: /open/**, auth: none, cache: off, backends: all}
                  - {path: /**, cache: off, backends: all}
                plans: {basic: {routes: [/**]}}
                keys: [{id: demo, key: KEY, plan: basic}]
                """.replace("KEY", KEY));
    }

    @Test
    void theSchemeIsTheConnectionsWhateverTheTargetSays() throws IOException {
        String answer = answer("GET https://a/open/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(sent()).contains("x-forwarded-proto: http", "forwarded: for=127.0.0.1;host=a;proto=http");
    }

    @Test
    void andWhateverAPseudoFieldSays() throws IOException {
        try (RawHttp2 client = RawHttp2.to(jar.port())) {
            assertThat(client.answer(List.of(":method: GET", ":scheme: https", ":path: /open/a", ":authority: a")))
                    .isEqualTo("200");
        }
        assertThat(sent()).contains("x-forwarded-proto: http", "forwarded: for=127.0.0.1;host=a;proto=http");
    }

    @Test
    void aUserInHostIsRefusedBesideAnAuthority() throws IOException {
        try (RawHttp2 client = RawHttp2.to(jar.port())) {
            assertThat(client.answer(RawHttp2.get("/open/a", ":authority: a", "host: u@a")))
                    .isEqualTo("400");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Connection: keep-alive\r\n"})
    void clientsOfHttp10GetNoInterimAnswer(String more) throws IOException {
        for (String content : List.of("ab", "")) {
            try (RawClient client = new RawClient(jar)) {
                client.send("POST /open/x HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n" + more
                        + "Content-Length: 2\r\n\r\n" + content);
                if (content.isEmpty()) {
                    client.send("ab");
                }
                assertThat(client.receive()).startsWith("HTTP/1.1 200");
            }
        }
        assertThat(backend.requests()).hasSize(2).allMatch(request -> request.endsWith("\r\n\r\nab"));
    }

    @Test
    void clientsOfHttp11Do() throws IOException {
        try (RawClient client = new RawClient(jar)) {
            client.send("POST /open/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.receive()).startsWith("HTTP/1.1 100");
            client.send("ab");
            assertThat(client.receive()).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CONNECT /open?api_key=KEY HTTP/1.1\r\nHost: a",
                "GET /open/a HTTP/1.1\r\nHost: b@KEY",
                "GET /open/a HTTP/1.1\r\nHost: KEY:x",
                "GET http://u:KEY@a:x/open/a HTTP/1.1\r\nHost: a",
                "GET /open/a?api_key=KEY HTTP/1.1\r\nHost: a, b",
                "GET /own/%zz?api_key=KEY HTTP/1.1\r\nHost: a",
                "GET /own/a?api_key=KEY HTTP/1.1\r\nX-API-Key KEY\r\nHost: a"
            })
    void whatIsRefusedIsNotPrinted(String head) throws IOException {
        assertThat(answer(head.replace("KEY", KEY) + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
        assertThat(jar.err() + jar.out()).doesNotContain(KEY);
    }

    private String answer(String request) throws IOException {
        try (RawClient client = new RawClient(jar)) {
            return client.send(request).receive();
        }
    }

    /** The fields of the one request that the backend got, names in lower case. */
    private List<String> sent() {
        assertThat(backend.requests()).hasSize(1);
        List<String> fields = new ArrayList<>();
        for (String line : backend.requests().element().split("\r\n\r\n")[0].split("\r\n")) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
            }
        }
        return fields;
    }
}
