package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes to more backends than the one whose answer is given, through the jar: combined answers, shadows, comparisons. */
class BesideIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String KEY = "beside-key-4c2d";

    @TempDir
    Path directory;

    private RawBackend first;
    private RawBackend second;
    private RawBackend third;

    @BeforeEach
    void start() throws Exception {
        first = answering(200, "{\"price\": 1, \"at\": 10}");
        second = answering(200, "{\"price\": 1, \"at\": 20}");
        third = answering(200, "{\"price\": 1, \"at\": 30}");
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        third.close();
    }

    private static RawBackend answering(int status, String json) throws Exception {
        return new RawBackend(request -> RawBackend.json(status, json));
    }

    private Jar serving(String routes) throws Exception {
        return Jar.serving(directory, """
                backends:
                  all: {urls: [%s, %s, %s]}
                  two: {urls: [%1$s, %2$s]}
                  next: {urls: [%3$s]}
                %s
                plans: {basic: {}}
                keys: [{id: demo, key: beside-key-4c2d, plan: basic}]
                """.formatted(first.url(), second.url(), third.url(), routes));
    }

    @Test
    void theAnswersOfAllOrOfAQuorumBecomeOne() throws Exception {
        try (Jar jar = serving("""
                routes:
                  - {path: /array, backends: all, strategy: collect, combine: array, auth: none, cache: off}
                  - {path: /merge, backends: all, strategy: collect, combine: merge, quorum: all, auth: none, cache: off}
                  - {path: /majority, backends: all, strategy: collect, combine: majority, quorum: 2, auth: none, cache: off, on-failure: by-cause}
                """)) {
            assertThat(jar.get("/array").body())
                    .isEqualTo("[{\"price\":1,\"at\":10},{\"price\":1,\"at\":20},{\"price\":1,\"at\":30}]");
            assertThat(jar.get("/merge").body()).isEqualTo("{\"price\":1,\"at\":10}");

            first.answer(request -> RawBackend.json(200, "{\"price\": 2}"));
            second.answer(request -> RawBackend.json(200, "{\"price\": 2}"));
            third.answer(request -> RawBackend.json(500, "{}"));
            assertThat(jar.get("/majority").body()).isEqualTo("{\"price\": 2}");

            second.answer(request -> RawBackend.json(503, "{}"));
            HttpResponse<String> tooFew = jar.get("/majority");
            assertThat(tooFew.statusCode()).isEqualTo(502);
            assertThat(tooFew.body()).contains("\"reason\": \"too-few\"");
            assertThat(jar.terminate().exitStatus()).isZero();
        }
    }

    @Test
    void copiesOfRequestsGoToTheShadowWithoutKeysAndChangeNothing() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Jar jar = serving("""
                routes:
                  - path: /all/**
                    backends: two
                    cache: off
                    shadow: {backends: next, share: 100%, limit: 100/1s, unsafe-methods: true}
                  - path: /safe/**
                    backends: two
                    cache: off
                    shadow: {backends: next, share: 100%, limit: 100/1s}
                  - {path: /none/**, backends: two, cache: off, shadow: {backends: next, share: 0%}}
                """)) {
            assertThat(jar.get("/all/prices?api_key=" + KEY).body()).contains("\"price\": 1");
            awaitCopies(1);
            assertThat(third.received()).contains("GET /all/prices ").contains("X-Shadow: copy");

            third.answer(request -> RawBackend.json(500, "{\"price\": 9}"));
            assertThat(jar.send(jar.request("/all/orders", "X-API-Key", KEY).POST(BodyPublishers.ofString("buy")))
                            .body())
                    .contains("\"price\": 1");
            awaitCopies(2);
            assertThat(third.received()).contains("POST /all/orders ").endsWith("buy");

            third.answer(request -> {
                never.await(60, TimeUnit.SECONDS);
                return "";
            });
            assertThat(jar.send(jar.request("/safe/orders", "X-API-Key", KEY).POST(BodyPublishers.ofString("buy")))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(jar.get("/none/prices", "X-API-Key", KEY).statusCode()).isEqualTo(200);
            assertThat(jar.get("/safe/prices", "X-API-Key", KEY).body()).contains("\"price\": 1");
            awaitCopies(3);
            assertThat(third.received())
                    .contains("GET /safe/prices ")
                    .doesNotContain("POST /safe/orders ", "GET /none/prices ", KEY);
            assertThat(jar.terminate().exitStatus()).isZero();
        } finally {
            never.countDown();
        }
    }

    private void awaitCopies(int copies) {
        await().atMost(LIMIT).until(() -> third.requests().size() == copies);
    }

    @Test
    void replicasThatDriftApartAreTold() throws Exception {
        try (Jar jar = serving("""
                routes:
                  - path: /**
                    backends: all
                    strategy: failover
                    cache: off
                    divergence: {share: 100%, ignore: [/at], limit: 100/1s, confirm-after: 10ms}
                """)) {
            await().atMost(LIMIT).untilAsserted(() -> {
                assertThat(jar.get("/prices", "X-API-Key", KEY).statusCode()).isEqualTo(200);
                for (RawBackend replica : List.of(first, second, third)) {
                    assertThat(replica.received()).as(jar::err).contains("X-Shadow: comparison");
                }
            });

            third.answer(request -> RawBackend.json(200, "{\"price\": 7777, \"at\": 40}"));
            assertThat(jar.get("/prices", "X-API-Key", KEY).body()).contains("\"price\": 1");
            await().atMost(LIMIT).until(() -> jar.err().contains("answer differently at route /**"));

            assertThat(jar.err())
                    .contains("most agree, 2 of 3: " + first.url() + ", " + second.url())
                    .contains(third.url() + " differ at /price")
                    .as("neither a value, nor a key, nor what is ignored")
                    .doesNotContain("7777", KEY, "differ at /at");
            assertThat(jar.err().split("answer differently", -1))
                    .as("the answers that agreed are not told")
                    .hasSize(2);
            assertThat(second.requests())
                    .as("compared, and once more to be sure")
                    .hasSizeGreaterThanOrEqualTo(3);
            assertThat(jar.terminate().exitStatus()).isZero();
        }
    }
}
