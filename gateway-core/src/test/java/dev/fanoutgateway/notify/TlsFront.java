package dev.fanoutgateway.notify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** TLS before a plain SMTP server, from the first byte or by STARTTLS, with a fresh certificate for one name. */
final class TlsFront implements AutoCloseable {
    private static final String PASSWORD = "changeit";

    private final SSLContext context;
    private final boolean startTls;
    private final int behind;
    private final ServerSocket socket;

    /** @param alternative the certificate's subject alternative name, such as {@code dns:localhost} */
    TlsFront(Path folder, String alternative, boolean startTls, int behind) throws Exception {
        this.context = contextFor(keystore(folder, alternative));
        this.startTls = startTls;
        this.behind = behind;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Trusts this certificate only, and serves it. */
    SSLContext context() {
        return context;
    }

    int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                daemon(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), behind)) {
            if (startTls) {
                negotiate(client);
                readLine(server.getInputStream());
            }
            SSLSocket secure =
                    (SSLSocket) context.getSocketFactory().createSocket(client, null, client.getPort(), true);
            secure.setUseClientMode(false);
            secure.startHandshake();
            daemon(() -> copy(server, secure));
            copy(secure, server);
        } catch (IOException e) {
            // the client does not trust us
        }
    }

    private static void negotiate(Socket client) throws IOException {
        OutputStream out = client.getOutputStream();
        say(out, "220 ready");
        readLine(client.getInputStream());
        say(out, "250-localhost\r\n250 STARTTLS");
        readLine(client.getInputStream());
        say(out, "220 go ahead");
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Byte by byte: what follows the line belongs to TLS. */
    private static void readLine(InputStream in) throws IOException {
        int c;
        do {
            c = in.read();
        } while (c >= 0 && c != '\n');
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (IOException e) {
            // one of them went away
        }
    }

    private static KeyStore keystore(Path folder, String alternative) throws Exception {
        Path file = folder.resolve("front.p12");
        Files.deleteIfExists(file);
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "front",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=front",
                        "-ext",
                        "san=" + alternative,
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        String output = new BufferedReader(new InputStreamReader(keytool.getInputStream(), StandardCharsets.UTF_8))
                .lines()
                .reduce("", String::concat);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
        return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    }

    private static SSLContext contextFor(KeyStore store) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        try {
            trusted.load(null, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        trusted.setCertificateEntry("front", store.getCertificate("front"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "tls-front");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
