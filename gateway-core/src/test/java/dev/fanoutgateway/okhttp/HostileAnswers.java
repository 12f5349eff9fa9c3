package dev.fanoutgateway.okhttp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a hostile or broken backend may send: the exact bytes, what the client gets, and what becomes of the connection. */
final class HostileAnswers {
    /** The connection serves the next request as well. */
    private static final boolean KEPT = true;

    private static final boolean DROPPED = false;
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String TWO = "Content-Length: 2\r\n\r\nok";
    private static final String FORGED = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

    private final List<Case> cases = new ArrayList<>();

    /**
     * One answer.
     *
     * @param method of the request that it follows
     * @param closes whether the backend closes the connection after it
     * @param gives status and content as passed on; null if the attempt is rejected
     */
    record Case(
            String name,
            String method,
            String bytes,
            boolean closes,
            @Nullable String gives,
            boolean kept) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> all() {
        HostileAnswers answers = new HostileAnswers();
        answers.splitting();
        answers.lengths();
        answers.statuses();
        answers.chunks();
        answers.surplus();
        answers.harmless();
        return answers.cases;
    }

    private void splitting() {
        rejected("CR in a value", OK + "X-A: b\rSet-Cookie: c\r\n" + TWO);
        rejected("LF in a value", OK + "X-A: b\nSet-Cookie: c\r\n" + TWO);
        rejected("CR LF in another's lines", "HTTP/1.1 200 OK\nX-A: b\r\nX-C: d\nContent-Length: 2\n\nok");
        rejected("NUL in a value", OK + "X-A: b\u0000c\r\n" + TWO);
        rejected("CR before CR LF", OK + "X-A: b\r\r\n" + TWO);
        rejected("CR in the reason", "HTTP/1.1 200 O\rK\r\n" + TWO);
        rejected("NUL in the reason", "HTTP/1.1 200 O\u0000K\r\n" + TWO);
        rejected("a folded field", OK + "X-A: b\r\n c\r\n" + TWO);
        rejected("a field folded with a tab", OK + "X-A: b\r\n\tc\r\n" + TWO);
        rejected("a folded length", OK + "Content-Length:\r\n 2\r\n\r\nok");
        rejected("a blank before the first field", OK + " X-A: b\r\n" + TWO);
        rejected("a blank before the colon", OK + "Content-Length : 2\r\n\r\nok");
        rejected("a blank in a name", OK + "X A: b\r\n" + TWO);
        rejected("an empty name", OK + ": b\r\n" + TWO);
        rejected("no colon", OK + "X-A\r\n" + TWO);
        rejected("a name that is no token", OK + "X-\u00e9: b\r\n" + TWO);
        rejected("NUL in a name", OK + "X\u0000: b\r\n" + TWO);
    }

