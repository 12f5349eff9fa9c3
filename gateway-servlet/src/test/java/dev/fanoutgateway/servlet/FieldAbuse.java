package dev.fanoutgateway.servlet;

import static dev.fanoutgateway.servlet.AbuseCase.head;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Fields by which clients claim what they are not, take away what is ours, or ask for what is not done. */
final class FieldAbuse {
    private static final String LINE = "GET CTX/open/a HTTP/1.1";
    private static final String PASSED = "GET IN/open/a HTTP/1.1";
    private static final String TRACE = "12345678901234567890123456789012";

    static final List<AbuseCase> CASES = all();

    private FieldAbuse() {}

    private static List<AbuseCase> all() {
        List<AbuseCase> cases = new ArrayList<>();
        for (String field : List.of(
                "Forwarded: for=6.6.6.6;host=evil;proto=https",
                "Forwarded: for=\"_x\", for=\"[::1]\"",
                "X-Forwarded-For: 6.6.6.6",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: evil",
                "X-Forwarded-Port: 1",
                "X-Forwarded-Prefix: /admin",
                "X-Forwarded-User: root",
                "X-Real-IP: 6.6.6.6",
                "True-Client-IP: 6.6.6.6",
                "Client-IP: 6.6.6.6",
                "Proxy-Client-IP: 6.6.6.6",
                "WL-Proxy-Client-IP: 6.6.6.6",
                "HTTP_CLIENT_IP: 6.6.6.6",
                "HTTP_X_FORWARDED_FOR: 6.6.6.6",
                "X-Original-URL: /own/a",
                "X-Rewrite-URL: /own/a",
                "X-Remote-User: root",
                "X-Remote-Extra-Scopes: all",
                "X-WebAuth-Groups: admins",
                "Remote-User: root",
                "Remote-Groups: admins",
                "X-authentik-username: root",
                "OIDC-Claim-Sub: root",
                "OIDC_CLAIM_sub: root",
                "X-Amzn-Mtls-Clientcert: a",
                "X-ARR-ClientCert: a",
                "X-Auth-Request-Email: root@a",
                "X-Caller-Id: root",
                "x-caller-id: root",
                "X-Caller-Plan: gold",
                "X-User-Id: 0",
                "X-Internal-Token: theirs",
                "X_Internal_Token: theirs",
                "X_Caller_Id: root",
                "X-Caller_Id: root",
                "X_User_Id: 0",
                "X_Forwarded_For: 6.6.6.6",
                "X_Real_IP: 6.6.6.6",
                "X_API_Key: k",
                "X_Request_Id: 1",
                "Content_Length: 5",
                "Content_Type: text/html",
                "Max_Forwards: 1",
                "Proxy: http://evil",
                "X-HTTP-Method-Override: DELETE",
                "X-HTTP-Method: DELETE",
                "X-Method-Override: DELETE",
                "X-Request-Id: a b",
                "X-Request-Id: <script>",
                "X-Request-Id: " + "x".repeat(129),
                "traceparent: 00-T-0000000000000000-01",
                "traceparent: ff-T-1234567890123456-01",
                "traceparent: 00-T-1234567890123456-01-x",
                "traceparent: 00-T-1234567890123456",
                "traceparent: 00-" + "0".repeat(32) + "-1234567890123456-01",
                "tracestate: foo=1",
                "Keep-Alive: timeout=1",
                "Proxy-Connection: close",
                "Proxy-Authorization: Basic eDp5",
                "TE: trailers, deflate",
                "Trailer: X-Caller-Id",
                "HTTP2-Settings: AAMAAABkAAQAAP__",
                "X-Attempt: 99",
                "X-Request-Timeout-Ms: 1")) {
            String text = field.replace("-T-", "-" + TRACE + "-");
            cases.add(head("dropped: " + (field.length() > 60 ? field.substring(0, 60) : field), LINE, "Host: a", text)
                    .sees(PASSED)
                    .kept());
        }
        for (String named : List.of(
                "X-Internal-Token",
                "Via",
                "Host",
                "X-Forwarded-For",
                "Forwarded",
                "X-Request-Id",
                "traceparent",
                "X-Caller-Id")) {
            cases.add(head("Connection names our " + named, LINE, "Host: a", "Connection: " + named)
                    .sees(PASSED));
        }
        cases.addAll(connections());
        cases.addAll(demands());
        cases.addAll(sizes());
        return cases;
    }

