package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the jar begins and ends. */
class LifecycleIT {
    private static final String GOOD = "backends: {a: {urls: [http://127.0.0.1:1]}}\n";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"", "--check", "--help", "a.yaml b.yaml", "--check a.yaml b.yaml"})
    void wrongArgumentsAreToldWhatIsRight(String arguments) throws Exception {
        Jar jar = Jar.ended(directory, arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(jar.exitStatus()).isEqualTo(2);
        assertThat(jar.err()).startsWith("usage: java -jar fanout-gateway.jar");
        assertThat(jar.out()).isEmpty();
    }

    @Test
    void checkSaysThatAConfigurationIsGood() throws Exception {
        Files.writeString(directory.resolve("good.yaml"), GOOD);

        Jar jar = Jar.ended(directory, "--check", "good.yaml");

        assertThat(jar.exitStatus()).isZero();
        assertThat(jar.out().strip()).isEqualTo("good.yaml: ok");
        assertThat(jar.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--check bad.yaml", "bad.yaml"})
    void aBadConfigurationIsRefusedByFileLineAndKey(String arguments) throws Exception {
        Files.writeString(
                directory.resolve("bad.yaml"), GOOD + "routes:\n  - {path: /a, timeout: soon}\nserver: {lisen: x}\n");

        Jar jar = Jar.ended(directory, arguments.split(" "));

        assertThat(jar.exitStatus()).isEqualTo(2);
        assertThat(jar.err().lines())
                .containsExactly(
                        "bad.yaml:3: routes[0].timeout: expected a duration such as 250ms, 30s, 5m or 1h, got 'soon'",
                        "bad.yaml:4: server.lisen: expected one of drain, drain-losers, head-timeout, http2, idle-timeout,"
                                + " listen, max-connections, max-head, max-in-flight, max-request-body, max-url,"
                                + " min-data-rate, min-data-rate-over, tls, trusted-proxies, got an unknown key");
        assertThat(jar.out()).isEmpty();
    }

    @Test
    void aPortInUseIsNamed() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Files.writeString(
                    directory.resolve("used.yaml"),
                    GOOD + "server: {listen: \"127.0.0.1:%d\"}\n".formatted(other.getLocalPort()));

            Jar jar = Jar.ended(directory, "used.yaml");

            assertThat(jar.exitStatus()).isEqualTo(1);
            assertThat(jar.err()).contains("cannot listen on 127.0.0.1:" + other.getLocalPort() + ": ");
            assertThat(jar.out()).isEmpty();
        }
    }

    @Test
    void terminatedItFinishesWhatIsInFlightAndTakesNothingNew() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.waiting(release);
                Jar jar = Jar.serving(directory, "backends: {a: {urls: [%s]}}\n".formatted(backend.url()))) {
            CompletableFuture<HttpResponse<String>> inFlight =
                    jar.client().sendAsync(jar.request("/slow").build(), BodyHandlers.ofString());
            await().until(() -> !backend.requests().isEmpty());

            jar.terminate();
            await().atMost(Duration.ofSeconds(20)).until(() -> !accepts(jar.port()));
            assertThat(jar.isAlive()).isTrue();
            assertThat(inFlight).isNotDone();
            release.countDown();

            assertThat(inFlight.get().statusCode()).isEqualTo(200);
            assertThat(inFlight.get().body()).contains("waiting");
            assertThat(jar.exitStatus()).isZero();
            assertThat(backend.requests()).hasSize(1);
            assertThat(jar.err()).doesNotContain("\tat ");
        }
    }

    @Test
    void whatIsNotFinishedInTimeIsCutOff() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.waiting(never)) {
            try (Jar jar = Jar.serving(
                    directory, Duration.ofMillis(300), "backends: {a: {urls: [%s]}}\n".formatted(backend.url()))) {
                CompletableFuture<HttpResponse<String>> inFlight =
                        jar.client().sendAsync(jar.request("/slow").build(), BodyHandlers.ofString());
                await().until(() -> !backend.requests().isEmpty());

                assertThat(jar.terminate().exitStatus()).isZero();

                await().until(inFlight::isDone);
                assertThat(inFlight.handle((answer, cut) -> answer == null ? 503 : answer.statusCode()))
                        .isCompletedWithValue(503); // never an empty 200
                assertThat(jar.err()).doesNotContain("\tat ");
            }
        } finally {
            never.countDown();
        }
    }

    @Test
    void aClientThatGoesAwayHarmsNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (RawBackend backend = RawBackend.waiting(release);
                Jar jar = Jar.serving(directory, "backends: {a: {urls: [%s]}}\n".formatted(backend.url()))) {
            for (int i = 0; i < 20; i++) {
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), jar.port())) {
                    client.getOutputStream()
                            .write("GET /left/%d HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .formatted(i)
                                    .getBytes(StandardCharsets.US_ASCII));
                    int asked = i + 1;
                    await().until(() -> backend.requests().size() >= asked);
                    client.setSoLinger(true, 0); // a reset, not a goodbye
                }
            }
            release.countDown();

            assertThat(jar.get("/stays").statusCode()).isEqualTo(200);
            assertThat(jar.terminate().exitStatus()).isZero();
            assertThat(jar.err()).doesNotContain("\tat ").doesNotContain("ERROR");
        }
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
