package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a steady rate, whatever becomes of them, every fifth a POST; a latency begins when a request was due. Keeps its
 * connections. A request that is not answered 200 is an error; none is made again.
 */
final class OpenLoop {
    private static final byte[] GET = ascii("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    private static final byte[] POST = ascii("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nsome");
    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;
    private final int rate;
    private final Duration time;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
    private final Queue<Result> results = new ConcurrentLinkedQueue<>();

    OpenLoop(int port, int rate, Duration time) {
        this.port = port;
        this.rate = rate;
        this.time = time;
    }

    private record Result(String method, long nanos, boolean failed) {}

    private record Connection(Socket socket, InputStream in) {}

    /** @param nanos in ascending order */
    record Figures(int requests, long errors, long[] nanos) {
        double millis(double percent) {
            return nanos[Math.min(nanos.length - 1, (int) (nanos.length * percent / 100))] / 1e6;
        }
    }

    /** Returns when every request has ended. */
    void run() {
        ExecutorService threads = Executors.newCachedThreadPool();
        long start = System.nanoTime();
        long all = time.toMillis() * rate / 1_000;
        for (long i = 0; i < all; i++) {
            long due = start + i * 1_000_000_000 / rate;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            boolean post = i % 5 == 4;
            threads.execute(() -> one(post, due));
        }
        threads.shutdown();
        try {
            if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("requests without an end");
            }
            for (Connection connection : idle) {
                connection.socket.close();
            }
        } catch (InterruptedException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Figures figures(String method) {
        long[] nanos = results.stream()
                .filter(result -> result.method.equals(method))
                .mapToLong(Result::nanos)
                .sorted()
                .toArray();
        long errors = results.stream()
                .filter(result -> result.method.equals(method) && result.failed)
                .count();
        return new Figures(nanos.length, errors, nanos);
    }

    private void one(boolean post, long due) {
        boolean failed = true;
        try {
            Connection kept = idle.poll();
            Connection connection = kept == null ? connect() : kept;
            connection.socket.getOutputStream().write(post ? POST : GET);
            failed = answer(connection.in) != 200;
            idle.add(connection);
        } catch (IOException e) {
            System.err.println((post ? "POST: " : "GET: ") + e);
        }
        results.add(new Result(post ? "POST" : "GET", System.nanoTime() - due, failed));
    }

    private Connection connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return new Connection(socket, new BufferedInputStream(socket.getInputStream()));
    }

    private static int answer(InputStream in) throws IOException {
        String[] head = head(in).split("\r\n");
        int length = Arrays.stream(head)
                .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
                .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                .findFirst()
                .orElseThrow(() -> new IOException("an answer without a length"));
        in.skipNBytes(length);
        return Integer.parseInt(head[0].substring(9, 12));
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder(256);
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