    private static List<AbuseCase> connections() {
        return List.of(
                head("a nominated field is dropped", LINE, "Host: a", "Connection: X-Named", "X-Named: 1", "X-Kept: 2")
                        .sees(PASSED, "x-kept: 2"),
                head(
                                "nominated in another case and on two lines",
                                LINE,
                                "Host: a",
                                "Connection: x-one",
                                "Connection: keep-alive, X-TWO",
                                "X-One: 1",
                                "X-Two: 2")
                        .sees(PASSED),
                head("odd lists of nominations", LINE, "Host: a", "Connection: ,, X-One ,\t", "X-One: 1")
                        .sees(PASSED),
                head(
                                "a key that is nominated still counts",
                                "GET CTX/own/a HTTP/1.1",
                                "Host: a",
                                "Connection: X-API-Key",
                                "X-API-Key: " + AbusedGateway.KEY)
                        .sees("GET IN/own/a HTTP/1.1", "x-caller-id: demo", "x-caller-plan: basic")
                        .spends(1),
                head(
                                "Authorization that is nominated",
                                "GET CTX/own/a HTTP/1.1",
                                "Host: a",
                                "Connection: Authorization",
                                "Authorization: Bearer " + AbusedGateway.KEY)
                        .sees("GET IN/own/a HTTP/1.1", "x-caller-id: demo", "x-caller-plan: basic")
                        .spends(1),
                head("Connection: close, X-Named", LINE, "Host: a", "Connection: close, X-Named", "X-Named: 1")
                        .sees(PASSED),
                head("Upgrade that is not nominated", LINE, "Host: a", "Upgrade: h2c")
                        .sees(PASSED)
                        .unlessRefused(),
                head("a loop, and Connection names Via", LINE, "Host: a", "Connection: Via", "Via: 1.1 edge")
                        .refused(508),
                head("a kept Host, and Connection names it", "GET CTX/kept/a HTTP/1.1", "Host: a", "Connection: Host")
                        .sees("GET IN/kept/a HTTP/1.1", "host: a"),
                head(
                                "an upgrade to a web socket",
                                LINE,
                                "Host: a",
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                "Sec-WebSocket-Version: 13")
                        .sees(PASSED, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==", "sec-websocket-version: 13"),
                head(
                                "many nominations",
                                LINE,
                                "Host: a",
                                "Connection: " + String.join(", ", Collections.nCopies(500, "x-y")),
                                "X-Y: 1")
                        .sees(PASSED));
    }

    private static List<AbuseCase> demands() {
        return List.of(
                head("an id of the client's", LINE, "Host: a", "X-Request-Id: abc-1")
                        .sees(PASSED, "x-request-id: abc-1")
                        .tells("X-Request-Id: abc-1"),
                head("two ids", LINE, "Host: a", "X-Request-Id: a1", "X-Request-Id: a2")
                        .sees(PASSED),
                head(
                                "two traces",
                                LINE,
                                "Host: a",
                                "traceparent: 00-" + TRACE + "-1234567890123456-01",
                                "traceparent: 00-" + TRACE + "-1234567890123456-01")
                        .sees(PASSED)
                        .tellsNot(TRACE),
                head("a loop", LINE, "Host: a", "Via: 1.1 edge").refused(508),
                head("a loop with a comment and capitals", LINE, "Host: a", "Via: 1.0 x (edge), HTTP/1.1 EDGE (again)")
                        .refused(508),
                head("a loop on the second line", LINE, "Host: a", "Via: 1.0 x", "Via: 1.1 edge")
                        .refused(508),
                head("no loop but a comment", LINE, "Host: a", "Via: 1.0 x (1.1 edge)")
                        .sees(PASSED, "via: 1.0 x (1.1 edge)", "via: 1.1 edge"),
                head("a loop behind a comment without end", LINE, "Host: a", "Via: 1.0 x (, 1.1 edge")
                        .refused(508),
                head("a loop behind a comment and half of one", LINE, "Host: a", "Via: 1.0 x (y) (z, 1.1 edge")
                        .refused(508),
                head("a loop behind an escape in a comment", LINE, "Host: a", "Via: 1.0 x (y\\, 1.1 edge, 1.1 z")
                        .refused(508),
                head("a loop on the line after a comment without end", LINE, "Host: a", "Via: 1.0 x (", "Via: 1.1 edge")
                        .refused(508),
                head("a loop among a thousand parentheses", LINE, "Host: a", "Via: " + "(".repeat(1000) + ", 1.1 edge")
                        .refused(508),
                head("a comment without end", LINE, "Host: a", "Via: 1.0 x (y")
                        .sees(PASSED, "via: 1.0 x (y", "via: 1.1 edge"),
                head(
                                "trailers that the client takes",
                                LINE,
                                "Host: a",
                                "Connection: keep-alive, te",
                                "TE: deflate, Trailers")
                        .sees(PASSED, "te: trailers", "connection: Keep-Alive, TE"),
                head(
                                "trailers in an answer to be stored",
                                "GET CTX/cached/te HTTP/1.1",
                                "Host: a",
                                "Connection: TE",
                                "TE: trailers")
                        .sees(
                                "GET IN/cached/te HTTP/1.1",
                                "forwarded: for=127.0.0.1",
                                "-x-forwarded-host",
                                "-x-forwarded-proto")
                        .stores(1),
                head("trailers that are not of this connection", LINE, "Host: a", "TE: trailers")
                        .sees(PASSED),
                head("no trailers", LINE, "Host: a", "Connection: TE", "TE: deflate")
                        .sees(PASSED),
                head("no loop but a longer name", LINE, "Host: a", "Via: 1.1 edge2")
                        .sees(PASSED, "via: 1.1 edge2", "via: 1.1 edge"),
                head("OPTIONS that goes no further", "OPTIONS CTX/open/a HTTP/1.1", "Host: a", "Max-Forwards: 0")
                        .answers(204),
                head(
                                "OPTIONS that goes no further, without a key",
                                "OPTIONS CTX/own/a HTTP/1.1",
                                "Host: a",
                                "Max-Forwards: 0")
                        .refused(401),
                head("OPTIONS that goes further", "OPTIONS CTX/open/a HTTP/1.1", "Host: a", "Max-Forwards: 3")
                        .sees("OPTIONS IN/open/a HTTP/1.1", "max-forwards: 2"),
                head("OPTIONS with a negative number", "OPTIONS CTX/open/a HTTP/1.1", "Host: a", "Max-Forwards: -1")
                        .refused(400),
                head(
                                "OPTIONS with two numbers",
                                "OPTIONS CTX/open/a HTTP/1.1",
                                "Host: a",
                                "Max-Forwards: 1",
                                "Max-Forwards: 2")
                        .refused(400),
                head("Max-Forwards of a GET", LINE, "Host: a", "Max-Forwards: 0")
                        .sees(PASSED, "max-forwards: 0"),
                head("an expectation that nobody knows", LINE, "Host: a", "Expect: 200-ok")
                        .refused(417),
                head("two expectations", LINE, "Host: a", "Expect: 100-continue, x")
                        .refused(417),
                head("an expectation of a request without content", LINE, "Host: a", "Expect: 100-continue")
                        .sees(PASSED),
                head("two origins", LINE, "Host: a", "Origin: http://a", "Origin: http://b")
                        .sees(PASSED, "origin: http://a", "origin: http://b"),
                head("a field that nobody knows, with octets of no ASCII", LINE, "Host: a", "X-Kept: \u00c3\u00a9")
                        .sees(PASSED, "x-kept: \u00c3\u00a9")
                        .unlessRefused(),
                head(
                                "octets that are no UTF-8",
                                LINE,
                                "Host: a",
                                "X-Kept: caf\u00e9 \u00ff",
                                "X-Two: \u00c3\u00a9",
                                "X-Kept: \u0080y")
                        .sees(PASSED, "x-kept: caf\u00e9 \u00ff", "x-two: \u00c3\u00a9", "x-kept: \u0080y")
                        .unlessRefused(),
                head("octets like the marks that stand for octets", LINE, "Host: a", "X-Kept: \u00ef\u009e\u0080")
                        .sees(PASSED, "x-kept: \u00ef\u009e\u0080")
                        .unlessRefused(),
                head("an answer's octets that are no UTF-8", "GET CTX/open/odd-octets HTTP/1.1", "Host: a")
                        .sees("GET IN/open/odd-octets HTTP/1.1")
                        .tells("X-Odd: caf\u00e9 \u00ff\r")
                        .tells("X-Octets: \u00c3\u00a9\r")
                        .tells("X-Odd: \u0080\r"),
                head("an answer's field with octets of no ASCII", "GET CTX/open/octets HTTP/1.1", "Host: a")
                        .sees("GET IN/open/octets HTTP/1.1")
                        .tells("X-Octets: \u00c3\u00a9\r"),
                head("an empty value", LINE, "Host: a", "X-Kept:").sees(PASSED, "x-kept: "),
                head("spaces around a value", LINE, "Host: a", "X-Kept: \t y \t ")
                        .sees(PASSED, "x-kept: y"),
                head("a name of all token characters", LINE, "Host: a", "!#$%&'*+-.^`|~0a: y")
                        .sees(PASSED, "!#$%&'*+-.^`|~0a: y")
                        .unlessRefused());
    }

    private static List<AbuseCase> sizes() {
        return List.of(
                head("a field of 5,000 characters", LINE, "Host: a", "X-Kept: " + "y".repeat(5000))
                        .sees(PASSED, "x-kept: " + "y".repeat(5000)),
                head("a field of 2 million characters", LINE, "Host: a", "X: " + "y".repeat(2_000_000))
                        .refused(),
                head(
                                "5,000 fields",
                                LINE,
                                "Host: a",
                                String.join("\r\n", Collections.nCopies(5000, "X-Kept: " + "y".repeat(200))))
                        .refused(),
                head("a name of 2 million characters", LINE, "Host: a", "y".repeat(2_000_000) + ": 1")
                        .refused(),
                head("a target of 5,000 characters", "GET CTX/open/" + "y".repeat(5000) + " HTTP/1.1", "Host: a")
                        .sees("GET IN/open/" + "y".repeat(5000) + " HTTP/1.1"),
                head(
                                "a target of 2 million characters",
                                "GET CTX/open/" + "y".repeat(2_000_000) + " HTTP/1.1",
                                "Host: a")
                        .refused(),
                head(
                                "a query of 2 million characters",
                                "GET CTX/open/a?" + "y".repeat(2_000_000) + " HTTP/1.1",
                                "Host: a")
                        .refused(),
                head("a path of 1,500 segments", "GET CTX/open" + "/a".repeat(1500) + " HTTP/1.1", "Host: a")
                        .sees("GET IN/open" + "/a".repeat(1500) + " HTTP/1.1"),
                head("a query of 1,000 parameters", "GET CTX/open/a?" + "a&".repeat(1000) + " HTTP/1.1", "Host: a")
                        .sees("GET IN/open/a?" + "a&".repeat(1000) + " HTTP/1.1"));
    }
}
