package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;
import static dev.fanoutgateway.servlet.AbuseCase.of;

import java.util.List;

/**
 * Where a request ends is said in two ways, or in none, or in a way that only some understand (RFC 9112 sections 2, 5, 6 and
 * 11).
 */
final class FramingAbuse {
    private static final boolean IN_UNDERTOW = "undertow".equals(System.getProperty("container"));
    private static final String POST = "POST CTX/open/a HTTP/1.1\r\nHost: a\r\n";
    private static final String GET = "GET CTX/open/a HTTP/1.1\r\nHost: a\r\n";
    private static final String HIDDEN = "GET CTX/open/hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String FIXED = "GET /open/hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";
    private static final String LAST = "0\r\n\r\n";

    static final List<AbuseCase> CASES = List.of(
            of("length and chunks, the length ends later", POST, CHUNKED, "Content-Length: 6\r\n\r\n", LAST, "X")
                    .seesContent("", "POST IN/open/a HTTP/1.1", "content-length: 0")
                    .unlessRefused()
                    .closed(),
            of("length and chunks, the chunks end later", POST, "Content-Length: 4\r\n", CHUNKED, "\r\n5c\r\n", HIDDEN)
                    .refused()
                    .closed(),
            of("length and chunks, both end at the same place", POST, "Content-Length: 5\r\n", CHUNKED, "\r\n", LAST)
                    .seesContent("", "POST IN/open/a HTTP/1.1", "content-length: 0")
                    .unlessRefused()
                    .closed(),
            te("space before the colon", "Transfer-Encoding : chunked"),
            te("tab before the colon", "Transfer-Encoding\t: chunked"),
            te("xchunked", "Transfer-Encoding: xchunked"),
            te("quoted", "Transfer-Encoding: \"chunked\""),
            te("a parameter", "Transfer-Encoding: chunked;q=1"),
            te("chunked twice", "Transfer-Encoding: chunked, chunked"),
            te("chunked on two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            te("chunked is not the last", "Transfer-Encoding: chunked, identity"),
            te("chunked and another line", "Transfer-Encoding: chunked\r\nTransfer-Encoding: x"),
            te("another line and chunked", "Transfer-Encoding: x\r\nTransfer-Encoding: chunked"),
            te("a coding that nobody knows before chunked", "Transfer-Encoding: foo, chunked"),
            te("compressed and chunked", "Transfer-Encoding: gzip, chunked"),
            te("identity", "Transfer-Encoding: identity"),
            te("empty", "Transfer-Encoding:"),
            te("only a comma", "Transfer-Encoding: ,"),
            te("a vertical tab", "Transfer-Encoding: \u000bchunked"),
            te("a form feed behind", "Transfer-Encoding: chunked\f"),
            te("a null", "Transfer-Encoding: chunked\0"),
            te("a letter that lower case turns to k", "Transfer-Encoding: chun\u00e2\u0084\u00aaed"),
            te("split by a bare CR", "Transfer-Encoding: chun\rked"),
            te("hidden behind a bare CR", "X: y\rTransfer-Encoding: chunked"),
            of("a folded Transfer-Encoding", POST, "Transfer-Encoding:\r\n chunked\r\n\r\n3\r\nabc\r\n", LAST)
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of(
                            "a Transfer-Encoding that is the rest of another field",
                            POST,
                            "X: y\r\n Transfer-Encoding: chunked\r\n\r\n",
                            HIDDEN)
                    .sees("POST IN/open/a HTTP/1.1", "content-length: 0", "x: y Transfer-Encoding: chunked")
                    .sees("GET IN/open/hidden HTTP/1.1")
                    .unlessRefused(),
            of("chunked in capitals", POST, "TRANSFER-ENCODING: CHUNKED\r\n\r\n3\r\nabc\r\n", LAST)
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .kept(),
            of(
                            "an underscore look-alike of chunked is content's business",
                            POST,
                            "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
                            LAST)
                    .seesContent(LAST, "POST IN/open/a HTTP/1.1", "content-length: 5")
                    .kept(),
            length("two that differ", "Content-Length: 5\r\nContent-Length: 6"),
            length("two in a list that differ", "Content-Length: 5, 6"),
            length("an empty member", "Content-Length: 5,"),
            length("a plus", "Content-Length: +5"),
            length("a minus", "Content-Length: -5"),
            length("minus nought", "Content-Length: -0"),
            length("hexadecimal", "Content-Length: 0x5"),
            length("a fraction", "Content-Length: 5.0"),
            length("an exponent", "Content-Length: 5e0"),
            length("a space within", "Content-Length: 1 5"),
            length("a letter behind", "Content-Length: 5a"),
            length("quoted", "Content-Length: \"5\""),
            length("empty", "Content-Length:"),
            length("more than a long", "Content-Length: 99999999999999999999"),
            IN_UNDERTOW // which takes the rest of a division by 2^64, answers 500 and goes on behind that
                    ? of("Content-Length: wrapped to five", POST, "Content-Length: 18446744073709551621\r\n\r\nabcde")
                            .refused()
                    : length("wrapped to five", "Content-Length: 18446744073709551621"),
            length("digits of another script", "Content-Length: \u00d9\u00a5"),
            length("space before the colon", "Content-Length : 5"),
            of("a folded Content-Length", POST, "Content-Length:\r\n 3\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            length("hidden behind a bare CR", "X: y\rContent-Length: 5"),
            length("a null", "Content-Length: 5\0"),
            of("the same length twice", POST, "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of("the same length twice in a list", POST, "Content-Length: 3, 3\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of("noughts before the length", POST, "Content-Length: 0000003\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of("a length of some gigabytes and nothing of it", POST, "Content-Length: 9999999999\r\n\r\n")
                    .refused(413)
                    .closed(),
            of("less content than the length says", POST, "Content-Length: 10\r\n\r\nabc")
                    .refused()
                    .alone(),
            of(
                            "content of a GET that looks like a request",
                            GET,
                            "Content-Length: " + FIXED.length() + "\r\n\r\n",
                            FIXED)
                    .sees("GET IN/open/a HTTP/1.1")
                    .kept(),
            of("no length: what follows is the next request", POST, "\r\n", HIDDEN)
                    .sees("POST IN/open/a HTTP/1.1", "content-length: 0")
                    .sees("GET IN/open/hidden HTTP/1.1")
                    .kept(),
            chunk("an empty size", "\r\nabc\r\n"),
            chunk("no hexadecimal number", "zz\r\nabc\r\n"),
            chunk("a minus", "-3\r\nabc\r\n"),
            chunk("a plus", "+3\r\nabc\r\n"),
            chunk("0x", "0x3\r\nabc\r\n"),
            chunk("more than a long", "10000000000000003\r\nabc\r\n"),
            chunk("more than an int", "100000003\r\nabc\r\n"),
            chunk("an underscore", "0_3\r\nabc\r\n"),
            chunk("a space before", " 3\r\nabc\r\n"),
            IN_UNDERTOW // which skips to the next LF
                    ? of("chunk size: more bytes than the size", POST, CHUNKED, "\r\n3\r\nabcd\r\n", LAST)
                            .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    : chunk("more bytes than the size", "3\r\nabcd\r\n"),
            IN_UNDERTOW
                    ? of("chunk size: a bare CR behind it", POST, CHUNKED, "\r\n3\rabc\r\nabc\r\n", LAST)
                            .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    : chunk("a bare CR behind it", "3\rabc\r\n"),
            chunk("no line end behind the content", "3\r\nabc0\r\n\r\n"),
            of("chunk extensions are not passed on", POST, CHUNKED, "\r\n3;a=b;c=\"d\"\r\nabc\r\n", LAST)
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .kept(),
            of("chunk sizes with noughts and capitals", POST, CHUNKED, "\r\n0000A\r\n0123456789\r\n", LAST)
                    .seesContent("0123456789", "POST IN/open/a HTTP/1.1", "content-length: 10")
                    .kept(),
            of(
                            "trailers are no fields of the request",
                            POST,
                            CHUNKED,
                            "\r\n3\r\nabc\r\n0\r\nX-Caller-Id: root\r\nHost: evil\r\n\r\n")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of("the last chunk never comes", POST, CHUNKED, "\r\n3\r\nabc\r\n")
                    .refused()
                    .alone(),
            of(
                            "chunked in HTTP/1.0",
                            "POST CTX/open/a HTTP/1.0\r\nHost: a\r\n",
                            CHUNKED,
                            "\r\n3\r\nabc\r\n",
                            LAST,
                            HIDDEN)
                    .refused()
                    .closed(),
            of("HTTP/1.0 without Host", "GET CTX/open/a HTTP/1.0\r\n\r\n")
                    .sees(
                            "GET IN/open/a HTTP/1.1",
                            "via: 1.0 edge",
                            "forwarded: for=127.0.0.1;proto=http",
                            "-x-forwarded-host")
                    .unlessRefused()
                    .closed(),
            of("HTTP/0.9", "GET CTX/open/a\r\n\r\n").refused().alone(),
            head("HTTP/1.2", "GET CTX/open/a HTTP/1.2", "Host: a")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("HTTP/2.0 by its line", "GET CTX/open/a HTTP/2.0", "Host: a").refused(),
            head("HTTP/3.0 by its line", "GET CTX/open/a HTTP/3.0", "Host: a")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("another protocol", "GET CTX/open/a ICAP/1.0", "Host: a")
                    .refused()
                    .closed(),
            head("http in small letters", "GET CTX/open/a http/1.1", "Host: a")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("two spaces in the request line", "GET  CTX/open/a HTTP/1.1", "Host: a")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("a tab in the request line", "GET\tCTX/open/a HTTP/1.1", "Host: a")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("a fourth word in the request line", "GET CTX/open/a x HTTP/1.1", "Host: a")
                    .refused(),
            head("a line before the request line", "X: y", "GET CTX/open/a HTTP/1.1", "Host: a")
                    .refused()
                    .closed(),
            of("empty lines before the request line", "\r\n\r\n", GET, "\r\n")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            head("a space before the first field", "GET CTX/open/a HTTP/1.1", " X: y", "Host: a")
                    .refused()
                    .closed(),
            head("a folded field", "GET CTX/open/a HTTP/1.1", "Host: a", "X: y", " z")
                    .sees("GET IN/open/a HTTP/1.1", "x: y z")
                    .unlessRefused(),
            head("a folded key", "GET CTX/own/a HTTP/1.1", "Host: a", "X-API-Key:", " " + AbusedGateway.KEY)
                    .sees("GET IN/own/a HTTP/1.1", "x-caller-id: demo", "x-caller-plan: basic")
                    .spends(1)
                    .unlessRefused(),
            head("space before a colon", "GET CTX/open/a HTTP/1.1", "Host: a", "X : y")
                    .refused()
                    .closed(),
            head("no colon", "GET CTX/open/a HTTP/1.1", "Host: a", "X")
                    .refused()
                    .closed(),
            head("no name", "GET CTX/open/a HTTP/1.1", "Host: a", ": y")
                    .refused()
                    .closed(),
            head("a space in a name", "GET CTX/open/a HTTP/1.1", "Host: a", "X y: z")
                    .refused()
                    .closed(),
            head("a null in a name", "GET CTX/open/a HTTP/1.1", "Host: a", "X\0: y")
                    .refused()
                    .closed(),
            head("a null in a value", "GET CTX/open/a HTTP/1.1", "Host: a", "X: y\0z")
                    .refused()
                    .closed(),
            head("a bare CR in a value", "GET CTX/open/a HTTP/1.1", "Host: a", "X: y\rX-Caller-Id: root")
                    .refused()
                    .closed(),
            head("a control character in a value", "GET CTX/open/a HTTP/1.1", "Host: a", "X: y\u0001z")
                    .refused(),
            head("DEL in a value", "GET CTX/open/a HTTP/1.1", "Host: a", "X: y\u007fz")
                    .refused(),
            of("lines that end in LF", "GET CTX/open/a HTTP/1.1\nHost: a\n\n")
                    .sees("GET IN/open/a HTTP/1.1")
                    .unlessRefused(),
            of("one line that ends in LF", "GET CTX/open/a HTTP/1.1\r\nHost: a\nX-Kept: 1\r\n\r\n")
                    .sees("GET IN/open/a HTTP/1.1", "x-kept: 1")
                    .unlessRefused(),
            of("a chunk that ends in LF", POST, CHUNKED, "\r\n3\nabc\n0\n\n")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3")
                    .unlessRefused(),
            of("a refused request with content", "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .refused(401),
            of(
                            "a refused request whose content looks like a request",
                            "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nContent-Length: ",
                            FIXED.length() + "\r\n\r\n",
                            FIXED)
                    .refused(401),
            of(
                            "a refused request with chunks that look like a request",
                            "POST CTX/own/a HTTP/1.1\r\nHost: a\r\n",
                            CHUNKED,
                            "\r\n" + Integer.toHexString(FIXED.length()) + "\r\n",
                            FIXED,
                            "\r\n",
                            LAST)
                    .refused(401),
            of(
                            "a malformed request with content",
                            "POST CTX/open/../a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .refused(),
            of("two good requests at once", GET, "\r\n", HIDDEN)
                    .sees("GET IN/open/a HTTP/1.1")
                    .sees("GET IN/open/hidden HTTP/1.1")
                    .kept(),
            of("a request of nobody before a good one", "GET CTX/own/a HTTP/1.1\r\nHost: a\r\n\r\n", HIDDEN)
                    .answers(401, 200)
                    .sees("GET IN/open/hidden HTTP/1.1")
                    .kept(),
            of("a good request before what is none", GET, "\r\n", "0\r\n\r\n")
                    .sees("GET IN/open/a HTTP/1.1")
                    .answers(IN_UNDERTOW ? new Integer[] {400} : new Integer[] {200, 400}) // it loses the first answer
                    .closed(),
            of("Connection: close with a request behind", GET, "Connection: close\r\n\r\n", HIDDEN)
                    .sees("GET IN/open/a HTTP/1.1")
                    .closed());

    private FramingAbuse() {}

    /** Content that ends elsewhere if this field means chunks; the rest would be a request of its own. */
    private static AbuseCase te(String name, String fields) {
        return of("Transfer-Encoding: " + name, POST, fields, "\r\n\r\n", LAST, HIDDEN)
                .refused()
                .closed();
    }

    private static AbuseCase length(String name, String fields) {
        return of("Content-Length: " + name, POST, fields, "\r\n\r\nabcde", HIDDEN)
                .refused()
                .closed();
    }

    private static AbuseCase chunk(String name, String chunk) {
        return of("chunk size: " + name, POST, CHUNKED, "\r\n", chunk, LAST, HIDDEN)
                .refused()
                .closed();
    }
}
