package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built jar sends on of requests over HTTP/2, with TLS and without, field by field. */
@Timeout(120)
class Http2RelayIT {
    @TempDir
    Path directory;

    private final RawBackend backend = backend();
    private Certificates certificates;
    private Jar jar;

    @AfterEach
    void stop() {
        jar.close();
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theAuthorityIsTheHost(boolean tls) throws Exception {
        serve(tls);
        String scheme = tls ? "https" : "http";

        assertThat(answer(tls, RawHttp2.get("/kept/a", ":authority: One.example:8080")))
                .isEqualTo("200");
        assertThat(answer(tls, RawHttp2.get("/open/a", ":authority: one.example")))
                .isEqualTo("200");

        assertThat(sent(0))
                .contains(
                        "host: one.example:8080",
                        "x-forwarded-host: one.example:8080",
                        "x-forwarded-proto: " + scheme,
                        "forwarded: for=127.0.0.1;host=\"one.example:8080\";proto=" + scheme,
                        "via: 2 edge");
        assertThat(sent(1))
                .contains(
                        "x-forwarded-host: one.example",
                        "host: " + backend.url().substring("http://".length()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsStoredIsForOneHost(boolean tls) throws Exception {
        serve(tls);
        for (String host : List.of("one.example", "two.example", "ONE.example", "two.example")) {
            assertThat(answer(tls, RawHttp2.get("/kept/stored", ":authority: " + host)))
                    .isEqualTo("200");
        }
        assertThat(backend.requests()).hasSize(2);
        Set<String> hosts = new TreeSet<>(sent(0));
        hosts.addAll(sent(1));
        assertThat(hosts).contains("host: one.example", "host: two.example");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void hostsThatAreNoneOrTwoAreRefused(boolean tls) throws Exception {
        serve(tls);
        for (String fields : List.of(
                "x: y",
                ":authority: a|host: b",
                ":authority: a|host: u@a",
                ":authority: u@a",
                ":authority: a/b",
                "host: u@a",
                "host: a b",
                "host: a|host: a")) {
            assertThat(answer(tls, RawHttp2.get("/kept/a", fields.split("\\|"))))
                    .as(fields)
                    .isIn("400", "reset", "goaway");
        }
        assertThat(backend.requests()).isEmpty();
    }

    private void serve(boolean tls) throws Exception {
        String server = "http2: true";
        if (tls) {
            certificates = new Certificates(directory);
            certificates.write("own", certificates.issue("own", "localhost", "127.0.0.1"));
            server += ", tls: {certificate: own.pem, key: own.key}";
        }
        jar = Jar.serving(directory, "-Xmx256m", server, """
                relay: {via: edge}
                backends: {all: {urls: ["%s"]}}
                routes:
                  - {path: /kept/**, auth: none, host: preserve}
                  - {path: /open/**, auth: none, cache: off}
                """.formatted(backend.url()));
    }

    private String answer(boolean tls, List<String> lines) throws Exception {
        List<String> asked = lines.stream()
                .map(line -> tls && line.startsWith(":scheme:") ? ":scheme: https" : line)
                .collect(Collectors.toList());
        try (RawHttp2 client =
                new RawHttp2(tls ? encrypted() : new Socket(InetAddress.getLoopbackAddress(), jar.port()))) {
            return client.answer(asked);
        }
    }

    private Socket encrypted() throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), jar.port());
        SSLSocket socket = (SSLSocket)
                certificates.context().getSocketFactory().createSocket(plain, "localhost", jar.port(), true);
        SSLParameters wanted = socket.getSSLParameters();
        wanted.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(wanted);
        socket.startHandshake();
        return socket;
    }

    /** The fields of a request that the backend got, names in lower case. */
    private List<String> sent(int number) {
        String request = List.copyOf(backend.requests()).get(number);
        return request.substring(0, request.indexOf("\r\n\r\n"))
                .lines()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .toList();
    }

    private static RawBackend backend() {
        try {
            return RawBackend.healthy("backend");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
