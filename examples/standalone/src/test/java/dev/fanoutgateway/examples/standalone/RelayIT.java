package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built jar sends on of exact bytes, and what it answers to those that it does not send on. */
class RelayIT extends OneBackend {
    private static final String TRACE = "12345678901234567890123456789012";

    RelayIT() {
        super("drain: 30s", """
                relay:
                  via: edge
                  pass-caller: {id: X-Caller-Id, plan: X-Caller-Plan}
                  drop: [X-User-Id]
                backends: {all: {urls: ["%s"], headers: {X-Internal-Token: mine}}}
                routes:
                  - {path: /cached/**, auth: none}
                  - {path: /kept/**, auth: none, host: preserve}
                  - {path: /odd/**, auth: none, cache: off, allow-in-path: [encoded-slash, double-slash, parameters, encoded-percent]}
                  - {path: /dav/**, auth: none, cache: off, methods: [GET, PROPFIND]}
                  - {path: /open/**, auth: none, cache: off}
                  - {path: /**, cache: off}
                plans: {basic: {routes: [/**]}}
                keys: [{id: demo, key: demo-key, plan: basic}]
                """);
    }

    @Test
    void backendsAreToldOfTheClientAndTheGateway() throws IOException {
        String answer = answer("GET /open/a HTTP/1.1\r\nHost: api.example:8080\r\n\r\n");

        List<String> sent = sent();
        assertThat(sent)
                .contains(
                        "forwarded: for=127.0.0.1;host=\"api.example:8080\";proto=http",
                        "x-forwarded-for: 127.0.0.1",
                        "x-forwarded-proto: http",
                        "x-forwarded-host: api.example:8080",
                        "via: 1.1 edge",
                        "host: " + backend.url().substring("http://".length()));
        String id = value(sent, "x-request-id");
        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(answer).contains("X-Request-Id: " + id + "\r\n", "Via: 1.1 edge\r\n");
        assertThat(value(sent, "traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03");
        assertThat(jar.err()).contains(" id=" + id + ' ');
    }

    @Test
    void whatClientsClaimIsDropped() throws IOException {
        answer(
                "GET /open/a HTTP/1.1\r\nHost: a\r\n"
                        + "Forwarded: for=6.6.6.6\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
                        + "X-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 1\r\nX-Forwarded-Prefix: /x\r\nX-Real-IP: 6.6.6.6\r\n"
                        + "X-Forwarded-User: root\r\nX-Remote-User: root\r\nRemote-User: root\r\nX-Auth-Request-Email: root@a\r\n"
                        + "X-User-Id: 0\r\nX-Caller-Id: root\r\nX-Caller-Plan: gold\r\nX-Internal-Token: theirs\r\n"
                        + "X_Forwarded_For: 6.6.6.6\r\nX_Caller_Id: root\r\nX-Caller_Id: root\r\nX_Internal_Token: theirs\r\n"
                        + "X_User_Id: 0\r\nX_API_Key: k\r\nContent_Length: 5\r\nTransfer_Encoding: chunked\r\nX_Request_Id: 1\r\n"
                        + "Proxy: http://evil\r\nX-Original-URL: /admin\r\nX-Rewrite-URL: /admin\r\nX-HTTP-Method-Override: DELETE\r\n"
                        + "True-Client-IP: 6.6.6.6\r\nUpgrade: websocket\r\nConnection: Upgrade, X-Internal-Token, Via, Host,"
                        + " X-Forwarded-For, X-Request-Id, X-Named\r\nX-Named: 1\r\nTE: trailers\r\nX-Kept: 1\r\nx_own: 2\r\n\r\n");

        List<String> sent = sent();
        assertThat(sent).contains("x-kept: 1", "x_own: 2", "x-internal-token: mine", "via: 1.1 edge");
        assertThat(sent)
                .as("Host is nobody's to take away")
                .contains("x-forwarded-for: 127.0.0.1", "forwarded: for=127.0.0.1;host=a;proto=http");
        assertThat(sent.stream().map(line -> line.substring(0, line.indexOf(':'))))
                .containsExactlyInAnyOrder(
                        "x-kept",
                        "x-forwarded-host",
                        "x_own",
                        "forwarded",
                        "x-forwarded-for",
                        "x-forwarded-proto",
                        "via",
                        "x-request-id",
                        "traceparent",
                        "x-internal-token",
                        "x-attempt",
                        "x-request-timeout-ms",
                        "accept-encoding",
                        "user-agent",
                        "host",
                        "connection");
    }

    @Test
    void theCallerIsPassedOnAndTheKeyIsNot() throws IOException {
        answer("GET /own/a?api_key=demo-key HTTP/1.1\r\nHost: a\r\nX-Caller-Id: root\r\n\r\n");

        assertThat(sent()).contains("x-caller-id: demo", "x-caller-plan: basic");
        assertThat(backend.received()).doesNotContain("demo-key", "root");
    }

    @Test
    void whatIsStoredForAllIsAskedForInNobodysName() throws IOException {
        String first = answer("GET /cached/a HTTP/1.1\r\nHost: evil.example\r\n\r\n");
        String second = answer("GET /cached/a HTTP/1.1\r\nHost: good.example\r\nX-Request-Id: mine-7\r\n\r\n");

        assertThat(backend.requests()).hasSize(1);
        assertThat(backend.requests().peek()).doesNotContain("evil.example");
        assertThat(second).contains("X-Request-Id: mine-7\r\n", "Via: 1.1 edge\r\n", "hit");
        assertThat(first).doesNotContain("mine-7");
    }

    @Test
    void hostsThatAreKeptAreStoredForEach() throws IOException {
        answer("GET /kept/a HTTP/1.1\r\nHost: A.Example\r\n\r\n");
        answer("GET /kept/a HTTP/1.1\r\nHost: b.example\r\n\r\n");
        answer("GET /kept/a HTTP/1.1\r\nHost: a.example\r\n\r\n");

        assertThat(backend.requests()).hasSize(2);
        assertThat(sent()).contains("host: a.example", "x-forwarded-host: a.example");
    }

    @ParameterizedTest
    @CsvSource({
        "abc-123, true",
        "A._~+/=:@9, true",
        "'', false",
        "a b, false",
        "a\"b, false",
        "a;b, false",
        "<script>, false",
        "a\\tb, false"
    })
    void idsAreTakenOverIfTheyCanBeSome(String id, boolean taken) throws IOException {
        String text = id.replace("\\t", "\t");
        String answer = answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + text + "\r\n\r\n");

        String sent = value(sent(), "x-request-id");
        assertThat(sent.equals(text)).isEqualTo(taken);
        assertThat(answer).contains("X-Request-Id: " + sent + "\r\n");
    }

