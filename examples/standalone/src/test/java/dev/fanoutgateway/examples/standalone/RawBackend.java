package dev.fanoutgateway.examples.standalone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A replica on a plain socket, which keeps every byte that it is sent. */
final class RawBackend implements AutoCloseable {
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final Pattern CHUNKED = Pattern.compile("(?im)^transfer-encoding: *chunked");

    private final ServerSocket server = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final AtomicInteger hanging = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();
    private volatile Answering answering;

    /**
     * Answers a request, its head and content as one text, with a response, as one text; empty for never. One that says
     * {@code Connection: close} ends the connection, whatever its length says.
     */
    interface Answering {
        String answer(String request) throws InterruptedException;
    }

    RawBackend(Answering answering) throws IOException {
        this.answering = answering;
        Thread acceptor = new Thread(this::accept, "backend");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** One that has everything, and says who it is. */
    static RawBackend healthy(String name) throws IOException {
        return new RawBackend(request -> json(200, "{\"status\": true, \"from\": \"" + name + "\"}"));
    }

    /** One that answers only once {@code release} is open. */
    static RawBackend waiting(CountDownLatch release) throws IOException {
        return new RawBackend(request -> {
            release.await();
            return json(200, "{\"status\": true, \"from\": \"waiting\"}");
        });
    }

    static String json(int status, String content) {
        return "HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\nContent-Length: " + content.length()
                + "\r\n\r\n" + content;
    }

    void answer(Answering other) {
        answering = other;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Every byte so far, each as one character. */
    String received() {
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    Queue<String> requests() {
        return requests;
    }

    /** How many requests were left without an answer so far. */
    int hanging() {
        return hanging.get();
    }

    /** How many of those the other side has cut off since. */
    int cut() {
        return cut.get();
    }

    private void accept() {
        while (true) {
            try {
                Socket connection = server.accept();
                connections.add(connection);
                Thread thread = new Thread(() -> serve(connection), "backend connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            for (String request = read(in); !request.isEmpty(); request = read(in)) {
                Answering asked = answering;
                requests.add(request); // who waits for it may set another answer now
                String answer = asked.answer(request);
                if (answer.isEmpty()) {
                    hanging.incrementAndGet();
                    awaitEnd(in);
                    return;
                }
                connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                connection.getOutputStream().flush();
                if (answer.contains("\r\nConnection: close\r\n")) {
                    return;
                }
            }
        } catch (IOException | InterruptedException gone) {
            // the gateway cut the attempt off
        }
    }

    private void awaitEnd(InputStream in) throws IOException {
        try {
            in.read();
        } finally {
            cut.incrementAndGet();
        }
    }

    private String read(InputStream in) throws IOException {
        StringBuilder request = new StringBuilder();
        int length = -1;
        while (length < 0 || request.length() < length) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            synchronized (received) {
                received.write(next);
            }
            request.append((char) next);
            if (length < 0 && request.toString().endsWith("\r\n\r\n")) {
                if (CHUNKED.matcher(request).find() && !request.toString().endsWith("\r\n0\r\n\r\n")) {
                    continue;
                }
                Matcher matcher = CONTENT_LENGTH.matcher(request);
                length = request.length() + (matcher.find() ? Integer.parseInt(matcher.group(1)) : 0);
            }
        }
        return request.toString();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : connections) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
