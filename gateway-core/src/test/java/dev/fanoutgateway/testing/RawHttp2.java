package dev.fanoutgateway.testing;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A client of HTTP/2 (RFC 9113) that sends exactly the fields that it is told, in their order, also those that no other client
 * would. One request for each connection: so an answer's first field is its status, by the static table or in full.
 */
public final class RawHttp2 implements AutoCloseable {
    /** The codes of HPACK for the digits: all below three have five bits, the others six (RFC 7541 appendix B). */
    private static final int FIVE_BITS = 5;

    private static final int THREE = 0x19;

    private final Http2Wire wire;

    /** On a connection that nothing was sent on. */
    public RawHttp2(Socket socket) throws IOException {
        wire = new Http2Wire(socket);
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
            String answer = wire.preface().head(1, true, lines).answer(1);
            return answer.contains(" ") ? answer.substring(0, answer.indexOf(' ')) : answer;
        } catch (IOException e) {
            return "closed";
        }
    }

    static String status(byte[] block) {
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
        int bits = (block[from] & 0xff) << 16
                | (block[from + 1] & 0xff) << 8
                | (block.length > from + 2 ? block[from + 2] & 0xff : 0);
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
        wire.close();
    }
}