    @Test
    void idsHaveTheirLength() throws IOException {
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + "x".repeat(128) + "\r\n\r\n");
        assertThat(value(sent(), "x-request-id")).hasSize(128);
        forget();
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + "x".repeat(129) + "\r\n\r\n");
        assertThat(value(sent(), "x-request-id")).hasSize(32);
        forget();
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Request-Id: a1\r\nX-Request-Id: a2\r\n\r\n");
        assertThat(value(sent(), "x-request-id")).hasSize(32);
    }

    @Test
    void tracesAreJoined() throws IOException {
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nTraceParent: 00-" + TRACE + "-1234567890123456-01\r\n"
                + "tracestate: foo=1\r\nTraceState: bar=2 , \t baz=3\r\ntracestate:\r\n\r\n");

        assertThat(value(sent(), "traceparent"))
                .matches("00-" + TRACE + "-[0-9a-f]{16}-01")
                .doesNotContain("1234567890123456-01");
        assertThat(value(sent(), "tracestate")).isEqualTo("foo=1,bar=2,baz=3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "traceparent: 00-T-0000000000000000-01", "traceparent: ff-T-1234567890123456-01",
                "traceparent: 00-T-1234567890123456-01.", "trace-parent: 00-T-1234567890123456-01",
                "traceparent: 00-T-1234567890123456-01\r\ntraceparent: 00-T-1234567890123456-01"
            })
    void tracesThatAreNoneAreStartedAnew(String fields) throws IOException {
        answer("POST /open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\ntracestate: foo=1\r\n"
                + fields.replace("T", TRACE) + "\r\n\r\nx");

        assertThat(value(sent(), "traceparent"))
                .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-03")
                .doesNotContain(TRACE);
        assertThat(sent()).noneMatch(line -> line.startsWith("tracestate:"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TRACE /open/a HTTP/1.1 | | 405",
                "CONNECT a:80 HTTP/1.1 | | 400,404,405",
                "CONNECT /open/a HTTP/1.1 | | 400,405",
                "get /open/a HTTP/1.1 | | 400,501",
                "Get /open/a HTTP/1.1 | | 400,501",
                "PROPFIND /open/a HTTP/1.1 | | 501",
                "FOO /open/a HTTP/1.1 | | 501",
                "G(T /open/a HTTP/1.1 | | 400",
                "GET ftp://a/open/a HTTP/1.1 | | 400",
                "'GET /open/a HTTP/1.1\nX: a' | | 400",
                "GET /open/a HTTP/1.1 | 'X: a\nTransfer-Encoding: chunked' | 400",
                "GET /open/a HTTP/1.1 | Expect: 200-ok | 417",
                "GET /open/a HTTP/1.1 | Expect: 100-continue, x | 417",
                "GET /open/a HTTP/1.1 | Via: 1.0 x, 1.1 edge | 508",
                "GET /open/a HTTP/1.1 | Via: 1.1 EDGE (again) | 508",
                "GET /open/a HTTP/1.1 | Via: 1.0 a (x\\, 1.1 edge | 508",
                "OPTIONS /open/a HTTP/1.1 | Max-Forwards: 0 | 204",
                "OPTIONS /open/a HTTP/1.1 | Max-Forwards: -1 | 400",
                "OPTIONS /open/a HTTP/1.1 | Max-Forwards: x | 400",
                "OPTIONS /own/a HTTP/1.1 | Max-Forwards: 0 | 401",
                "GET /open/../open/a HTTP/1.1 | | 400",
                "GET /open/./a HTTP/1.1 | | 400",
                "GET /open/%2e%2e/own/a HTTP/1.1 | | 400",
                "GET /open/.%2E/own/a HTTP/1.1 | | 400",
                "GET /open/..;/own/a HTTP/1.1 | | 400",
                "GET /open/..;x=1/own/a HTTP/1.1 | | 400",
                "GET /open/a;x=1 HTTP/1.1 | | 400",
                "GET /open//a HTTP/1.1 | | 400",
                "GET //open/a HTTP/1.1 | | 400",
                "GET /open/a\\b HTTP/1.1 | | 400",
                "GET /open/..\\own/a HTTP/1.1 | | 400",
                "GET /open/%5c..%5cown/a HTTP/1.1 | | 400",
                "GET /open/a%2fb HTTP/1.1 | | 400",
                "GET /open/..%2fown/a HTTP/1.1 | | 400",
                "GET /open/a%00 HTTP/1.1 | | 400",
                "GET /open/%252e%252e/own HTTP/1.1 | | 400",
                "GET /open/%c0%ae%c0%ae/own HTTP/1.1 | | 400",
                "GET /open/%e0%80%ae HTTP/1.1 | | 400",
                "GET /open/%ff HTTP/1.1 | | 400",
                "GET /open/%zz HTTP/1.1 | | 400",
                "GET /open/% HTTP/1.1 | | 400",
                "GET /open/%u002e HTTP/1.1 | | 400",
                "GET /open/\u00e9 HTTP/1.1 | | 400",
                "GET /open/a#b HTTP/1.1 | | 400",
                "GET /open/a\u0001b HTTP/1.1 | | 400",
                "GET /open/a^b HTTP/1.1 | | 400",
                "GET /open/{a} HTTP/1.1 | | 400",
                "GET open/a HTTP/1.1 | | 400",
                "GET * HTTP/1.1 | | 400,404",
                "GET a:80 HTTP/1.1 | | 400",
                "GET /odd/..%2f..%2fown HTTP/1.1 | | 400",
                "GET /odd/..;/own HTTP/1.1 | | 400",
                "GET /odd/%252e%252e/own HTTP/1.1 | | 400",
                "GET /odd/%25252e HTTP/1.1 | | 400",
                "GET /odd/%2500 HTTP/1.1 | | 400",
                "GET /odd/a%5cb HTTP/1.1 | | 400",
                "GET /odd;x/a HTTP/1.1 | | 400,401",
                "GET /odd%2fa HTTP/1.1 | | 400,401",
                "GET //odd/a HTTP/1.1 | | 400,401",
                "GET /odd/a%2fb\\ HTTP/1.1 | | 400",
            })
    void isRefused(String line, String field, String statuses) throws IOException {
        String answer =
                answer(line + "\r\nHost: a\r\n" + (field == null ? "" : field + "\r\n") + "Connection: close\r\n\r\n");

        assertThat(List.of(statuses.split(","))).contains(answer.split(" ")[1]);
        assertThat(backend.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/open/a", "/open/a%20b", "/open/%C3%A9", "/open/a:b@c!$&()*+,=", "/open/...", "/open/.a",
                        "/open/a?b=//../;x",
                "/open/a?%2e%2e=%00%zz", "/open/", "/odd/a%2Fb", "/odd/a%2fb%2F", "/odd//a///b", "/odd/a;x=1/b;y",
                        "/odd/100%25",
                "/odd/a%3bx", "/odd/a%252Fb%2f;x//"
            })
    void isSentExactlyAsItCame(String target) throws IOException {
        answer("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(backend.requests()).singleElement().asString().startsWith("GET " + target + " HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html; charset=UTF-8",
                "Application/JSON;charset=utf-8",
                "text/plain",
                "text/xml ; Charset=\"UTF-8\""
            })
    void typesOfAnswersStayAsWritten(String type) throws Exception {
        backend.answer(request -> "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: 2\r\n\r\n{}");
        try {
            for (String path : List.of("/open/a", "/cached/" + type.hashCode(), "/cached/" + type.hashCode())) {
                assertThat(answer("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                        .contains("\r\nContent-Type: " + type + "\r\n");
            }
        } finally {
            backend.answer(request -> RawBackend.json(200, "{\"status\": true, \"backend\": \"backend\"}"));
        }
    }

    @Test
    void valuesAreSentLetterByLetter() throws IOException {
        answer("POST /open/a HTTP/1.1\r\nHost: a\r\nContent-Type: Application/JSON; charset=UTF-8\r\n"
                + "Cache-Control: No-Cache\r\nAccept-Encoding: GZIP\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(sent())
                .contains(
                        "content-type: Application/JSON; charset=UTF-8",
                        "cache-control: No-Cache",
                        "accept-encoding: GZIP");
    }

    @Test
    void methodsThatARouteNamesAreSentOn() throws IOException {
        answer("PROPFIND /dav/a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(backend.requests()).singleElement().asString().startsWith("PROPFIND /dav/a HTTP/1.1\r\n");
    }

    @Test
    void stopsAreCountedDown() throws IOException {
        answer("OPTIONS /open/a HTTP/1.1\r\nHost: a\r\nMax-Forwards: 3\r\nVia: 1.0 first\r\n\r\n");
        assertThat(sent()).contains("max-forwards: 2", "via: 1.0 first", "via: 1.1 edge");
    }

    private String answer(String request) throws IOException {
        try (RawClient client = new RawClient(jar)) {
            return client.send(request).receive();
        }
    }

    /** The fields of the first request that the backend got, names in lower case. */
    private List<String> sent() {
        List<String> fields = new ArrayList<>();
        String request = backend.requests().element();
        String head = request.substring(0, request.indexOf("\r\n\r\n"));
        for (String line : head.split("\r\n")) {
            int colon = line.indexOf(": ");
            if (colon > 0 && !line.contains(" HTTP/1.1")) {
                fields.add(line.substring(0, colon).toLowerCase(Locale.ROOT) + line.substring(colon));
            }
        }
        return fields;
    }

    private static String value(List<String> sent, String name) {
        List<String> values = sent.stream()
                .filter(line -> line.startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .toList();
        assertThat(values).hasSize(1);
        return values.get(0);
    }
}
