package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;
import static dev.fanoutgateway.servlet.AbuseCase.of;

import java.util.List;

/** Content that is too long, comes where none is expected, or is waited for before it may come. */
final class ContentAbuse {
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    static final List<AbuseCase> CASES = List.of(
            of(
                            "1 MiB and one octet by its length",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n")
                    .refused(413)
                    .closed(),
            of("content of a HEAD", "HEAD CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .sees("HEAD IN/open/a HTTP/1.1"),
            of("content of a DELETE", "DELETE CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .seesContent("abc", "DELETE IN/open/a HTTP/1.1", "content-length: 3")
                    .kept(),
            of("content of an OPTIONS", "OPTIONS CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .seesContent("abc", "OPTIONS IN/open/a HTTP/1.1", "content-length: 3")
                    .kept(),
            of("chunks of a GET", "GET CTX/open/a HTTP/1.1\r\nHost: a\r\n", CHUNKED, "3\r\nabc\r\n0\r\n\r\n")
                    .sees("GET IN/open/a HTTP/1.1")
                    .kept(),
            of("a length of nought", "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                    .sees("POST IN/open/a HTTP/1.1", "content-length: 0")
                    .kept(),
            of("no chunk but the last", "POST CTX/open/a HTTP/1.1\r\nHost: a\r\n", CHUNKED, "0\r\n\r\n")
                    .seesContent("", "POST IN/open/a HTTP/1.1", "content-length: 0")
                    .kept(),
            of(
                            "content that is waited for",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3"),
            of(
                            "content that is waited for of nobody",
                            "POST CTX/own/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
                    .refused(401)
                    .alone()
                    .tellsNot("100 Continue"),
            of(
                            "an unknown coding of content is passed on",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Encoding: x\r\nContent-Length: 3\r\n\r\nabc")
                    .seesContent("abc", "POST IN/open/a HTTP/1.1", "content-length: 3", "content-encoding: x"),
            of(
                            "octets of every kind",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n\0\r\n\u0080\u00ff\u007f")
                    .seesContent("\0\r\n\u0080\u00ff\u007f", "POST IN/open/a HTTP/1.1", "content-length: 6")
                    .kept(),
            of(
                            "a form is not read by the gateway",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n",
                            "Content-Length: 7\r\n\r\na=1&b=%")
                    .seesContent(
                            "a=1&b=%",
                            "POST IN/open/a HTTP/1.1",
                            "content-length: 7",
                            "content-type: application/x-www-form-urlencoded")
                    .kept(),
            of(
                            "a form of several parts that is none",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\n",
                            "Content-Length: 3\r\n\r\nabc")
                    .seesContent(
                            "abc", "POST IN/open/a HTTP/1.1", "content-length: 3", "content-type: multipart/form-data")
                    .kept(),
            head(
                            "a type with a charset that nobody knows",
                            "GET CTX/open/a HTTP/1.1",
                            "Host: a",
                            "Content-Type: text/plain;charset=x-none",
                            "Accept: */*;q=x")
                    .sees("GET IN/open/a HTTP/1.1", "content-type: text/plain;charset=x-none", "accept: */*;q=x")
                    .kept(),
            of("a refused method with content", "FOO CTX/open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                    .refused(501),
            of(
                            "a loop with content",
                            "POST CTX/open/a HTTP/1.1\r\nHost: a\r\nVia: 1.1 edge\r\nContent-Length: 3\r\n\r\nabc")
                    .refused(508));

    private ContentAbuse() {}
}
