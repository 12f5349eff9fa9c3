package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the jar asks, and what it tells them, by what the configuration says of replicas. */
class ReplicasIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CALLERS = 16;

    @TempDir
    Path directory;

    private RawBackend first;
    private RawBackend second;
    private RawBackend third;

    @BeforeEach
    void start() throws Exception {
        first = RawBackend.healthy("first");
        second = RawBackend.healthy("second");
        third = RawBackend.healthy("third");
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        third.close();
    }

    /** With one route for everything, and three replicas to fill in. */
    private Jar serving(String group, String route) throws IOException {
        String backends = group.formatted(first.url(), second.url(), third.url());
        return Jar.serving(directory, """
                backends:
                  all:
                %sroutes:
                  - path: /**
                    cache: off
                %s""".formatted(backends.indent(4), route.indent(4)));
    }

    @Test
    void theOwnZoneIsAskedWhileItIsWellAndAgainWhenItIs() throws Exception {
        try (Jar jar = serving("""
                urls: [{url: "%s", zone: eu-1}, {url: "%s", zone: eu-2}]
                zone: eu-2
                health: {path: /health, every: 100ms, jitter: 50%%, down-after: 2, up-after: 1}
                """, "strategy: failover")) {
            for (int i = 0; i < 20; i++) {
                assertThat(jar.get("/near").body()).contains("second");
            }
            assertThat(asked(first, "/near")).isZero();

            second.answer(request -> request.startsWith("GET /health")
                    ? RawBackend.json(503, "{}")
                    : RawBackend.json(200, "{\"from\": \"second, ill\"}"));
            await().atMost(LIMIT).until(() -> jar.get("/spilt").body().contains("first"));
            for (int i = 0; i < 20; i++) {
                assertThat(jar.get("/spilt").body()).contains("first");
            }

            second.answer(request -> RawBackend.json(200, "{\"from\": \"second\"}"));
            await().atMost(LIMIT).until(() -> jar.get("/back").body().contains("second"));
        }
    }

    @Test
    void weightsShareTheTurns() throws Exception {
        try (Jar jar = serving("""
                urls: [{url: "%s", weight: 3}, "%s"]
                selector: round-robin
                """, "strategy: single")) {
            for (int i = 0; i < 40; i++) {
                assertThat(jar.get("/x").statusCode()).isEqualTo(200);
            }
            assertThat(first.requests()).hasSize(30);
            assertThat(second.requests()).hasSize(10);
        }
    }

    @Test
    void aCallerStaysWithOneReplica() throws Exception {
        StringBuilder keys = new StringBuilder("plans: {basic: {}}\nkeys:\n");
        for (int i = 0; i < CALLERS; i++) {
            keys.append("  - {id: caller-%d, key: key-%d, plan: basic}\n".formatted(i, i));
        }
        try (Jar jar = Jar.serving(directory, """
                backends: {all: {urls: [%s, %s, %s], selector: consistent-hash, hash-by: caller}}
                routes: [{path: /**, strategy: single, cache: off}]
                %s""".formatted(first.url(), second.url(), third.url(), keys))) {
            Set<String> used = new HashSet<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                Set<String> answers = new HashSet<>();
                for (int i = 0; i < 10; i++) {
                    answers.add(
                            jar.get("/path/" + i, "X-API-Key", "key-" + caller).body());
                }
                assertThat(answers).as("caller %d", caller).hasSize(1);
                used.addAll(answers);
            }
            assertThat(used).as("not all at the same one").hasSizeGreaterThan(1);
        }
    }

    @Test
    void whoHasTheDataIsLearned() throws Exception {
        first.answer(request -> RawBackend.json(200, "{\"status\": false}"));
        try (Jar jar = serving("""
                urls: [%s, %s]
                selector: learned
                """, "strategy: failover\naccept: json:status")) {
            for (int i = 0; i < 100; i++) {
                assertThat(jar.get("/bonds/" + i).body()).contains("second");
            }
            assertThat(first.requests()).as("asked to learn, and then seldom").hasSizeBetween(1, 40);
        }
    }

    @Test
    void aReplicaThatFailsHalfTheTimeIsEjectedByItsShare() throws Exception {
        failEverySecond(first);
        try (Jar jar = serving("""
                urls: [%s, %s]
                eject: {after-failures: null, failure-share: 45%%, min-attempts: 10, window: 1h, for: 1h}
                """, "strategy: failover\nextra-load: 100%")) {
            for (int i = 0; i < 60; i++) {
                assertThat(jar.get("/x").statusCode()).isEqualTo(200);
            }
            assertThat(first.requests()).hasSizeBetween(10, 15);
            assertThat(jar.err()).contains("of 11 attempts failed");
        }
    }

    @Test
    void withoutAShareItIsAskedOn() throws Exception {
        failEverySecond(first);
        try (Jar jar = serving("urls: [%s, %s]", "strategy: failover\nextra-load: 100%")) {
            for (int i = 0; i < 60; i++) {
                assertThat(jar.get("/x").statusCode()).isEqualTo(200);
            }
            assertThat(first.requests()).hasSize(60);
        }
    }

    @Test
    void noMoreOfAGroupIsEjectedThanItSays() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        try (Jar jar = serving("""
                urls: [%s, %s]
                eject: {after-failures: 1, for: 1h, max-ejected: 0%%}
                """, "strategy: failover\nextra-load: 100%")) {
            for (int i = 0; i < 20; i++) {
                assertThat(jar.get("/x").body()).contains("second");
            }
            assertThat(first.requests()).hasSize(20);
        }
    }

    @Test
    void backendsSeeTheFieldsOfAttemptsByTheirNames() throws Exception {
        first.answer(request -> RawBackend.json(500, "{}"));
        try (Jar jar = Jar.serving(directory, """
                backends: {all: {urls: [%s, %s]}}
                routes:
                  - {path: /usual, strategy: failover, cache: off}
                  - {path: /own, strategy: failover, cache: off, timeout: 7s, attempt-fields: {timeout: X-Budget-Ms, number: X-Try}}
                  - {path: /half, strategy: failover, cache: off, attempt-fields: {number: off}}
                  - {path: /none, strategy: failover, cache: off, attempt-fields: off}
                """.formatted(first.url(), second.url()))) {
            for (String path : new String[] {"/usual", "/own", "/half", "/none"}) {
                HttpResponse<String> answer = jar.get(path, "X-Try", "99");
                assertThat(answer.body()).contains("second");
            }
        }
        assertThat(request(first, "/usual")).contains("X-Attempt: 1\r\n").containsPattern("X-Request-Timeout-Ms: \\d+");
        assertThat(request(second, "/usual")).contains("X-Attempt: 2\r\n", "X-Try: 99\r\n");
        assertThat(request(first, "/own"))
                .contains("X-Try: 1\r\n")
                .containsPattern("X-Budget-Ms: [1-6]?\\d{1,3}\r\n")
                .doesNotContain("X-Attempt", "X-Request-Timeout-Ms", "X-Try: 99");
        assertThat(request(second, "/own")).contains("X-Try: 2\r\n");
        assertThat(request(second, "/half")).contains("X-Request-Timeout-Ms").doesNotContain("X-Attempt");
        assertThat(request(second, "/none"))
                .doesNotContain("X-Attempt", "X-Request-Timeout-Ms")
                .contains("X-Try: 99");
    }

    @Test
    void aFileOfBackendsGivesZonesTooAndMayBeWrittenInPlace() throws Exception {
        Path file = directory.resolve("backends.yaml");
        Files.writeString(file, "- %s\n- {url: '%s', zone: eu-1}\n".formatted(first.url(), second.url()));
        try (Jar jar = serving("""
                file: {path: backends.yaml, every: 50ms}
                zone: eu-1
                """, "strategy: failover")) {
            assertThat(jar.get("/x").body()).contains("second");
            Files.writeString(file, "- %s\n- {url: '%s', zone: eu-1}\n".formatted(second.url(), third.url()));
            await().atMost(LIMIT).until(() -> jar.get("/x").body().contains("third"));
            Files.writeString(file, "");
            await().atMost(LIMIT).until(() -> jar.err().contains("the backend source of group 'all' failed"));
            assertThat(jar.get("/x").body()).contains("third");
        }
        assertThat(first.requests()).isEmpty();
    }

    @Test
    void whatIsWrongIsRefusedBeforeAnythingStarts() throws Exception {
        Files.writeString(directory.resolve("bad.yaml"), """
                backends:
                  all:
                    urls: [{url: "http://a:1", weight: 0, zone: eu-1}]
                    zone: eu-2
                    hash-by: moon
                    health: {path: /up, up-after: 0}
                    eject: {failure-share: 150%}
                routes:
                  - {path: /**, attempt-fields: {number: Host}}
                """);

        Jar jar = Jar.ended(directory, "--check", "bad.yaml");

        assertThat(jar.exitStatus()).isEqualTo(2);
        assertThat(jar.err().lines())
                .containsExactly(
                        "bad.yaml:3: backends.all.urls[0].weight: expected a weight of 1 to 1000, got 0",
                        "bad.yaml:4: backends.all.zone: expected one of its backends' zones eu-1, got 'eu-2'",
                        "bad.yaml:5: backends.all.hash-by: expected one of caller, path, got 'moon'",
                        "bad.yaml:6: backends.all.health.up-after: expected 1 to 1000 passed health checks in a row, got 0",
                        "bad.yaml:7: backends.all.eject.failure-share: expected a share of more than 0% up to 100%, got '150%'",
                        "bad.yaml:9: routes[0].attempt-fields.number: expected the name of a field of the message such as"
                                + " X-Attempt, or off, got 'Host'");
    }

    private static void failEverySecond(RawBackend backend) {
        AtomicInteger calls = new AtomicInteger();
        backend.answer(request -> calls.incrementAndGet() % 2 == 1
                ? RawBackend.json(500, "{}")
                : RawBackend.json(200, "{\"status\": true}"));
    }

    private static long asked(RawBackend backend, String path) {
        return backend.requests().stream()
                .filter(request -> request.startsWith("GET " + path + " "))
                .count();
    }

    private static String request(RawBackend backend, String path) {
        return backend.requests().stream()
                .filter(request -> request.startsWith("GET " + path + " "))
                .findFirst()
                .orElseThrow();
    }
}
