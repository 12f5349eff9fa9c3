package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line to a server that answers what the test says, also by TLS. */
@Timeout(60)
class JedisLineTest {
    private static final byte[][] CALL = {Script.ascii("digest"), Script.ascii(0)};
    private static final String HELLO = "*4\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:2\r\n";
    private static final String NUMBERS = "*3\r\n:1\r\n:-7\r\n:9007199254740992\r\n";

    static void assertRefused(String uri) {
        assertThatThrownBy(() -> open(uri))
                .isInstanceOf(IOException.class)
                .hasNoCause()
                .hasMessageNotContaining("geheim");
    }

    @Test
    void numbersAreReadAsTheyAre() throws Exception {
        try (Server server = new Server(ServerSocketFactory.getDefault(), NUMBERS);
                DirectLine line = open("redis://127.0.0.1:" + server.port())) {
            assertThat(line.evalsha(CALL)).containsExactly(1L, -7L, 9007199254740992L);
            assertThat(line.evalsha(CALL)).containsExactly(1L, -7L, 9007199254740992L);
        }
    }

    @Test
    void anErrorIsAnAnswer() throws Exception {
        try (Server server = new Server(ServerSocketFactory.getDefault(), "-NOSCRIPT none\r\n");
                DirectLine line = open("redis://127.0.0.1:" + server.port())) {
            assertThat(line.evalsha(CALL)).isNull();
        }
    }

    @Test
    void silenceIsATimeout() throws Exception {
        try (Server server = new Server(ServerSocketFactory.getDefault(), "*3\r\n:1\r\n");
                DirectLine line = open("redis://127.0.0.1:" + server.port())) {
            assertThatThrownBy(() -> line.evalsha(CALL)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?x\r\n",
                "*1\r\n$1\r\nx\r\n",
                "*x\r\n",
                "+OK\r\n",
                "HTTP/1.1 400\r\n\r\n",
                "*1\r\n*1\r\n:1\r\n"
            })
    void anythingElseIsAFailure(String nonsense) throws Exception {
        try (Server server = new Server(ServerSocketFactory.getDefault(), nonsense + "!");
                DirectLine line = open("redis://127.0.0.1:" + server.port())) {
            server.closesAfterItsAnswer = true;
            assertThatThrownBy(() -> line.evalsha(CALL)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tlsIsCheckedAsTheUriSays() throws Exception {
        HeldCertificate known = new HeldCertificate.Builder()
                .addSubjectAlternativeName("localhost")
                .build();
        HandshakeCertificates certificates = new HandshakeCertificates.Builder()
                .heldCertificate(known)
                .addTrustedCertificate(known.certificate())
                .build();
        SSLContext before = SSLContext.getDefault();
        try (Server server = new Server(certificates.sslContext().getServerSocketFactory(), NUMBERS)) {
            String localhost = "rediss://localhost:" + server.port();
            String other = "rediss://127.0.0.1:" + server.port();
            assertThatThrownBy(() -> open(localhost)).isInstanceOf(SSLException.class); // not trusted
            SSLContext.setDefault(certificates.sslContext());
            try (DirectLine line = open(localhost)) {
                assertThat(line.evalsha(CALL)).hasSize(3);
            }
            assertThatThrownBy(() -> open(other)).isInstanceOf(SSLException.class); // another's name
            try (DirectLine line = open(other + "?verifyPeer=CA")) {
                assertThat(line.evalsha(CALL)).hasSize(3);
            }
            assertThat(JedisLine.opener(RedisURI.create(other + "?verifyPeer=NONE"), MOMENT, MOMENT))
                    .isNull();
        } finally {
            SSLContext.setDefault(before);
        }
    }

    @Test
    void sentinelsAreLettuces() {
        assertThat(JedisLine.opener(RedisURI.create("redis-sentinel://localhost#m"), MOMENT, MOMENT))
                .isNull();
    }

    private static final Duration MOMENT = Duration.ofSeconds(1);

    private static DirectLine open(String uri) throws IOException {
        return Objects.requireNonNull(JedisLine.opener(RedisURI.create(uri), MOMENT, Duration.ofSeconds(10)))
                .open();
    }

    /** Lets everyone in, and answers every call the same. */
    private static final class Server implements AutoCloseable {
        volatile boolean closesAfterItsAnswer;
        private final ServerSocket socket;
        private final ExecutorService threads = Executors.newCachedThreadPool();
        private final byte[] answer;

        Server(ServerSocketFactory factory, String answer) throws IOException {
            this.socket = factory.createServerSocket(0, 50, InetAddress.getByName("localhost"));
            this.answer = answer.getBytes(StandardCharsets.US_ASCII);
            threads.execute(this::accept);
        }

        int port() {
            return socket.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket client = socket.accept();
                    threads.execute(() -> answer(client));
                }
            } catch (IOException closed) {
                // the test is over
            }
        }

        private void answer(Socket client) {
            byte[] question = new byte[4096];
            try (client;
                    InputStream in = client.getInputStream();
                    OutputStream out = client.getOutputStream()) {
                int length;
                while ((length = in.read(question)) > 0) {
                    String asked = new String(question, 0, length, StandardCharsets.US_ASCII);
                    boolean login = !asked.contains("EVALSHA");
                    out.write(login ? Script.ascii(asked.contains("HELLO") ? HELLO : "+OK\r\n") : answer);
                    out.flush();
                    if (closesAfterItsAnswer && !login) {
                        return;
                    }
                }
            } catch (IOException refused) {
                // the client's business
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
            threads.shutdownNow();
        }
    }
}