    private void lengths() {
        rejected("two lengths", OK + "Content-Length: 3\r\n" + TWO);
        rejected("two lengths in a field", OK + "Content-Length: 2, 2\r\n\r\nok");
        rejected("length and chunks", OK + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        rejected("chunks and length", OK + "Transfer-Encoding: chunked\r\n" + TWO);
        rejected("a negative length", OK + "Content-Length: -2\r\n\r\nok");
        rejected("a length with a sign", OK + "Content-Length: +2\r\n\r\nok");
        rejected("a hexadecimal length", OK + "Content-Length: 0x2\r\n\r\nok");
        rejected("an empty length", OK + "Content-Length:\r\n\r\nok");
        rejected("a length beyond all bounds", OK + "Content-Length: 18446744073709551618\r\n\r\nok");
        rejected("a length with a form feed", OK + "Content-Length: \f2\r\n\r\nok");
        rejected("a list of codings", OK + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
        rejected("chunked twice", OK + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        rejected("an unknown coding", OK + "Transfer-Encoding: identity\r\n\r\nok");
        rejected("a quoted coding", OK + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n");
        rejected("a coding with a vertical tab", OK + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n");
        rejected("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        rejectedAtEnd("cut short", OK + "Content-Length: 3\r\n\r\nok");
        rejectedAtEnd("cut in the head", OK + "Content-Le");
        rejectedAtEnd("cut in the status", "HTTP/1.1 2");
    }

    private void statuses() {
        rejectedAtEnd("HTTP/0.9", "<p>ok</p>\r\n");
        rejected("a line before the status", "\r\n" + OK + TWO);
        rejected("another protocol", "ICY 200 OK\r\n" + TWO);
        rejected("another major version", "HTTP/2 200 OK\r\n" + TWO);
        rejected("another minor version", "HTTP/1.2 200 OK\r\n" + TWO);
        rejected("a lower-case protocol", "http/1.1 200 OK\r\n" + TWO);
        rejected("two blanks", "HTTP/1.1  200 OK\r\n" + TWO);
        rejected("two digits", "HTTP/1.1 20 OK\r\n" + TWO);
        rejected("four digits", "HTTP/1.1 2000 OK\r\n" + TWO);
        rejected("a status of letters", "HTTP/1.1 abc OK\r\n" + TWO);
        rejected("a negative status", "HTTP/1.1 -20 OK\r\n" + TWO);
        rejected("a status of 000", "HTTP/1.1 000 OK\r\n" + TWO);
        rejected("a status of 600", "HTTP/1.1 600 OK\r\n" + TWO);
        rejected("a change of protocol", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
        rejected("endless interim answers", "HTTP/1.1 103 Early\r\n\r\n".repeat(65) + OK + TWO);
        rejected("interim content", "HTTP/1.1 102 P\r\nContent-Length: 2\r\n\r\nok" + OK + TWO);
        rejected("interim chunks", "HTTP/1.1 102 P\r\nTransfer-Encoding: chunked\r\n\r\n" + OK + TWO);
        rejected("too many fields", OK + "X: y\r\n".repeat(256) + TWO);
        rejected("too long a field", OK + "X: " + "y".repeat(33_000) + "\r\n" + TWO);
        rejected("too long a head", OK + ("X: " + "y".repeat(1_000) + "\r\n").repeat(70) + TWO);
        rejected("a head in interim ones", ("HTTP/1.1 103 E\r\nX: " + "y".repeat(2_000) + "\r\n\r\n").repeat(40));
        rejected("a status line without end", "HTTP/1.1 200 " + "O".repeat(70_000));
    }

    private void chunks() {
        rejected("no size", CHUNKED + "\r\nok\r\n0\r\n\r\n");
        rejected("a negative size", CHUNKED + "-2\r\nok\r\n0\r\n\r\n");
        rejected("a size with a prefix", CHUNKED + "0x2\r\nok\r\n0\r\n\r\n");
        rejected("a size beyond all bounds", CHUNKED + "ffffffffffffffff\r\nok\r\n0\r\n\r\n");
        rejected("a size that wraps around", CHUNKED + "10000000000000002\r\nok\r\n0\r\n\r\n");
        rejected("a size with text", CHUNKED + "2 x\r\nok\r\n0\r\n\r\n");
        rejected("more than the chunk", CHUNKED + "2\r\nokay\r\n0\r\n\r\n");
        rejected("LF after a size", CHUNKED + "2\nok\r\n0\r\n\r\n");
        rejected("LF after a chunk", CHUNKED + "2\r\nok\n0\r\n\r\n");
        rejected("CR in a size", CHUNKED + "2\rX\nok\r\n0\r\n\r\n");
        rejected("LF in an extension", CHUNKED + "2;a\nok\r\n0\r\n\r\n");
        rejected("an extension without end", CHUNKED + "2;" + "a".repeat(2_000) + "\r\nok\r\n0\r\n\r\n");
        rejected("extensions and no content", CHUNKED + ("1;" + "a".repeat(900) + "\r\no\r\n").repeat(30));
        rejected("CR in a trailer", CHUNKED + "2\r\nok\r\n0\r\nX: a\rb\r\n\r\n");
        rejected("a folded trailer", CHUNKED + "2\r\nok\r\n0\r\nX: a\r\n b\r\n\r\n");
        rejected("trailers without end", CHUNKED + "2\r\nok\r\n0\r\n" + "X: y\r\n".repeat(300));
        rejectedAtEnd("cut in a chunk", CHUNKED + "5\r\nok");
        rejectedAtEnd("cut after a chunk", CHUNKED + "2\r\nok\r\n");
        rejectedAtEnd("cut before the trailers' end", CHUNKED + "2\r\nok\r\n0\r\n");
    }

    private void surplus() {
        rejected("more than the length", OK + TWO + "ay");
        rejected("a forged answer after the length", OK + TWO + FORGED);
        rejected("a forged answer after the chunks", CHUNKED + "2\r\nok\r\n0\r\n\r\n" + FORGED);
        rejected("an empty line after the length", OK + TWO + "\r\n");
        rejected("content of no length", OK + "Content-Length: 0\r\n\r\nok");
        rejected("content of a 204", "HTTP/1.1 204 No Content\r\n\r\nok");
        rejected("stated content of a 204", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok");
        rejected("chunks of a 204", "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        rejected("content of a 304", "HTTP/1.1 304 Not Modified\r\n\r\nok");
        rejected("stated content of a 304", "HTTP/1.1 304 Not Modified\r\n" + TWO);
        rejected("a forged answer after a 304", "HTTP/1.1 304 Not Modified\r\n\r\n" + FORGED);
        add("content for HEAD", "HEAD", OK + TWO, false, "200 ", DROPPED);
        add("a forged answer after HEAD", "HEAD", OK + "Content-Length: 2\r\n\r\n" + FORGED, false, "200 ", DROPPED);
    }

    private void harmless() {
        passed("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "200 ok", KEPT);
        passed("no reason", "HTTP/1.1 200\r\n" + TWO, "200 ok", KEPT);
        passed("the same length twice", OK + "Content-Length: 2\r\n" + TWO, "200 ok", KEPT);
        passed("a length with noughts", OK + "Content-Length: 0000002\r\n\r\nok", "200 ok", KEPT);
        passed("a coding in capitals", OK + "TRANSFER-ENCODING: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", "200 ok", KEPT);
        passed("extensions", CHUNKED + "2;a=\"b\"\r\nok\r\n0 ;c\r\n\r\n", "200 ok", KEPT);
        passed("a padded size", CHUNKED + "0002  \r\nok\r\n0\r\n\r\n", "200 ok", KEPT);
        passed("trailers", CHUNKED + "2\r\nok\r\n0\r\nContent-Length: 9\r\n\r\n", "200 ok", KEPT);
        passed("a length in a 204", "HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "204 ", KEPT);
        passed("some interim answers", "HTTP/1.1 103 Early\r\nX: y\r\n\r\n".repeat(64) + OK + TWO, "200 ok", KEPT);
        passed("many fields", OK + "X: y\r\n".repeat(255) + TWO, "200 ok", KEPT);
        passed("one long field", OK + "X: " + "y".repeat(32_000) + "\r\n" + TWO, "200 ok", KEPT);
        passed("HTTP/1.0", "HTTP/1.0 200 OK\r\n" + TWO, "200 ok", DROPPED);
        passed("HTTP/1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + TWO, "200 ok", KEPT);
        passed("a close in a list", OK + "Connection: x, Close\r\n" + TWO, "200 ok", DROPPED);
        passed("a proxy's challenge", "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic\r\n" + TWO, "407 ok", KEPT);
        passed("a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n" + TWO, "302 ok", KEPT);
        passed("a permanent one", "HTTP/1.1 308 Moved\r\nLocation: /other\r\n" + TWO, "308 ok", KEPT);
        add("until the end", "GET", OK + "\r\nok", true, "200 ok", DROPPED);
        add("a length for HEAD", "HEAD", OK + "Content-Length: 9\r\n\r\n", false, "200 ", KEPT);
        add("chunks for HEAD", "HEAD", OK + "Transfer-Encoding: chunked\r\n\r\n", false, "200 ", KEPT);
    }

    private void rejected(String name, String bytes) {
        add(name, "GET", bytes, false, null, DROPPED);
    }

    private void rejectedAtEnd(String name, String bytes) {
        add(name, "GET", bytes, true, null, DROPPED);
    }

    private void passed(String name, String bytes, String gives, boolean kept) {
        add(name, "GET", bytes, false, gives, kept);
    }

    private void add(String name, String method, String bytes, boolean closes, @Nullable String gives, boolean kept) {
        cases.add(new Case(name, method, bytes, closes, gives, kept));
    }
}
