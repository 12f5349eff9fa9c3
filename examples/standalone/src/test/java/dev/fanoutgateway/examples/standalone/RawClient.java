package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client on a plain socket, which sends exact bytes and leaves as it likes. */
final class RawClient implements AutoCloseable {
    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");

    private final Socket socket;

    RawClient(Jar jar) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), jar.port());
        socket.setSoTimeout(30_000);
    }

    /** Ways to go. */
    enum Leaving {
        CLOSE,
        RESET,
        HALF_CLOSE
    }

    static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    static String post(String target, String content) {
        return "POST " + target + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + content.length() + "\r\n\r\n" + content;
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** One response, head and content; what has come if the connection ends before. */
    String receive() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder response = new StringBuilder();
        int length = -1;
        while (length < 0 || response.length() < length) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            response.append((char) next);
            if (length < 0 && next == '\n' && response.toString().endsWith("\r\n\r\n")) {
                Matcher matcher = CONTENT_LENGTH.matcher(response);
                length = response.length() + (matcher.find() ? Integer.parseInt(matcher.group(1)) : 0);
            }
        }
        return response.toString();
    }

    /** As far as {@code end}; what has come if the connection ends before. */
    String receive(String end) throws IOException {
        StringBuilder received = new StringBuilder();
        for (int next = 0; next >= 0 && received.indexOf(end) < 0; ) {
            next = socket.getInputStream().read();
            if (next >= 0) {
                received.append((char) next);
            }
        }
        return received.toString();
    }

    /** Nothing comes within this time, no end either. */
    void staysOpenFor(Duration time) throws IOException {
        int before = socket.getSoTimeout();
        socket.setSoTimeout(Math.toIntExact(time.toMillis()));
        try {
            int next = socket.getInputStream().read();
            throw new AssertionError("expected nothing for " + time + ", got " + next);
        } catch (SocketTimeoutException nothing) {
            socket.setSoTimeout(before);
        }
    }

    void leave(Leaving how) throws IOException {
        switch (how) {
            case CLOSE -> socket.close();
            case RESET -> {
                socket.setSoLinger(true, 0);
                socket.close();
            }
            case HALF_CLOSE -> socket.shutdownOutput();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
