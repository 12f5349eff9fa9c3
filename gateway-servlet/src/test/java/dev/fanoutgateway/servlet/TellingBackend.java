package dev.fanoutgateway.servlet;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** A backend on a plain socket that keeps every request as it came, and tells it back in its answer. */
final class TellingBackend implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    TellingBackend() throws IOException {
        run(this::accept);
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Heads as they came, and contents without their chunks. */
    List<String> requests() {
        return requests;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.add(connection);
                run(() -> serve(connection));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "telling-backend");
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                String request = head + content(head.toLowerCase(Locale.ROOT), in);
                requests.add(request);
                String answer = head.startsWith("HEAD ") ? "" : request;
                String sent = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + wished(head) + "Content-Length: "
                        + request.length() + "\r\n\r\n" + answer;
                connection.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (IOException e) {
            // the gateway has closed it
        }
    }

    /** Fields of the answer that the path asks for. */
    private static String wished(String head) {
        String line = head.substring(0, head.indexOf('\r'));
        return (line.contains("/vary") ? "Vary: X-Kept\r\n" : "")
                + (line.contains("/private") ? "Cache-Control: private\r\n" : "")
                + (line.contains("/tagged") ? "ETag: \"1\"\r\n" : "")
                + (line.contains("/odd-octets")
                        ? "X-Odd: caf\u00e9 \u00ff\r\nX-Octets: \u00c3\u00a9\r\nX-Odd: \u0080\r\n"
                        : "")
                + (line.contains("/octets") ? "X-Octets: \u00c3\u00a9\r\n" : "");
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            head.append((char) octet);
            if (octet == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
                return head.toString();
            }
        }
        return "";
    }

    private static String content(String lowerHead, InputStream in) throws IOException {
        if (!lowerHead.contains("\r\ntransfer-encoding: chunked\r\n")) {
            int at = lowerHead.indexOf("\r\ncontent-length: ");
            return at < 0
                    ? ""
                    : octets(
                            in,
                            Integer.parseInt(lowerHead
                                    .substring(at + 18)
                                    .lines()
                                    .findFirst()
                                    .orElse("")));
        }
        StringBuilder content = new StringBuilder();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            content.append(octets(in, size));
            line(in);
        }
        line(in);
        return content.toString();
    }

    private static String octets(InputStream in, int number) throws IOException {
        byte[] octets = in.readNBytes(number);
        if (octets.length < number) {
            throw new EOFException("the gateway has broken off");
        }
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
            line.append((char) octet);
        }
        if (line.isEmpty()) {
            throw new EOFException("the gateway has broken off");
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
