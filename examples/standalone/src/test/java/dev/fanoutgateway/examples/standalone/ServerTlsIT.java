package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.testing.Http2Wire;
import dev.fanoutgateway.testing.RawHttp2;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients with TLS and HTTP/2, through the jar. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ServerTlsIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String CERTIFICATE = "certificate: own.pem, key: own.key, reload-every: 50ms";

    @TempDir
    Path directory;

    private Certificates certificates;
    private RawBackend backend;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        certificates = new Certificates(directory);
        certificates.write("own", certificates.issue("own", "localhost", "127.0.0.1"));
        backend = RawBackend.healthy("a");
    }

    @AfterEach
    void stop() {
        backend.close();
        if (jar != null) {
            jar.close();
        }
    }

    @Test
    void clientsWithTlsSpeakHttp2OrHttp1() throws Exception {
        serve("tls: {" + CERTIFICATE + "}");
        assertThat(jar.url()).startsWith("https://127.0.0.1:");

        HttpClient client = client(certificates.context(), HttpClient.Version.HTTP_2);
        HttpResponse<String> answer = get(client);
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"from\": \"a\"");
        assertThat(get(client(certificates.context(), HttpClient.Version.HTTP_1_1))
                        .version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
        try (Response okHttp = okHttp(certificates.trusting())) {
            assertThat(okHttp.protocol()).isEqualTo(Protocol.HTTP_2);
            assertThat(okHttp.code()).isEqualTo(200);
        }
        assertThat(backend.requests())
                .hasSize(3)
                .allMatch(request -> request.toLowerCase(Locale.ROOT).contains("\r\nx-forwarded-proto: https\r\n"));
    }

    @Test
    void withoutHttp2AlpnLeadsToHttp1() throws Exception {
        serve("http2: false, tls: {" + CERTIFICATE + "}");

        assertThat(get(client(certificates.context(), HttpClient.Version.HTTP_2))
                        .version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void whoDoesNotKnowTheAuthorityDoesNotConnect() throws Exception {
        serve("tls: {" + CERTIFICATE + "}");

        assertThatThrownBy(() -> get(client(new Certificates(directory).context(), HttpClient.Version.HTTP_1_1)))
                .isInstanceOf(SSLHandshakeException.class);
    }

    @Test
    void tlsBefore12IsRefused() throws Exception {
        serve("tls: {" + CERTIFICATE + "}");

        assertThat(handshake("TLSv1.3")).isEqualTo("own");
        assertThat(handshake("TLSv1.2")).isEqualTo("own");
        assertThatThrownBy(() -> handshake("TLSv1.1")).isInstanceOf(IOException.class);
    }

    @Test
    void aClientsCertificateMayBeNeeded() throws Exception {
        certificates.authorityFile("clients.pem");
        HeldCertificate known = certificates.issue("client");
        HeldCertificate stranger = new Certificates(directory).issue("client");
        serve("tls: {" + CERTIFICATE + ", client-auth: need, client-ca: clients.pem}");

        try (Response answer = okHttp(certificates.trusting(known))) {
            assertThat(answer.code()).isEqualTo(200);
        }
        assertThatThrownBy(() -> okHttp(certificates.trusting())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> okHttp(certificates.trusting(stranger))).isInstanceOf(IOException.class);
    }

    @Test
    void orOnlyWanted() throws Exception {
        certificates.authorityFile("clients.pem");
        serve("tls: {" + CERTIFICATE + ", client-auth: want, client-ca: clients.pem}");

        try (Response answer = okHttp(certificates.trusting())) {
            assertThat(answer.code()).isEqualTo(200);
        }
        HeldCertificate stranger = new Certificates(directory).issue("client");
        assertThatThrownBy(() -> okHttp(certificates.trusting(stranger))).isInstanceOf(IOException.class);
    }

    @Test
    void aChangedCertificateIsTakenAndABrokenOneIsNot() throws Exception {
        serve("tls: {" + CERTIFICATE + "}");
        assertThat(handshake("TLSv1.3")).isEqualTo("own");

        HeldCertificate second = certificates.issue("second", "localhost", "127.0.0.1");
        certificates.write("own", second);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(handshake("TLSv1.3")).isEqualTo("second"));

        Files.writeString(
                directory.resolve("own.key"), certificates.issue("other").privateKeyPkcs8Pem());
        await().atMost(SOON).until(() -> jar.err().contains("not in order: expected the key of the certificate"));
        assertThat(handshake("TLSv1.3")).isEqualTo("second");
        Files.delete(directory.resolve("own.pem"));
        await().atMost(SOON).until(() -> jar.err().contains("not in order: expected the name of a file"));
        assertThat(handshake("TLSv1.3")).isEqualTo("second");

        certificates.write("own", certificates.issue("third", "localhost", "127.0.0.1"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(handshake("TLSv1.2")).isEqualTo("third"));
        assertThat(jar.out() + jar.err()).doesNotContain("PRIVATE").doesNotContain(base64(second));
    }

    @Test
    void aClientThatLeavesIsNoticedBeneathTls() throws Exception {
        backend.answer(request -> "");
        serve("tls: {" + CERTIFICATE + "}");
        try (SSLSocket socket = connected("TLSv1.3")) {
            socket.getOutputStream().write(RawClient.get("/a").getBytes(StandardCharsets.US_ASCII));
            await().atMost(SOON).until(() -> backend.hanging() == 1);
        }
        await().atMost(SOON).until(() -> backend.cut() == 1);
    }

    @Test
    void whatTakesTooLongBeneathTlsIsCutHoweverOftenAByteComes() throws Exception {
        serve("head-timeout: 2s, min-data-rate: 64KiB, min-data-rate-over: 500ms, tls: {" + CERTIFICATE + "}");
        try (Socket handshake = new Socket(InetAddress.getLoopbackAddress(), jar.port());
                SSLSocket content = connected("TLSv1.3");
                SSLSocket head = connected("TLSv1.3")) {
            handshake.getOutputStream().write(new byte[] {0x16, 3, 1, 2, 0});
            head.getOutputStream().write("GET /a HTTP/1.1\r\nHost: a\r\nX-Long: ".getBytes(StandardCharsets.US_ASCII));

            await().atMost(SOON).until(() -> isCutAfterAnother(handshake));
            await().atMost(SOON).until(() -> isCutAfterAnother(head));
            content.getOutputStream()
                    .write("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(SOON).until(() -> isCutAfterAnother(content));
        }
        assertThat(get(client(certificates.context(), HttpClient.Version.HTTP_2))
                        .statusCode())
                .isEqualTo(200);
        assertThat(backend.requests()).hasSize(1);
    }

    @Test
    void contentComesOverHttp2AsItIsAndWithAsMuchAsItSays() throws Exception {
        backend.answer(request -> RawBackend.json(200, "{\"size\": " + request.split("\r\n\r\n", 2)[1].length() + "}"));
        serve("max-request-body: 1MiB, tls: {" + CERTIFICATE + "}");
        HttpRequest post = HttpRequest.newBuilder(URI.create(jar.url() + "/a"))
                .timeout(SOON)
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(300_000)))
                .build();

        HttpResponse<String> answer =
                client(certificates.context(), HttpClient.Version.HTTP_2).send(post, BodyHandlers.ofString());

        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("{\"size\": 300000}");
    }

    @Test
    void requestsThatComeAheadAreAnsweredInTheirOrderBeneathTls() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        backend.answer(request -> {
            release.await();
            return RawBackend.json(200, "{\"target\": \"" + request.split(" ")[1] + "\"}");
        });
        serve("tls: {" + CERTIFICATE + "}");
        try (SSLSocket socket = connected("TLSv1.3")) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(RawClient.get("/first").getBytes(StandardCharsets.US_ASCII));
            await().atMost(SOON).until(() -> backend.requests().size() == 1);
            socket.getOutputStream().write(RawClient.get("/second").getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(RawClient.get("/third").getBytes(StandardCharsets.US_ASCII));
            release.countDown();

            StringBuilder received = new StringBuilder();
            while (!received.toString().contains("/third")) {
                int next = socket.getInputStream().read();
                assertThat(next).as("after %s", received).isNotNegative();
                received.append((char) next);
            }
            assertThat(received.toString()).containsSubsequence("/first", "/second", "/third");
        }
    }

    @Test
    void withoutTlsHttp2IsSpokenByPriorKnowledgeAndByUpgrade() throws Exception {
        serve("http2: true");

        OkHttpClient prior = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        try (Response answer = prior.newCall(
                        new Request.Builder().url(jar.url() + "/a").build())
                .execute()) {
            assertThat(answer.code()).isEqualTo(200);
            assertThat(answer.body().string()).contains("\"from\": \"a\"");
        }
        prior.connectionPool().evictAll();
        HttpClient upgrading =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
        assertThat(get(upgrading).version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(get(upgrading).statusCode()).isEqualTo(200);
        assertThat(jar.get("/a").version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void aStreamThatIsResetCutsItsAttemptAndNoOther() throws Exception {
        backend.answer(request -> request.contains(" /hang ") ? "" : RawBackend.json(200, "{\"status\": true}"));
        serve("http2: true");
        OkHttpClient prior = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                .build();
        okhttp3.Call hanging =
                prior.newCall(new Request.Builder().url(jar.url() + "/hang").build());
        Thread waiting = new Thread(() -> {
            try (Response never = hanging.execute()) {
                assertThat(never).isNull();
            } catch (IOException cancelled) {
                // as it should be
            }
        });
        waiting.start();
        await().atMost(SOON).until(() -> backend.hanging() == 1);
        Request other = new Request.Builder().url(jar.url() + "/a").build();
        try (Response answer = prior.newCall(other).execute()) {
            assertThat(answer.code()).isEqualTo(200);
        }
        assertThat(backend.cut()).isZero();

        hanging.cancel();

        await().atMost(SOON).until(() -> backend.cut() == 1);
        try (Response answer = prior.newCall(other).execute()) {
            assertThat(answer.code()).isEqualTo(200);
        }
        waiting.join();
        prior.connectionPool().evictAll();
    }

    /** As many clients end: Jetty by itself then lets go on what has come whole. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatSaysFarewellAndLeavesIsGone(boolean content) throws Exception {
        backend.answer(request -> "");
        serve("http2: true");
        try (Http2Wire client = Http2Wire.to(jar.port())) {
            if (content) {
                client.post(1, "/hang", ":authority: a").data(1, true, "abc");
            } else {
                client.head(1, true, RawHttp2.get("/hang", ":authority: a"));
            }
            await().atMost(SOON).until(() -> backend.hanging() == 1);
            client.frame(Http2Wire.GOAWAY, 0, 0, new byte[8]);
        }
        await().atMost(SOON).until(() -> backend.cut() == 1);
    }

    @Test
    void withoutBothOnlyHttp1IsSpoken() throws Exception {
        serve("drain: 1s");

        assertThat(get(HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_2)
                                .build())
                        .version())
                .isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @Test
    void itListensOnIpv6() throws Exception {
        certificates.write("own", certificates.issue("own", "::1"));
        jar = Jar.servingAll(
                directory, "-Xmx256m", "server: {listen: \"[::1]:0\", tls: {" + CERTIFICATE + "}}\n" + configuration());

        assertThat(jar.url()).startsWith("https://[::1]:");
        try (Response answer = okHttp(certificates.trusting())) {
            assertThat(answer.code()).isEqualTo(200);
        }
    }

    @Test
    void checkFindsWhatIsWrongWithTheFiles() throws Exception {
        Path file = Files.writeString(
                directory.resolve("checked.yaml"),
                "server: {tls: {certificate: own.pem, key: own.pem}}\n" + configuration());

        Jar checked = Jar.ended(directory, "--check", file.toString());

        assertThat(checked.exitStatus()).isEqualTo(2);
        assertThat(checked.err())
                .contains(file + ":1: server.tls.key: expected a private key in PEM (BEGIN PRIVATE KEY),"
                        + " got none in own.pem");
    }

    private static boolean isCutAfterAnother(Socket socket) {
        try {
            socket.getOutputStream().write('x');
            socket.setSoTimeout(10);
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException cut) {
            return true;
        }
    }

    private void serve(String server) throws IOException {
        jar = Jar.serving(directory, "-Xmx256m", server, configuration());
    }

    private String configuration() {
        return "backends: {a: {urls: [%s]}}\nroutes: [{path: /**, methods: [GET, POST], cache: off, auth: none}]\n"
                .formatted(backend.url());
    }

    private static HttpClient client(SSLContext context, HttpClient.Version version) {
        return HttpClient.newBuilder().sslContext(context).version(version).build();
    }

    private HttpResponse<String> get(HttpClient client) throws Exception {
        return get(client, jar.url() + "/a");
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).timeout(SOON).build(), BodyHandlers.ofString());
    }

    private Response okHttp(HandshakeCertificates with) throws IOException {
        OkHttpClient client = new OkHttpClient.Builder()
                .sslSocketFactory(with.sslSocketFactory(), with.trustManager())
                .build();
        try {
            return client.newCall(new Request.Builder().url(jar.url() + "/a").build())
                    .execute();
        } finally {
            client.connectionPool().evictAll();
        }
    }

    private SSLSocket connected(String version) throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), jar.port());
        SSLSocket socket = (SSLSocket)
                certificates.context().getSocketFactory().createSocket(plain, "localhost", jar.port(), true);
        socket.setEnabledProtocols(new String[] {version});
        socket.startHandshake();
        return socket;
    }

    /** The name in the certificate that the server gives. */
    private String handshake(String version) throws IOException {
        try (SSLSocket socket = connected(version)) {
            X509Certificate own = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return own.getSubjectX500Principal().getName().replaceFirst("CN=", "");
        }
    }

    private static String base64(HeldCertificate held) {
        return held.privateKeyPkcs8Pem().lines().toList().get(1);
    }
}
