package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the built jar believes of proxies before it, and what it does not. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
class TrustedProxiesIT {
    private static final String TRUSTED = "127.0.0.0/8, \"::1\", 10.0.0.0/8, \"fd00::/8\"";

    @TempDir
    static Path directory;

    private RawBackend backend;
    private Jar trusting;
    private Jar jar;

    @BeforeAll
    void start() throws IOException {
        backend = RawBackend.healthy("backend");
        trusting = started(TRUSTED, "127.0.0.1");
    }

    @BeforeEach
    void forget() {
        backend.requests().clear();
        jar = trusting;
    }

    @AfterEach
    void stopOwn() {
        if (jar != trusting) {
            jar.close();
        }
    }

    @AfterAll
    void stop() {
        trusting.close();
        backend.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "",
            value = {
                "X-Forwarded-For: 1.2.3.4 | 1.2.3.4, 127.0.0.1 | for=1.2.3.4",
                "X-Forwarded-For: 6.6.6.6, 1.2.3.4 | 1.2.3.4, 127.0.0.1 | for=1.2.3.4",
                "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.1 | 1.2.3.4, 10.0.0.1, 127.0.0.1 | for=1.2.3.4",
                "X-Forwarded-For: 10.0.0.9, 1.2.3.4, 10.0.0.1 | 1.2.3.4, 10.0.0.1, 127.0.0.1 | for=1.2.3.4",
                "X-Forwarded-For: 6.6.6.6, unknown | 127.0.0.1 | for=127.0.0.1",
                "X-Forwarded-For: 6.6.6.6, 0x7f.1 | 127.0.0.1 | for=127.0.0.1",
                "X-Forwarded-For: 2001:db8::1, fd00::1 | 2001:db8::1, fd00::1, 127.0.0.1 | for=\"[2001:db8::1]\"",
                "Forwarded: for=1.2.3.4;proto=https;host=api.example | 1.2.3.4, 127.0.0.1 | for=1.2.3.4;host=api.example;proto=https",
                "Forwarded: for=6.6.6.6, for=\"[2001:db8::1]:99\" | 2001:db8::1, 127.0.0.1 | for=\"[2001:db8::1]\"",
                "Forwarded: for=6.6.6.6, for=_hidden | 127.0.0.1 | for=127.0.0.1",
                "Forwarded: for=6.6.6.6, nonsense\" | 127.0.0.1 | for=127.0.0.1",
                "Forwarded: for=6.6.6.6+X-Forwarded-For: 1.2.3.4 | 127.0.0.1 | for=127.0.0.1",
            })
    void chainsAreReadFromTheirEnds(String fields, String hops, String forwarded) throws Exception {
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\n" + fields.replace("+", "\r\n") + "\r\n\r\n");

        assertThat(sent()).contains("x-forwarded-for: " + hops).anyMatch(line -> {
            String first = line.split(", ")[0];
            return first.startsWith("forwarded: " + forwarded);
        });
    }

    @Test
    void overIpv6TheyAreTheSame() throws Exception {
        assumeTrue(hasIpv6());
        jar = started(TRUSTED, "[::1]");

        HttpResponse<String> answer = jar.get("/open/a", "X-Forwarded-For", "6.6.6.6, 2001:db8::1");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(sent()).contains("x-forwarded-for: 2001:db8::1, 0:0:0:0:0:0:0:1".replace("0:0:0:0:0:0:0:1", peer()));
    }

    @Test
    void whoIsNotTrustedIsNotBelieved() throws Exception {
        jar = started("10.0.0.0/8", "127.0.0.1");

        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Port: 1\r\nForwarded: for=10.0.0.1\r\n\r\n");

        assertThat(sent())
                .contains("x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http")
                .noneMatch(line -> line.startsWith("x-forwarded-port") || line.contains("10.0.0.1"));
    }

