package dev.fanoutgateway.testing;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of HTTP/2 (RFC 9113) that sends exactly the fields that it is told, in their order, also those that no other client
 * would. One request for each connection: so an answer's first field is its status, by the static table or in full.
 */
public final class RawHttp2 implements AutoCloseable {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int GOAWAY = 7;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int ACK = 1;

    /** The names in the static table, from 1 on; others that are there are written in full. */
    private static final List<String> PSEUDO =
            List.of(":authority", ":method", "GET", ":path", "/index.html", ":scheme");

    /** The codes of HPACK for the digits: all below three have five bits, the others six (RFC 7541 appendix B). */
    private static final int FIVE_BITS = 5;

    private static final int THREE = 0x19;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** On a connection that nothing was sent on. */
    public RawHttp2(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** To a port of this machine, without TLS, by prior knowledge. */
    public static RawHttp2 to(int port) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        return new RawHttp2(socket);
    }

    /** A GET of {@code path}, http, with these fields after them: lines of {@code name: value}. */
    public static List<String> get(String path, String... more) {
        List<String> lines = new ArrayList<>(List.of(":method: GET", ":scheme: http", ":path: " + path));
        lines.addAll(List.of(more));
        return lines;
    }

    /** Sends a request without content; what it is answered: a status, or {@code reset}, {@code goaway} or {@code closed}. */
    public String answer(List<String> lines) throws IOException {
        try {
            out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            frame(SETTINGS, 0, 0, new byte[0]);
            frame(HEADERS, END_STREAM | END_HEADERS, 1, encoded(lines));
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                in.readInt();
                byte[] content = in.readNBytes(length);
                switch (type) {
                    case HEADERS -> {
                        return status(content);
                    }
                    case RESET -> {
                        return "reset";
                    }
                    case GOAWAY -> {
                        return "goaway";
                    }
                    case SETTINGS -> {
                        if ((flags & ACK) == 0) {
                            frame(SETTINGS, ACK, 0, new byte[0]);
                        }
                    }
                    case DATA -> throw new IOException("content without an answer");
                    default -> {}
                }
            }
        } catch (IOException e) {
            return "closed";
        }
    }

    private void frame(int type, int flags, int stream, byte[] content) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(content.length >> 16);
        frame.write(content.length >> 8);
        frame.write(content.length);
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(new byte[] {0, 0, 0, (byte) stream});
        frame.writeBytes(content);
        out.write(frame.toByteArray());
        out.flush();
    }

    /** Literals that nobody is to remember, without Huffman's code. Tomcat knows names that begin with a colon by number only. */
    private static byte[] encoded(List<String> lines) {
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

    private static String status(byte[] block) {
        int at = 0;
        while ((block[at] & 0xe0) == 0x20) { // the table's size, a number of one or more octets
            boolean more = (block[at++] & 0x1f) == 0x1f;
            while (more) {
                more = (block[at++] & 0x80) != 0;
            }
        }
        int first = block[at] & 0xff;
        if (first >= 0x88 && first <= 0x8e) {
            return List.of("200", "204", "206", "304", "400", "404", "500").get(first - 0x88);
        }
        boolean huffman = (block[at + 1] & 0x80) != 0;
        return huffman ? digits(block, at + 2) : new String(block, at + 2, 3, StandardCharsets.US_ASCII);
    }

    private static String digits(byte[] block, int from) {
        int bits = (block[from] & 0xff) << 16 | (block[from + 1] & 0xff) << 8 | (block[from + 2] & 0xff);
        StringBuilder digits = new StringBuilder();
        for (int left = 24; digits.length() < 3; ) {
            int five = bits >> (left - FIVE_BITS) & 31;
            int six = bits >> (left - FIVE_BITS - 1) & 63;
            digits.append(five < 3 ? five : six - THREE + 3);
            left -= five < 3 ? FIVE_BITS : FIVE_BITS + 1;
        }
        return digits.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
