package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Failure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections as they are kept or not, in the clear and over TLS. */
class WatchedConnectionTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    private static final HeldCertificate HELD = new HeldCertificate.Builder()
            .addSubjectAlternativeName("127.0.0.1")
            .addSubjectAlternativeName("localhost")
            .build();
    private static final HandshakeCertificates SERVER =
            new HandshakeCertificates.Builder().heldCertificate(HELD).build();
    private static final HandshakeCertificates TRUST = new HandshakeCertificates.Builder()
            .addTrustedCertificate(HELD.certificate())
            .build();

    private static OkHttpBackendClient trusting() {
        return OkHttpBackendClient.builder()
                .from(new OkHttpClient.Builder()
                        .sslSocketFactory(TRUST.sslSocketFactory(), TRUST.trustManager())
                        .build())
                .build();
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void tlsServesManyRequestsOverOneConnection(Protocol protocol) throws Exception {
        try (MockWebServer server = new MockWebServer();
                OkHttpBackendClient client = trusting()) {
            server.useHttps(SERVER.sslSocketFactory());
            server.setProtocols(protocol == Protocol.HTTP_2 ? List.of(protocol, Protocol.HTTP_1_1) : List.of(protocol));
            server.start();
            String url = "https://127.0.0.1:" + server.getPort();
            for (int i = 0; i < 3; i++) {
                server.enqueue(new MockResponse.Builder().body("ok").build());
                assertThat(Calls.response(Calls.call(client, url, GatewayRequest.get("/x")))
                                .body()
                                .utf8())
                        .isEqualTo("ok");
                assertThat(server.takeRequest().getExchangeIndex()).isEqualTo(i);
            }
        }
    }

    @Test
    void overTlsAForgedAnswerIsNobodys() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket server = SERVER.sslContext().getServerSocketFactory().createServerSocket(0, 50, loopback());
                OkHttpBackendClient client = trusting()) {
            threads.execute(() -> serve(server, threads, connections));
            String url = "https://127.0.0.1:" + server.getLocalPort();
            Calls.assertFailed(Calls.call(client, url, GatewayRequest.get("/forged")), Failure.BROKEN, true);
            for (int i = 0; i < 3; i++) {
                GatewayResponse response = Calls.response(Calls.call(client, url, GatewayRequest.of("POST", "/x")));
                assertThat(response.body().utf8()).isEqualTo("ok");
            }
            assertThat(connections).hasValue(2);
        } finally {
            threads.shutdownNow();
        }
    }

    private static InetAddress loopback() {
        return InetAddress.getLoopbackAddress();
    }

    private static void serve(ServerSocket server, ExecutorService threads, AtomicInteger connections) {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                threads.execute(() -> converse(socket));
            }
        } catch (Exception e) {
            return; // closed
        }
    }

    private static void converse(Socket socket) {
        try (socket) {
            StringBuilder head = new StringBuilder();
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                head.append((char) c);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    String answer = head.indexOf("/forged") > 0 ? OK + FORGED : OK;
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    head.setLength(0);
                }
            }
        } catch (Exception e) {
            return; // the client has gone
        }
    }

    @Test
    void whatComesWhileNothingIsAskedCostsTheConnectionAndNoRequest() throws Exception {
        CountDownLatch speak = new CountDownLatch(1);
        CountDownLatch spoken = new CountDownLatch(1);
        try (RawServer server = new RawServer(peer -> {
                    peer.request();
                    peer.send(OK);
                    if (spoken.getCount() > 0) {
                        speak.await();
                        peer.send(FORGED);
                        spoken.countDown();
                    }
                    while (peer.request() != null) {
                        peer.send(OK);
                    }
                });
                OkHttpBackendClient client = OkHttpBackendClient.create()) {
            Calls.response(Calls.call(client, server.url(), GatewayRequest.get("/x")));
            speak.countDown();
            assertThat(spoken.await(20, TimeUnit.SECONDS)).isTrue();
            GatewayResponse next = Calls.response(Calls.call(client, server.url(), GatewayRequest.of("POST", "/x")));
            assertThat(next.body().utf8()).isEqualTo("ok");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void aStreamEndsWhereItSaysAndItsSurplusIsNobodys() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        try (RawServer server = new RawServer(peer -> {
                    while (peer.request() != null) {
                        peer.send(chunked + FORGED);
                    }
                });
                OkHttpBackendClient client = OkHttpBackendClient.create()) {
            for (int i = 0; i < 3; i++) {
                BackendRequest request = new BackendRequest(
                        Backend.of("group", server.url()),
                        GatewayRequest.get("/x"),
                        Calls.AMPLE.toNanos(),
                        1,
                        head -> true);
                Text text = new Text();
                Flow.Publisher<ByteBuffer> content =
                        Calls.response(Calls.call(client, request)).body().publisher();
                content.subscribe(text);
                assertThat(text.whole.get(20, TimeUnit.SECONDS)).isEqualTo("ok");
            }
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    /** Takes everything. */
    private static final class Text implements Flow.Subscriber<ByteBuffer> {
        final CompletableFuture<String> whole = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(ByteBuffer some) {
            text.append(StandardCharsets.ISO_8859_1.decode(some));
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            whole.complete(text.toString());
        }
    }
}
