package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;
import static dev.fanoutgateway.servlet.AbuseCase.of;
import static dev.fanoutgateway.servlet.AbusedGateway.KEY;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one client does to be found in the next one's answer. The backend tells each request back: what a row plants must not
 * be told to who asks next. Every row has a path of its own.
 */
final class CacheAbuse {
    static final List<AbuseCase> CASES = all();

    private CacheAbuse() {}

    private static List<AbuseCase> all() {
        List<AbuseCase> cases = new ArrayList<>();
        List<String> planted = List.of(
                "X-Forwarded-Host: planted",
                "X-Forwarded-Proto: planted",
                "X-Forwarded-Prefix: /planted",
                "X-Original-URL: /planted",
                "X-HTTP-Method-Override: planted",
                "X-Host: planted",
                "Forwarded: host=planted",
                "Proxy: planted",
                "Connection: planted",
                "TE: planted",
                "X-Caller-Id: planted",
                "X_Forwarded_Host: planted");
        for (int i = 0; i < planted.size(); i++) {
            String path = "/cached/row" + i;
            cases.add(twice("planted by " + planted.get(i), path, planted.get(i), "X-None: 1")
                    .sees("GET IN" + path + " HTTP/1.1", shared("x-none: 1"))
                    .stores(1)
                    .tellsNot("planted"));
        }
        cases.addAll(keyed());
        cases.addAll(conditions());
        return cases;
    }

    private static List<AbuseCase> keyed() {
        return List.of(
                head(
                                "another Host is no other resource",
                                "GET CTX/cached/host HTTP/1.1",
                                "Host: planted",
                                "",
                                "GET CTX/cached/host HTTP/1.1",
                                "Host: a")
                        .answers(200, 200)
                        .sees("GET IN/cached/host HTTP/1.1", shared())
                        .stores(1)
                        .tellsNot("planted"),
                head(
                                "another query is another resource",
                                "GET CTX/cached/q?a HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/q?A HTTP/1.1",
                                "Host: a")
                        .sees("GET IN/cached/q?a HTTP/1.1", shared())
                        .sees("GET IN/cached/q?A HTTP/1.1", shared())
                        .stores(2),
                head(
                                "another writing is another resource",
                                "GET CTX/cached/%61b HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/ab HTTP/1.1",
                                "Host: a")
                        .sees("GET IN/cached/%61b HTTP/1.1", shared())
                        .sees("GET IN/cached/ab HTTP/1.1", shared())
                        .stores(2),
                head(
                                "a key in the query is none of the resource's",
                                "GET CTX/cached/key?api_key=one HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/key?api%5Fkey=two HTTP/1.1",
                                "Host: a")
                        .answers(200, 200)
                        .sees("GET IN/cached/key HTTP/1.1", shared())
                        .stores(1),
                head(
                                "what the answer varies by",
                                "GET CTX/cached/vary HTTP/1.1",
                                "Host: a",
                                "X-Kept: planted",
                                "",
                                "GET CTX/cached/vary HTTP/1.1",
                                "Host: a")
                        .sees("GET IN/cached/vary HTTP/1.1", shared("x-kept: planted"))
                        .sees("GET IN/cached/vary HTTP/1.1", shared())
                        .stores(2),
                of(
                                "a GET with content is none without",
                                "GET CTX/cached/content HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nplanted",
                                "GET CTX/cached/content HTTP/1.1\r\nHost: a\r\n\r\n")
                        .sees("GET IN/cached/content HTTP/1.1")
                        .sees("GET IN/cached/content HTTP/1.1", shared())
                        .stores(1)
                        .tellsNot("planted"),
                head(
                                "a private answer",
                                "GET CTX/cached/private HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/private HTTP/1.1",
                                "Host: a")
                        .sees("GET IN/cached/private HTTP/1.1", shared())
                        .sees("GET IN/cached/private HTTP/1.1", shared()),
                head(
                                "an answer to Authorization",
                                "GET CTX/cached/auth HTTP/1.1",
                                "Host: a",
                                "Authorization: Basic eDp5",
                                "",
                                "GET CTX/cached/auth HTTP/1.1",
                                "Host: a")
                        .sees("GET IN/cached/auth HTTP/1.1", shared("authorization: Basic eDp5"))
                        .sees("GET IN/cached/auth HTTP/1.1", shared())
                        .stores(1)
                        .tells("fwd=uri-miss"),
                head(
                                "one caller's answer is not another's",
                                "GET CTX/mine/a HTTP/1.1",
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "",
                                "GET CTX/mine/a HTTP/1.1",
                                "Host: a",
                                "X-API-Key: other-key-0123456789")
                        .sees("GET IN/mine/a HTTP/1.1", shared("x-caller-id: demo", "x-caller-plan: basic"))
                        .sees("GET IN/mine/a HTTP/1.1", shared("x-caller-id: other", "x-caller-plan: basic"))
                        .stores(2)
                        .spends(2),
                head(
                                "a stored answer is not for those without a key",
                                "GET CTX/mine/b HTTP/1.1",
                                "Host: a",
                                "X-API-Key: " + KEY,
                                "",
                                "GET CTX/mine/b HTTP/1.1",
                                "Host: a")
                        .answers(200, 401)
                        .sees("GET IN/mine/b HTTP/1.1", shared("x-caller-id: demo", "x-caller-plan: basic"))
                        .stores(1)
                        .spends(1),
                of(
                                "a POST is not stored for a GET",
                                "POST CTX/cached/post HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nplanted",
                                "GET CTX/cached/post HTTP/1.1\r\nHost: a\r\n\r\n")
                        .seesContent("planted", "POST IN/cached/post HTTP/1.1", "content-length: 7")
                        .sees("GET IN/cached/post HTTP/1.1", shared())
                        .stores(1));
    }

