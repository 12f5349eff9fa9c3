package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A closed loop of clients over loopback, each with one connection that is kept; cheap, since it shares the machine with
 * the server. Counts answers; any status but 200 is a failure.
 */
final class Load implements AutoCloseable {
    private final LongAdder answers = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean running = true;

    Load(int port, int connections) {
        byte[] request = ("GET /api/v1/prices/IBM HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\nAccept: */*\r\n"
                        + "X-API-Key: " + Variant.KEY + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < connections; i++) {
            Thread client = new Thread(() -> run(port, request), "load-" + i);
            client.setDaemon(true);
            client.start();
            clients.add(client);
        }
    }

    long answers() {
        return answers.sum();
    }

    long failures() {
        return failures.sum();
    }

    private void run(int port, byte[] request) {
        while (running) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(socket.getInputStream(), 8_192);
                OutputStream out = socket.getOutputStream();
                while (running) {
                    out.write(request);
                    (readAnswer(in) == 200 ? answers : failures).increment();
                }
            } catch (IOException e) {
                if (running) {
                    failures.increment();
                }
            }
        }
    }

    private static int readAnswer(InputStream in) throws IOException {
        String status = readLine(in);
        int length = 0;
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        in.skipNBytes(length);
        return Integer.parseInt(status.substring(9, 12));
    }

    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws InterruptedException {
        running = false;
        for (Thread client : clients) {
            client.join(2_000);
        }
    }
}
