package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backends with TLS and HTTP/2, through the jar. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class BackendTlsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String OWN = ", certificate: own.pem, key: own.key";

    @TempDir
    Path directory;

    private Certificates certificates;
    private MockWebServer backend;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        certificates = new Certificates(directory);
        certificates.authorityFile("trusted.pem");
        backend = new MockWebServer();
        backend.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse.Builder().body("{\"status\": true}").build();
            }
        });
    }

    @AfterEach
    void stop() {
        backend.close();
        if (jar != null) {
            jar.close();
        }
    }

    @Test
    void whomTheFileVouchesForIsTrustedAndSpeaksHttp2() throws Exception {
        backendFor("127.0.0.1");
        serve("tls: {trust: trusted.pem}");

        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
        assertThat(backend.takeRequest().getVersion()).isEqualTo("HTTP/2");
    }

    @Test
    void oneOfSeveralFilesIsEnough() throws Exception {
        backendFor("127.0.0.1");
        new Certificates(directory).authorityFile("other.pem");
        serve("tls: {trust: [other.pem, trusted.pem]}");

        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
    }

    @Test
    void whomItDoesNotVouchForIsUnreachableUntilTheFileChanges() throws Exception {
        backendFor("127.0.0.1");
        new Certificates(directory).authorityFile("trusted.pem");
        serve("tls: {trust: trusted.pem, reload-every: 50ms}");

        assertUnreachable();
        assertThat(backend.getRequestCount()).isZero();

        certificates.authorityFile("trusted.pem");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jar.get("/a").statusCode()).isEqualTo(200));
        Files.writeString(directory.resolve("trusted.pem"), "nothing");
        await().atMost(SOON).until(() -> jar.err().contains("not in order: expected certificates in PEM"));
        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
    }

    @Test
    void whatJavaTrustsIsNotWhatTheFileTrusts() throws Exception {
        backendFor("127.0.0.1");
        serve("");

        assertUnreachable();
    }

    @Test
    void aCertificateForAnotherHostIsUnreachable() throws Exception {
        backendFor("replica.internal");
        serve("tls: {trust: trusted.pem}");

        assertUnreachable();
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void whoDemandsACertificateIsGivenIt() throws Exception {
        backend.requireClientAuth();
        backendFor("127.0.0.1");
        certificates.write("own", certificates.issue("gateway"));
        serve("tls: {trust: trusted.pem" + OWN + "}");

        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
        assertThat(backend.takeRequest().getHandshake().peerPrincipal()).hasToString("CN=gateway");
    }

    @Test
    void whoDemandsACertificateAndIsGivenNoneDoesNotAnswer() throws Exception {
        backend.requireClientAuth();
        backendFor("127.0.0.1");
        serve("tls: {trust: trusted.pem}");

        assertThat(jar.get("/a").statusCode()).isIn(502, 503);
        assertThat(backend.getRequestCount()).isZero();
    }

    @Test
    void aChangedCertificateIsGivenToNewConnections() throws Exception {
        backend.requireClientAuth();
        backendFor("127.0.0.1");
        certificates.write("own", new Certificates(directory).issue("stranger"));
        serve("tls: {trust: trusted.pem, reload-every: 50ms" + OWN + "}");
        assertThat(jar.get("/a").statusCode()).isIn(502, 503);

        HeldCertificate own = certificates.issue("gateway");
        certificates.write("own", own);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(jar.get("/a").statusCode()).isEqualTo(200));
        assertThat(jar.err())
                .doesNotContain(own.privateKeyPkcs8Pem().lines().toList().get(1));
    }

    @Test
    void http2WithoutTlsIsSpokenWhereItIsKnown() throws Exception {
        backend.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        backend.start(InetAddress.getByName("127.0.0.1"), 0);
        serve("http2: prior-knowledge", "http://127.0.0.1:");

        HttpResponse<String> answer = jar.get("/a");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(backend.takeRequest().getVersion()).isEqualTo("HTTP/2");
    }

    @Test
    void ipv6IsSpokenOnBothSides() throws Exception {
        backend.start(InetAddress.getByName("::1"), 0);
        jar = Jar.servingAll(
                directory, "-Xmx256m", "server: {listen: \"[::1]:0\"}\n" + configuration("", "http://[::1]:"));

        assertThat(jar.url()).startsWith("http://[::1]:");
        assertThat(jar.get("/a").statusCode()).isEqualTo(200);
        assertThat(backend.takeRequest().getHeaders().get("Host")).isEqualTo("[::1]:" + backend.getPort());
    }

    private void backendFor(String host) throws IOException {
        backend.useHttps(
                certificates.trusting(certificates.issue("replica", host)).sslSocketFactory());
        backend.start(InetAddress.getByName("127.0.0.1"), 0);
    }

    private void serve(String transport) throws IOException {
        serve(transport, "https://127.0.0.1:");
    }

    private void serve(String transport, String url) throws IOException {
        jar = Jar.serving(directory, configuration(transport, url));
    }

    private String configuration(String transport, String url) {
        return """
                backends:
                  a: {urls: ["%s%d"], eject: null, %s}
                routes: [{path: /**, cache: off, auth: none, on-failure: by-cause, explain: full}]
                """.formatted(url, backend.getPort(), transport);
    }

    private void assertUnreachable() throws Exception {
        HttpResponse<String> answer = jar.get("/a", "X-Gateway-Explain", "1");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).containsIgnoringCase("unreachable");
    }
}
