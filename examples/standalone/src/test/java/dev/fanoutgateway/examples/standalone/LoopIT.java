package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built jar as its own backend. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(60)
class LoopIT {
    @TempDir
    static Path directory;

    private Jar jar;

    @BeforeAll
    void start() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        jar = Jar.servingAll(directory, "-Xmx256m", """
                server: {listen: "127.0.0.1:%d"}
                relay: {via: edge}
                backends: {self: {urls: ["http://127.0.0.1:%d"]}}
                routes: [{path: /**, auth: none, cache: off, accept: any, timeout: 20s}]
                """.formatted(port, port));
    }

    @AfterAll
    void stop() {
        jar.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Kept: 1",
                "Via: 1.0 a",
                "Via: 1.0 a (",
                "Via: 1.0 a (x\\",
                "Via: 1.1 a (b) (",
                "Via: ((((",
                "Via: (a)) (",
                "Via: 1.0 a \"",
                "Via: 1.0 a (\r\nVia: (",
                "Via: ,",
                "Via: edge 1.1 ("
            })
    void isFoundAtTheFirstTurnWhateverAClientWrites(String field) throws IOException {
        try (RawClient client = new RawClient(jar)) {
            String answer = client.send("GET /x HTTP/1.1\r\nHost: a\r\n" + field + "\r\nConnection: close\r\n\r\n")
                    .receive();
            assertThat(answer).startsWith("HTTP/1.1 508");
        }
    }
}
