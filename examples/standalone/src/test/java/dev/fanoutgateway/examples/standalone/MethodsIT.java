package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the built jar says of paths that routes take by other methods only (RFC 9110 section 15.5.6). */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class MethodsIT {
    @TempDir
    static Path directory;

    private RawBackend backend;
    private Jar jar;

    @BeforeAll
    void start() throws IOException {
        backend = RawBackend.healthy("backend");
        jar = Jar.serving(directory, """
                backends: {all: {urls: ["%s"]}}
                routes:
                  - {path: /files/**, auth: none, cache: off, backends: all, methods: [GET, PROPFIND]}
                  - {path: /files/*/content, auth: none, cache: off, backends: all, methods: [PUT, GET]}
                """.formatted(backend.url()));
    }

    @AfterAll
    void stop() {
        jar.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "DELETE | /files/a | GET, PROPFIND",
                "POST | /files/%61 | GET, PROPFIND",
                "OPTIONS | /files | GET, PROPFIND",
                "TRACE | /files/a | GET, PROPFIND",
                "get | /files/a | GET, PROPFIND",
                "POST | /files/a/content?b=c | GET, PROPFIND, PUT"
            })
    void whoComesByAnotherMethodIsToldWhich(String method, String target, String methods) throws IOException {
        assertThat(answer(method + ' ' + target))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: " + methods + "\r\n", "Cache-Control: no-store\r\n")
                .endsWith("\"reason\": \"method-not-allowed\"}");
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"GET, /file", "POST, /file", "POST, /"})
    void elsewhereThereIsNothing(String method, String target) throws IOException {
        assertThat(answer(method + ' ' + target))
                .startsWith("HTTP/1.1 404 ")
                .doesNotContain("Allow:")
                .endsWith("\"reason\": \"no-route\"}");
    }

    @Test
    void whatFollowsIsServed() throws IOException {
        try (RawClient client = new RawClient(jar)) {
            client.send("POST /files/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
            assertThat(client.receive()).startsWith("HTTP/1.1 405 ");
            client.send("PROPFIND /files/a HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.receive()).startsWith("HTTP/1.1 200 ");
        }
        backend.requests().clear();
    }

    private String answer(String line) throws IOException {
        try (RawClient client = new RawClient(jar)) {
            return client.send(line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    .receive();
        }
    }
}