    @Test
    void whichWayAClientCameIsBelieved() throws Exception {
        answer("GET /open/a HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
                + "X-Forwarded-Host: api.example\r\nX-Forwarded-Port: 8443\r\nX-Forwarded-Prefix: /x\r\n"
                + "X-Request-Id: abc-1\r\n\r\n");

        assertThat(sent())
                .contains(
                        "x-forwarded-proto: https",
                        "x-forwarded-host: api.example",
                        "x-forwarded-port: 8443",
                        "x-forwarded-prefix: /x",
                        "x-request-id: abc-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Remote-User: root",
                "X-Remote-User: root",
                "X-Forwarded-User: root",
                "X-Forwarded-Email: root@a",
                "X-Forwarded-Groups: admins",
                "X-Forwarded-Client-Cert: By=x",
                "X-Forwarded-Tls-Client-Cert: x",
                "X-Forwarded-Method: DELETE",
                "X-Forwarded-Uri: /admin",
                "X-Auth-Request-User: root",
                "Client-Cert: :a:",
                "Client-Cert-Chain: :a:",
                "X-Client-Cert: a",
                "SSL-Client-Verify: SUCCESS",
                "X-Original-URL: /admin",
                "X-Rewrite-URL: /admin",
                "X-Consumer-Id: root",
                "X-Real-IP: 6.6.6.6",
                "True-Client-IP: 6.6.6.6",
                "X-HTTP-Method-Override: DELETE",
                "X-HTTP-Method: DELETE",
                "X-Method-Override: DELETE",
                "X_Remote_User: root"
            })
    void whoItIsAndWhatItMeansIsNot(String field) throws Exception {
        String name = field.substring(0, field.indexOf(':')).toLowerCase(Locale.ROOT);

        for (String method : List.of("GET", "POST")) {
            backend.requests().clear();
            answer(method + " /open/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nX-Forwarded-For: 1.2.3.4\r\n" + field
                    + "\r\n\r\n");
            boolean override = name.contains("method") && !name.startsWith("x-forwarded");
            if (method.equals("GET") || !override) {
                assertThat(sent()).noneMatch(line -> line.startsWith(name + ':'));
            }
        }
    }

    @Test
    void whatTheHostKeepsIsPassedOnButNoOtherMethodWithAReadingOne() throws Exception {
        jar = started(TRUSTED, "127.0.0.1", "relay: {keep: [Remote-User, X-HTTP-Method-Override]}\n");
        String fields = "Remote-User: root\r\nX-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n";

        for (String method : List.of("GET", "HEAD", "OPTIONS")) {
            backend.requests().clear();
            answer(method + " /open/a HTTP/1.1\r\nHost: a\r\n" + fields);
            assertThat(sent())
                    .as(method)
                    .contains("remote-user: root")
                    .noneMatch(line -> line.startsWith("x-http-method-override"));
        }
        backend.requests().clear();
        answer("POST /open/a HTTP/1.1\r\nHost: a\r\n" + fields);
        assertThat(sent()).contains("remote-user: root", "x-http-method-override: DELETE");
    }

    @Test
    void failedKeysAreCountedForTheClientBehindThem() throws Exception {
        jar = started(TRUSTED, "127.0.0.1");

        List<Integer> guesses = guesses("6.6.6.6, 1.2.3.4", 60);
        assertThat(guesses).startsWith(401).contains(429);
        assertThat(guesses("7.7.7.7, 1.2.3.4", 1)).as("what it claims itself").containsExactly(429);
        assertThat(guesses("1.2.3.5", 1)).as("another client").containsExactly(401);
    }

    @Test
    void andForWhoeverConnectsWhereNobodyIsTrusted() throws Exception {
        jar = started("", "127.0.0.1");

        assertThat(guesses("1.2.3.4", 60)).contains(429);
        assertThat(guesses("1.2.3.5", 1)).containsExactly(429);
    }

    private List<Integer> guesses(String chain, int number) throws Exception {
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            statuses.add(jar.get("/own/a", "X-Forwarded-For", chain, "X-API-Key", "guess-" + chain.hashCode() + i)
                    .statusCode());
        }
        return statuses;
    }

    private Jar started(String trusted, String host, String... more) throws IOException {
        return Jar.servingAll(
                directory, "-Xmx256m", """
                server: {listen: "%s:0", trusted-proxies: [%s]}
                %sbackends: {all: {urls: ["%s"]}}
                routes:
                  - {path: /open/**, auth: none, cache: off}
                  - {path: /**, cache: off}
                plans: {basic: {routes: [/**]}}
                keys: [{id: demo, key: demo-key, plan: basic}]
                """.formatted(host, trusted, String.join("", more), backend.url()));
    }

    private void answer(String request) throws IOException {
        try (RawClient client = new RawClient(jar)) {
            assertThat(client.send(request).receive()).startsWith("HTTP/1.1 200");
        }
    }

    private List<String> sent() {
        assertThat(backend.requests()).hasSize(1);
        return Stream.of(backend.requests().element().split("\r\n\r\n")[0].split("\r\n"))
                .filter(line -> line.contains(": "))
                .map(line -> line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT)
                        + line.substring(line.indexOf(':')))
                .toList();
    }

    /** The last of the addresses, however it is written. */
    private String peer() {
        String hops = sent().stream()
                .filter(line -> line.startsWith("x-forwarded-for: "))
                .findFirst()
                .orElseThrow();
        String last = hops.substring(hops.lastIndexOf(' ') + 1);
        assertThat(last).isIn("::1", "0:0:0:0:0:0:0:1");
        return last;
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