    private static List<AbuseCase> conditions() {
        return List.of(
                head("only if cached", "GET CTX/cached/only HTTP/1.1", "Host: a", "Cache-Control: only-if-cached")
                        .refused(504),
                head(
                                "conditions that are none",
                                "GET CTX/cached/odd HTTP/1.1",
                                "Host: a",
                                "If-None-Match: \"",
                                "If-Modified-Since: yesterday",
                                "If-Match: ,,",
                                "If-Range: \"")
                        .sees(
                                "GET IN/cached/odd HTTP/1.1",
                                "if-none-match: \"",
                                "if-modified-since: yesterday",
                                "if-match: ,,",
                                "if-range: \""),
                head("a range that is none", "GET CTX/cached/range HTTP/1.1", "Host: a", "Range: bytes=9-1,-,x")
                        .sees("GET IN/cached/range HTTP/1.1", shared("range: bytes=9-1,-,x"))
                        .stores(1),
                head(
                                "thousand ranges of what is stored",
                                "GET CTX/cached/ranges HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/ranges HTTP/1.1",
                                "Host: a",
                                "Range: bytes=" + "0-,".repeat(1000) + "0-")
                        .answers(200, 200)
                        .sees("GET IN/cached/ranges HTTP/1.1", shared())
                        .stores(1),
                head(
                                "one range of what is stored",
                                "GET CTX/cached/one HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/one HTTP/1.1",
                                "Host: a",
                                "Range: bytes=0-3")
                        .answers(200, 206)
                        .sees("GET IN/cached/one HTTP/1.1", shared())
                        .stores(1)
                        .tells("Content-Range: bytes 0-3/"),
                head(
                                "a range behind what is stored",
                                "GET CTX/cached/behind HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/behind HTTP/1.1",
                                "Host: a",
                                "Range: bytes=99999999999999999999-")
                        .answers(200, 416)
                        .sees("GET IN/cached/behind HTTP/1.1", shared())
                        .stores(1),
                head(
                                "a tag of what is stored, among a thousand",
                                "GET CTX/cached/tagged HTTP/1.1",
                                "Host: a",
                                "",
                                "GET CTX/cached/tagged HTTP/1.1",
                                "Host: a",
                                "If-None-Match: " + "\"x\", ".repeat(1000) + "W/\"1\"")
                        .answers(200, 304)
                        .sees("GET IN/cached/tagged HTTP/1.1", shared())
                        .stores(1));
    }

    private static AbuseCase twice(String name, String path, String field, String other) {
        return head(
                        name,
                        "GET CTX" + path + " HTTP/1.1",
                        "Host: a",
                        field,
                        other,
                        "",
                        "GET CTX" + path + " HTTP/1.1",
                        "Host: a")
                .answers(200, 200);
    }

    /** A shared answer's request tells nothing of the client that asked first. */
    private static String[] shared(String... more) {
        return Stream.concat(
                        Stream.of("forwarded: for=127.0.0.1", "-x-forwarded-proto", "-x-forwarded-host"),
                        Stream.of(more))
                .toArray(String[]::new);
    }
}
