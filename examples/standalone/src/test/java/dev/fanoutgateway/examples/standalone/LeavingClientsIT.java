package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.examples.standalone.RawClient.Leaving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that go away while they wait, through the jar: nobody works for them any longer, and nobody else notices. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LeavingClientsIT {
    /** A cut takes milliseconds; a machine that has much else to do may take longer. No limit of the gateway is as short. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path directory;

    private RawBackend first;
    private RawBackend second;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        first = new RawBackend(LeavingClientsIT::answer);
        second = new RawBackend(LeavingClientsIT::answer);
        jar = Jar.serving(directory, """
                backends: {both: {urls: [%s, %s]}, one: {urls: [%1$s]}}
                routes:
                  - {path: /both/**, methods: [GET, POST], backends: both, strategy: parallel, cache: off, auth: none}
                  - {path: /one/**, methods: [GET, POST], backends: one, cache: off, auth: none}
                  - {path: /shared/**, backends: one, auth: none}
                  - {path: /paid/**, backends: both, strategy: parallel, cache: off}
                plans: {small: {quota: {amount: 100, per: month}}}
                keys: [{id: payer, key: key-6b1f, plan: small}]
                """.formatted(first.url(), second.url()));
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
        jar.close();
    }

    /** A path that ends with "hang" is never answered, any other with itself. */
    private static String answer(String request) {
        String target = request.split(" ")[1];
        return target.endsWith("hang") ? "" : RawBackend.json(200, "{\"target\": \"" + target + "\"}");
    }

    /** Both replicas answer only once it is open. */
    private CountDownLatch held() {
        CountDownLatch release = new CountDownLatch(1);
        RawBackend.Answering held = request -> {
            release.await();
            return answer(request);
        };
        first.answer(held);
        second.answer(held);
        return release;
    }

    @ParameterizedTest
    @EnumSource
    void whenTheClientIsGoneEveryAttemptIsCut(Leaving how) throws Exception {
        try (RawClient client = new RawClient(jar).send(RawClient.get("/both/hang"))) {
            await().until(() -> first.hanging() == 1 && second.hanging() == 1);

            client.leave(how);

            await().atMost(SOON).until(() -> first.cut() == 1 && second.cut() == 1);
            if (how == Leaving.HALF_CLOSE) {
                assertThat(client.receive()).isEmpty();
            }
        }
        endsWith(1);
    }

    @ParameterizedTest
    @EnumSource
    void soItIsWithContent(Leaving how) throws Exception {
        try (RawClient client = new RawClient(jar).send(RawClient.post("/both/hang", "content"))) {
            await().until(() -> first.hanging() == 1);

            client.leave(how);

            await().atMost(SOON).until(() -> first.cut() == 1);
        }
        endsWith(1);
    }

    @Test
    void soItIsWithAConnectionThatHasServedOthersAndWithARequestBehind() throws Exception {
        try (RawClient client = new RawClient(jar)) {
            assertThat(client.send(RawClient.get("/one/before")).receive()).contains("/one/before");
            client.send(RawClient.get("/one/hang"));
            await().until(() -> first.hanging() == 1);
            client.send(RawClient.get("/one/behind"));

            client.leave(Leaving.HALF_CLOSE);

            await().atMost(SOON).until(() -> first.cut() == 1);
            assertThat(client.receive()).isEmpty();
        }
        endsWith(1);
        assertThat(first.received()).doesNotContain("/one/behind");
    }

    @Test
    void itCostsWhatARequestCostsOnce() throws Exception {
        long before = remaining();
        try (RawClient client = new RawClient(jar).send(RawClient.get("/paid/hang?api_key=key-6b1f"))) {
            await().until(() -> first.hanging() == 1 && second.hanging() == 1);
        }
        await().atMost(SOON).until(() -> first.cut() == 1 && second.cut() == 1);
        await().untilAsserted(() -> assertThat(abandoned()).isEqualTo(1));

        assertThat(remaining()).isEqualTo(before - 2);
        endsWith(1);
    }

    @Test
    void whoeverSharesAFlightIsAnsweredThoughTheOneWhoLaunchedItLeaves() throws Exception {
        CountDownLatch release = held();
        try (RawClient leader = new RawClient(jar).send(RawClient.get("/shared/a"));
                RawClient follower = new RawClient(jar)) {
            await().until(() -> first.requests().size() == 1);
            follower.send(RawClient.get("/shared/a"));

            leader.leave(Leaving.CLOSE);
            await().atMost(SOON).untilAsserted(() -> assertThat(abandoned()).isEqualTo(1));
            release.countDown();

            assertThat(follower.receive()).startsWith("HTTP/1.1 200").contains("/shared/a");
        }
        endsWith(1);
    }

    @Test
    void requestsBehindAWaitingOneAreAnsweredInTheirOrder() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300; i++) { // more than what is read ahead
            many.append(i % 3 == 0 ? RawClient.post("/both/" + i, "content " + i) : RawClient.get("/both/" + i));
        }
        CountDownLatch release = held();
        try (RawClient client = new RawClient(jar).send(RawClient.get("/both/waits"))) {
            await().until(() -> first.requests().size() == 1);
            client.send(many.toString());
            await().until(() -> second.requests().size() == 1);
            release.countDown();

            assertThat(client.receive()).contains("/both/waits");
            for (int i = 0; i < 300; i++) {
                assertThat(client.receive()).startsWith("HTTP/1.1 200").contains("\"/both/" + i + "\"");
            }
        }
        endsWith(0);
    }

    @Test
    void aConnectionServesAThousandRequests() throws Exception {
        try (RawClient client = new RawClient(jar)) {
            for (int i = 0; i < 1_000; i++) {
                client.send(i % 3 == 0 ? RawClient.post("/one/" + i, "content") : RawClient.get("/one/" + i));
                assertThat(client.receive()).startsWith("HTTP/1.1 200").contains("\"/one/" + i + "\"");
            }
        }
        endsWith(0);
    }

    @Test
    void howeverClientsLeaveNothingStaysBehind() throws Exception {
        jar.get("/both/first");
        long connections = connections();
        ExecutorService clients = Executors.newFixedThreadPool(24);
        List<Future<Integer>> results = new ArrayList<>();
        for (int seed = 0; seed < 24; seed++) {
            Random random = new Random(seed);
            results.add(clients.submit(() -> comeAndGo(random)));
        }
        int left = 0;
        for (Future<Integer> result : results) {
            left += result.get();
        }
        clients.shutdown();
        assertThat(left).isPositive();
        await().atMost(SOON).until(() -> first.cut() == first.hanging() && second.cut() == second.hanging());
        for (int i = 0; i < 50; i++) {
            HttpResponse<String> after = jar.get("/both/after/" + i);
            assertThat(after.body()).contains("/both/after/" + i);
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(connections()).isLessThan(connections + 20));
        endsWith(-1);
    }

    /** Forty requests on as many connections as it takes; how many were left alone. */
    private int comeAndGo(Random random) throws IOException {
        int left = 0;
        RawClient client = new RawClient(jar);
        for (int i = 0; i < 40; i++) {
            String target = "/both/" + random.nextInt(1_000_000);
            boolean hangs = random.nextInt(3) == 0;
            String sent = target + (hangs ? "/hang" : "/ok");
            client.send(random.nextBoolean() ? RawClient.get(sent) : RawClient.post(sent, "some content"));
            if (!hangs && random.nextInt(4) > 0) {
                assertThat(client.receive()).startsWith("HTTP/1.1 200").contains(target + "/ok");
                continue;
            }
            for (int spin = random.nextInt(20_000); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            client.leave(Leaving.values()[random.nextInt(3)]);
            client.close();
            left++;
            client = new RawClient(jar);
        }
        client.close();
        return left;
    }

    /** The process ends in good order, and has told of as many clients that left; of any number if it is negative. */
    private void endsWith(int left) {
        if (left >= 0) {
            await().untilAsserted(() -> assertThat(abandoned()).isEqualTo(left));
        }
        assertThat(jar.terminate().exitStatus()).isZero();
        assertThat(jar.err())
                .doesNotContain("\tat ")
                .doesNotContain("ERROR")
                .doesNotContain("WARN")
                .doesNotContain("could not be finished");
        if (left >= 0) {
            assertThat(abandoned()).isEqualTo(left);
        }
    }

    private long abandoned() {
        return jar.err()
                .lines()
                .filter(line -> line.contains("outcome=ABANDONED"))
                .count();
    }

    private long remaining() throws Exception {
        HttpResponse<String> response = jar.get("/paid/ok", "X-API-Key", "key-6b1f");
        assertThat(response.statusCode()).isEqualTo(200);
        String fields = response.headers().firstValue("RateLimit").orElseThrow();
        return Long.parseLong(fields.replaceAll(".*;r=(\\d+).*", "$1"));
    }

    /** Open files of the process, sockets among them, where the platform lists them. */
    private long connections() {
        Path files = Path.of("/proc", String.valueOf(jar.pid()), "fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(files)) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
