package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A backend that never answers, and sees when it is asked and when it is left. */
final class WatchfulBackend implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch left = new CountDownLatch(1);

    WatchfulBackend() throws IOException {
        Thread thread = new Thread(this::watch, "watchful-backend");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    void awaitAsked() throws InterruptedException {
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
    }

    void awaitLeft() throws InterruptedException {
        assertThat(left.await(20, TimeUnit.SECONDS)).isTrue();
    }

    private void watch() {
        try (Socket socket = server.accept()) {
            InputStream in = socket.getInputStream();
            in.read();
            asked.countDown();
            while (in.read() >= 0) {
                // the rest of the request, and then nothing until the other side closes
            }
        } catch (IOException e) {
            // a reset is a way to leave, too
        }
        left.countDown();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
