package dev.fanoutgateway.examples.standalone;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.signing.SignatureVerifier;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backends that check what the built jar signs, on exactly the bytes they get. */
class SigningIT {
    private static final String OLD = "an old secret of thirty-two bytes";
    private static final String NEW = "the new secret, which is as long!";

    @TempDir
    private Path directory;

    private RawBackend first;
    private RawBackend second;
    private Jar jar;

    private final SignatureVerifier verifier =
            new SignatureVerifier(Map.of("old", bytes(OLD)), Set.of("x-caller-id"), 60);
    private final SignatureVerifier next = new SignatureVerifier(Map.of("new", bytes(NEW)), Set.of("x-caller-id"), 60);

    @BeforeEach
    void start() throws Exception {
        first = RawBackend.healthy("first");
        second = RawBackend.healthy("second");
        Path secret = Files.writeString(directory.resolve("secret"), NEW + "\n");
        jar = Jar.serving(directory, """
                relay: {pass-caller: {id: X-Caller-Id}}
                backends:
                  both:
                    urls: [%s, %s]
                    health: {path: /health, every: 100ms}
                    sign:
                      keys: [{id: old, key: "%s"}, {id: new, key: "file:%s"}]
                      fields: [X-Caller-Id]
                routes: [{path: /**, backends: both, strategy: parallel, cache: off}]
                plans: {basic: {}}
                keys: [{id: alice, key: key-6b1f, plan: basic}]
                """.formatted(first.url(), second.url(), OLD, secret));
    }

    @AfterEach
    void stop() {
        jar.terminate();
        assertThat(jar.exitStatus()).isZero();
        first.close();
        second.close();
        assertThat(jar.err()).doesNotContain(OLD).doesNotContain(NEW);
    }

    @Test
    void whatTheGatewaySendsIsTakenOnceByEitherKey() throws Exception {
        assertThat(get("/api/a?b=it's")).isEqualTo(200);
        String request = asked("GET /api/a");
        assertThat(request).contains("X-Caller-Id: alice\r\n");
        assertThat(accepts(verifier, request, new byte[0])).isTrue();
        assertThat(accepts(verifier, request, new byte[0])).as("again").isFalse();
        assertThat(accepts(next, request, new byte[0])).isTrue();
    }

    @Test
    void whatSomebodyElseSendsIsNot() throws Exception {
        assertThat(get("/api/a")).isEqualTo(200);
        String request = asked("GET /api/a");
        assertThat(accepts(verifier, "GET /api/a HTTP/1.1\r\nHost: h\r\n\r\n", new byte[0]))
                .isFalse();
        for (String[] change : new String[][] {
            {"GET /api/a", "GET /api/b"},
            {"GET /api/a", "DELETE /api/a"},
            {"X-Caller-Id: alice", "X-Caller-Id: mallory"},
            {"Host: 127", "Host: 128"}
        }) {
            assertThat(accepts(verifier, request.replace(change[0], change[1]), new byte[0]))
                    .as(change[1])
                    .isFalse();
        }
    }

    @Test
    void eachAttemptIsItsOwn() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        for (RawBackend each : List.of(first, second)) {
            each.answer(request -> {
                if (request.startsWith("GET /api/both ")) {
                    asked.countDown();
                    asked.await(); // or the other one may be cut off before it is sent anything
                }
                return RawBackend.json(200, "{\"status\": true}");
            });
        }
        assertThat(get("/api/both")).isEqualTo(200);
        await().atMost(60, SECONDS).until(() -> all("GET /api/both").size() == 2);
        assertThat(all("GET /api/both").stream().map(request -> request.replaceAll("(?s).*nonce=\"([^\"]+)\".*", "$1")))
                .doesNotHaveDuplicates();
        assertThat(all("GET /api/both")).allMatch(request -> accepts(verifier, request, new byte[0]));
    }

    @Test
    void healthChecksAreSignedToo() {
        await().atMost(60, SECONDS).until(() -> !all("GET /health").isEmpty());
        assertThat(accepts(verifier, asked("GET /health"), new byte[0])).isTrue();
    }

    @Test
    void shortContentIsDigestedAndLongContentIsNot() throws Exception {
        String content = "x".repeat(1_000);
        assertThat(post("/api/short", content)).isEqualTo(200);
        assertThat(accepts(verifier, asked("POST /api/short"), bytes(content))).isTrue();
        String length = "y".repeat(200_000);
        assertThat(post("/api/long", length)).isEqualTo(200);
        assertThat(asked("POST /api/long")).doesNotContain("Content-Digest");
        assertThat(accepts(verifier, asked("POST /api/long"), bytes(length))).isFalse();
        assertThat(accepts(verifier, asked("POST /api/long"), null)).isTrue();
    }

    @Test
    void signaturesOfClientsAreNotPassedOn() throws Exception {
        int status = jar.get(
                        "/api/client",
                        "X-API-Key",
                        "key-6b1f",
                        "Signature",
                        "gateway=:AAAA:",
                        "Signature-Input",
                        "gateway=(\"@method\")",
                        "Content-Digest",
                        "sha-256=:AAAA:")
                .statusCode();
        assertThat(status).isEqualTo(200);
        assertThat(asked("GET /api/client")).doesNotContain("AAAA");
        assertThat(accepts(verifier, asked("GET /api/client"), new byte[0])).isTrue();
    }

    private int get(String target) throws Exception {
        return jar.get(target, "X-API-Key", "key-6b1f").statusCode();
    }

    private int post(String target, String content) throws Exception {
        return jar.send(jar.request(target, "X-API-Key", "key-6b1f").POST(BodyPublishers.ofString(content)))
                .statusCode();
    }

    private List<String> all(String beginning) {
        return Stream.concat(first.requests().stream(), second.requests().stream())
                .filter(request -> request.startsWith(beginning))
                .toList();
    }

    private String asked(String beginning) {
        return all(beginning).get(0);
    }

    private static boolean accepts(SignatureVerifier verifier, String request, byte @Nullable [] content) {
        String head = request.substring(0, request.indexOf("\r\n\r\n"));
        String[] lines = head.split("\r\n");
        String[] line = lines[0].split(" ");
        int mark = line[1].indexOf('?');
        return verifier.accepts(
                line[0],
                values(lines, "Host").get(0),
                mark < 0 ? line[1] : line[1].substring(0, mark),
                mark < 0 ? null : line[1].substring(mark + 1),
                name -> values(lines, name),
                content,
                System.currentTimeMillis() / 1_000);
    }

    private static List<String> values(String[] lines, String name) {
        return Stream.of(lines)
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip())
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
