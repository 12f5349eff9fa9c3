package dev.fanoutgateway.examples.standalone;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client's connection that takes no answer but a well-formed one. Used by one thread. */
final class SoakConnection implements AutoCloseable {
    /** Longer than any request may take, on any machine. */
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final InputStream in;

    /** What is wrong with an answer, or that there is none. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super(what);
        }
    }

    /** @param whole false if the connection ended within the content, in a way that shows */
    record Reply(int status, Map<String, String> fields, byte[] content, boolean whole) {
        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }

        String field(String name) {
            return fields.getOrDefault(name, "");
        }

        boolean closes() {
            return !whole || field("connection").toLowerCase(Locale.ROOT).contains("close");
        }
    }

    SoakConnection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
    }

    /** @throws Malformed if something has come that nobody asked for */
    void send(byte[] bytes) throws IOException {
        if (in.available() > 0) {
            throw new Malformed("there is something beyond the answer");
        }
        socket.getOutputStream().write(bytes);
    }

    /** Goes on with what {@link #send} began. */
    void sendMore(byte[] bytes, int from, int to) throws IOException {
        socket.getOutputStream().write(bytes, from, to - from);
    }

    /** @param head whether HEAD was asked, to which no content comes */
    Reply receive(boolean head) throws IOException {
        String line = line("status line");
        if (!line.matches("HTTP/1\\.1 [2-5]\\d\\d( .*)?")) {
            throw new Malformed("a status line: " + line);
        }
        int status = Integer.parseInt(line.substring(9, 12));
        Map<String, String> fields = new TreeMap<>();
        for (String field = line("field"); !field.isEmpty(); field = line("field")) {
            int colon = field.indexOf(':');
            if (colon < 1 || !field.substring(0, colon).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw new Malformed("a field: " + field);
            }
            String name = field.substring(0, colon).toLowerCase(Locale.ROOT);
            String before = fields.put(name, field.substring(colon + 1).strip());
            if (before != null && (name.equals("content-length") || name.equals("transfer-encoding"))) {
                throw new Malformed(name + " twice");
            }
        }
        return content(status, fields, head);
    }

    private Reply content(int status, Map<String, String> fields, boolean head) throws IOException {
        String length = fields.get("content-length");
        String coding = fields.get("transfer-encoding");
        if (length != null && coding != null) {
            throw new Malformed("a length and a coding");
        }
        if (head || status == 204 || status == 304) {
            return new Reply(status, fields, new byte[0], true);
        }
        if (length == null && coding == null) {
            throw new Malformed("content without an end");
        }
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        boolean whole;
        try {
            whole = length == null ? chunks(content) : copy(content, Integer.parseInt(length));
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            if (e instanceof Malformed) {
                throw e;
            }
            whole = false; // reset
        }
        return new Reply(status, fields, content.toByteArray(), whole);
    }

    private boolean chunks(ByteArrayOutputStream to) throws IOException {
        while (true) {
            String size = line();
            if (size == null) {
                return false;
            }
            if (!size.matches("[0-9A-Fa-f]{1,7}")) {
                throw new Malformed("a chunk of length " + size);
            }
            int length = Integer.parseInt(size, 16);
            if (length == 0) {
                for (String trailer = line(); trailer == null || !trailer.isEmpty(); trailer = line()) {
                    if (trailer == null) {
                        return false;
                    }
                }
                return true;
            }
            if (!copy(to, length)) {
                return false;
            }
            String end = line();
            if (end == null) {
                return false;
            }
            if (!end.isEmpty()) {
                throw new Malformed("a chunk longer than it says");
            }
        }
    }

    private boolean copy(ByteArrayOutputStream to, int length) throws IOException {
        byte[] some = new byte[8192];
        int left = length;
        while (left > 0) {
            int n = in.read(some, 0, Math.min(some.length, left));
            if (n < 0) {
                return false;
            }
            to.write(some, 0, n);
            left -= n;
        }
        return true;
    }

    private String line(String expected) throws IOException {
        String line = line();
        if (line == null) {
            throw new Malformed("the connection ended in place of a " + expected);
        }
        return line;
    }

    private @org.jspecify.annotations.Nullable String line() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int next = in.read(); next >= 0; next = in.read()) {
            if (next == '\n') {
                if (text.length() == 0 || text.charAt(text.length() - 1) != '\r') {
                    throw new Malformed("a bare line feed after " + text);
                }
                return text.substring(0, text.length() - 1);
            }
            text.append((char) next);
        }
        return null;
    }

    /** Goes away, by a reset if {@code hard}. */
    void leave(boolean hard) throws IOException {
        if (hard) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
