package dev.fanoutgateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of HTTP/2 (RFC 9113), by hand, on a socket: whatever is asked for is sent, be it wrong. Used by one thread.
 * What is read is acknowledged where the protocol wants it; flow control is not kept, so nothing large may be asked for.
 */
public final class Http2Wire implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RESET = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int CONTINUATION = 9;

    public static final int END_STREAM = 1;
    public static final int END_HEADERS = 4;
    private static final int ACK = 1;

    /** The names in the static table, from 1 on; others that are there are written in full. */
    private static final List<String> PSEUDO =
            List.of(":authority", ":method", "GET", ":path", "/index.html", ":scheme");

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** One frame that has come. */
    public record Frame(int type, int flags, int stream, byte[] content) {
        /** Whether the stream ends with it. */
        public boolean isLast() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** The code of a reset, or of a farewell. */
        public int code() {
            return ByteBuffer.wrap(content).getInt(type == GOAWAY ? 4 : 0);
        }

        /** Of an answer's head. */
        public String status() {
            return RawHttp2.status(content);
        }
    }

    /** On a connection that nothing was sent on. */
    public Http2Wire(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** To a port of this machine, without TLS, by prior knowledge; its preface is sent. */
    public static Http2Wire to(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.setTcpNoDelay(true);
        return new Http2Wire(socket).preface();
    }

    /** What a connection begins with; the other side is to remember no fields, so that each answer can be read by itself. */
    public Http2Wire preface() throws IOException {
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return frame(SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0, 0});
    }

    /** A whole head: lines of {@code name: value}. */
    public Http2Wire head(int stream, boolean last, List<String> lines) throws IOException {
        return frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, encoded(lines));
    }

    /** A whole head of a request with content, and these fields after it. */
    public Http2Wire post(int stream, String path, String... more) throws IOException {
        List<String> lines = RawHttp2.get(path, more);
        lines.set(0, ":method: POST");
        return head(stream, false, lines);
    }

    public Http2Wire data(int stream, boolean last, String text) throws IOException {
        return frame(DATA, last ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public Http2Wire reset(int stream, int code) throws IOException {
        return frame(RESET, 0, stream, new byte[] {0, 0, 0, (byte) code});
    }

    /** Any frame. */
    public Http2Wire frame(int type, int flags, int stream, byte... content) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(9 + content.length);
        frame.put((byte) (content.length >> 16)).putShort((short) content.length);
        frame.put((byte) type).put((byte) flags).putInt(stream).put(content);
        out.write(frame.array());
        out.flush();
        return this;
    }

    /** The next frame of those that are about a stream, or say farewell; null at the end of the connection. */
    public @Nullable Frame read() throws IOException {
        while (true) {
            int first = in.read();
            if (first < 0) {
                return null;
            }
            int length = first << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            Frame frame = new Frame(type, flags, stream, in.readNBytes(length));
            if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
                acknowledge(type, frame);
            }
            if (type == DATA || type == HEADERS || type == RESET || type == GOAWAY) {
                return frame;
            }
        }
    }

    /** Who has closed the connection after what there is still to read needs none. */
    private void acknowledge(int type, Frame frame) {
        try {
            frame(type, ACK, 0, type == PING ? frame.content : new byte[0]);
        } catch (IOException closed) {
            return;
        }
    }

    /**
     * What a stream is answered: a status (of the final answer), {@code reset N}, {@code goaway N}, or {@code closed}. What
     * comes meanwhile for others is lost.
     */
    public String answer(int stream) throws IOException {
        String end = "closed";
        try {
            for (Frame frame = read(); frame != null; frame = read()) {
                if (frame.type == GOAWAY) {
                    end = "goaway " + frame.code();
                }
                if (frame.stream == stream && frame.type == RESET) {
                    return "reset " + frame.code();
                }
                if (frame.stream == stream
                        && frame.type == HEADERS
                        && !frame.status().startsWith("1")) {
                    return frame.status();
                }
            }
        } catch (SocketException e) {
            return end;
        }
        return end;
    }

    public Socket socket() {
        return socket;
    }

    /**
     * Literals that nobody is to remember, without Huffman's code. Tomcat knows names that begin with a colon by number only.
     */
    public static byte[] encoded(List<String> lines) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String line : lines) {
            int colon = line.indexOf(": ", 1);
            String name = line.substring(0, colon);
            int number = PSEUDO.indexOf(name) + 1;
            block.write(number);
            if (number == 0) {
                text(name, block);
            }
            text(line.substring(colon + 2), block);
        }
        return block.toByteArray();
    }

    private static void text(String text, ByteArrayOutputStream block) {
        int length = text.length();
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            for (length -= 127; length >= 128; length >>= 7) {
                block.write(length & 127 | 128);
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
