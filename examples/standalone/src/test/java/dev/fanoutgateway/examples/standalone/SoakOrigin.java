package dev.fanoutgateway.examples.standalone;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A replica whose answers say what was asked, so that nobody can be given another's: {@code /c/} may be cached, and has
 * versions, {@code /s/} streams, {@code /hold/} waits, everything else is told back. One answer in fifty is 503.
 */
final class SoakOrigin implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final Map<String, AtomicInteger> versions;
    private final AtomicInteger held = new AtomicInteger();
    private volatile CountDownLatch release = new CountDownLatch(1);
    private volatile boolean fails = true;

    /** @param versions those of all replicas */
    SoakOrigin(Map<String, AtomicInteger> versions) throws IOException {
        this.versions = versions;
        run(this::accept);
    }

    static Map<String, AtomicInteger> versions() {
        return new ConcurrentHashMap<>();
    }

    int port() {
        return server.getLocalPort();
    }

    /** Whether one answer in fifty is 503. */
    void mayFail(boolean may) {
        fails = may;
    }

    /** How many requests wait for {@link #release}. */
    int held() {
        return held.get();
    }

    void release() {
        CountDownLatch opened = release;
        release = new CountDownLatch(1);
        opened.countDown();
    }

    /** What {@code target} streams. */
    static byte[] stream(String target) {
        byte[] content = new byte[Integer.parseInt(target.substring(target.lastIndexOf('/') + 1))];
        int state = target.hashCode();
        for (int i = 0; i < content.length; i++) {
            state = state * 1_103_515_245 + 12_345;
            content[i] = (byte) (state >> 16);
        }
        return content;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                run(() -> serve(connection));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            for (Request request = read(in); request != null; request = read(in)) {
                answer(request, out);
            }
        } catch (IOException | InterruptedException gone) {
            return;
        }
    }

    private void answer(Request request, OutputStream out) throws IOException, InterruptedException {
        String path = request.target;
        if (fails && !path.equals("/health") && ThreadLocalRandom.current().nextInt(50) == 0) {
            send(out, "503 Unavailable", "", "{}", request);
        } else if (path.startsWith("/c/")) {
            AtomicInteger version = versions.computeIfAbsent(path, name -> new AtomicInteger());
            int now = request.isSafe() ? version.get() : version.incrementAndGet();
            String etag = "\"v" + now + "\"";
            String fields = "Cache-Control: max-age=2\r\nETag: " + etag + "\r\n";
            boolean same = request.isSafe() && etag.equals(request.field("if-none-match"));
            send(
                    out,
                    same ? "304 Same" : "200 OK",
                    fields,
                    same ? "" : told(request, ", \"version\": " + now),
                    request);
        } else if (path.startsWith("/s/")) {
            stream(out, stream(path));
        } else {
            if (path.startsWith("/hold/")) {
                CountDownLatch latch = release;
                held.incrementAndGet();
                latch.await();
                held.decrementAndGet();
            }
            send(out, "200 OK", "Cache-Control: no-store\r\n", told(request, ""), request);
        }
    }

    private static String told(Request request, String more) {
        CRC32 sum = new CRC32();
        sum.update(request.content);
        return "{\"target\": \"%s\", \"method\": \"%s\", \"caller\": \"%s\", \"length\": %d, \"crc\": %d%s}"
                .formatted(
                        request.target,
                        request.method,
                        request.field("x-caller-id"),
                        request.content.length,
                        sum.getValue(),
                        more);
    }

    private static void send(OutputStream out, String status, String fields, String content, Request request)
            throws IOException {
        boolean bare = request.method.equals("HEAD") || status.startsWith("304");
        String length = status.startsWith("304") ? "" : "Content-Length: " + content.length() + "\r\n";
        String text = "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + fields + length + "\r\n"
                + (bare ? "" : content);
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void stream(OutputStream out, byte[] content) throws IOException {
        out.write("HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1));
        for (int at = 0; at < content.length; at += 10_000) {
            int length = Math.min(10_000, content.length - at);
            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(content, at, length);
            out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        String[] words = line.split(" ");
        Map<String, String> fields = new TreeMap<>();
        for (String field = line(in); field != null && !field.isEmpty(); field = line(in)) {
            int colon = field.indexOf(':');
            fields.put(
                    field.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    field.substring(colon + 1).strip());
        }
        return new Request(words[0], words[1], fields, content(in, fields));
    }

    private static byte[] content(InputStream in, Map<String, String> fields) throws IOException {
        if (!fields.containsKey("transfer-encoding")) {
            int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
            byte[] content = in.readNBytes(length);
            if (content.length < length) {
                throw new EOFException();
            }
            return content;
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int length = chunk(in); length > 0; length = chunk(in)) {
            content.write(in.readNBytes(length));
            line(in);
        }
        line(in);
        return content.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in);
        if (size == null) {
            throw new EOFException();
        }
        return Integer.parseInt(size, 16);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                return text.toString();
            }
            if (next != '\r') {
                text.append((char) next);
            }
        }
        return null;
    }

    private record Request(String method, String target, Map<String, String> fields, byte[] content) {
        boolean isSafe() {
            return method.equals("GET") || method.equals("HEAD");
        }

        String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "origin");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        release();
    }
}
