package dev.fanoutgateway.examples.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.junit5.GreenMailExtension;
import com.icegreen.greenmail.util.ServerSetupTest;
import dev.fanoutgateway.examples.standalone.FaultProxy.Fault;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar under mixed traffic, while its backends, Redis and the mail server are killed, stalled and restarted at random:
 * every request has exactly one well-formed answer, its own; no credit is lost or doubled; memory, threads and sockets stay.
 *
 * <p>{@code -Dsoak.seconds=600} makes it longer than the 60 s that it takes by default, {@code -Dsoak.seed=7} gives the
 * faults of an earlier run, whose seed it has told.
 *
 * <p>Credits are exact where Redis is well: the clients of the key {@code calm} pause while Redis is spoilt, and its credits
 * are compared before each such fault and at the end. The others go on, and there each request of which Redis may have taken
 * note without saying so (503, {@code gateway-unavailable}) may have cost one credit or none, as may one whose refund failed
 * for seconds; no other may.
 */
class SoakIT {
    private static final int SECONDS = Integer.getInteger("soak.seconds", 60);
    private static final long SEED = Long.getLong("soak.seed", System.nanoTime() & 0xff_ffff);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long QUOTA = 1_000_000_000;
    private static final Pattern REMAINING = Pattern.compile("\"month\";r=(\\d+)");
    private static final int EACH = 32;

    private static final long MORE_BYTES = 16 << 20;
    private static final long MORE_THREADS = 64;
    private static final long MORE_FILES = 80;

    @RegisterExtension
    final GreenMailExtension mail = new GreenMailExtension(ServerSetupTest.SMTP.dynamicPort());

    @TempDir
    Path directory;

    private final SoakFindings findings = new SoakFindings();
    private final CountDownLatch stopFaults = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ReentrantReadWriteLock redisIsWell = new ReentrantReadWriteLock(true);
    private final SoakAccount calm = new SoakAccount("calm");
    private final List<SoakAccount> others =
            List.of(new SoakAccount("brave"), new SoakAccount("streams"), new SoakAccount("leaves"));
    private final List<Thread> clients = new ArrayList<>();
    private final List<Thread> faults = new ArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private SoakOrigin first;
    private SoakOrigin second;
    private List<FaultProxy> backends;
    private FaultProxy toRedis;
    private FaultProxy toMail;
    private SoakRedis redis;
    private Jar jar;

    @BeforeEach
    void start() throws Exception {
        Awaitility.doNotCatchUncaughtExceptionsByDefault(); // the mail server's threads throw when they are cut off
        var versions = SoakOrigin.versions();
        first = opened(new SoakOrigin(versions));
        second = opened(new SoakOrigin(versions));
        redis = opened(new SoakRedis(directory));
        backends = List.of(opened(new FaultProxy(first.port())), opened(new FaultProxy(second.port())));
        toRedis = opened(new FaultProxy(redis.port()));
        toMail = opened(new FaultProxy(mail.getSmtp().getPort()));
        jar = opened(Jar.serving(
                directory, "-Xmx128m", "max-in-flight: " + 2 * EACH + ", max-request-body: 1MiB", """
                relay: {pass-caller: {id: X-Caller-Id}}
                backends:
                  both:
                    urls: [%s, %s]
                    selector: round-robin
                    connect-timeout: 1s
                    max-concurrent: %d
                    health: {path: /health, every: 300ms, timeout: 300ms, down-after: 2, up-after: 1}
                    eject: {after-failures: 3, for: 500ms}
                routes:
                  - {path: /free, backends: both, strategy: failover, cache: off, cost: 0, on-failure: by-cause}
                  - {path: /c/**, backends: both, strategy: hedged, hedge-after: 100ms, extra-load: 50%%,
                     timeout: 5s, attempt-timeout: 1s, on-failure: by-cause, cache: {ttl: 10s}}
                  - {path: /p/**, backends: both, strategy: parallel, cache: off,
                     timeout: 5s, attempt-timeout: 1s, on-failure: by-cause}
                  - {path: /hold/**, backends: both, strategy: single, cache: off, on-failure: by-cause}
                  - {path: /**, backends: both, strategy: failover, cache: off,
                     timeout: 5s, attempt-timeout: 2s, on-failure: by-cause}
                plans: {soak: {limits: [1000000/1s], quota: {amount: %d, per: month}}}
                keys:
                  - {id: calm, key: key-of-calm, plan: soak}
                  - {id: brave, key: key-of-brave, plan: soak}
                  - {id: streams, key: key-of-streams, plan: soak}
                  - {id: leaves, key: key-of-leaves, plan: soak}
                  - {id: probe, key: key-of-probe, plan: soak}
                limits: {store: redis, on-store-failure: closed}
                cache: {store: tiered, longest-in-memory: 1s, max-size: 4MiB}
                redis: {uri: "redis://127.0.0.1:%d", timeout: 1s}
                notify:
                  mail: {host: 127.0.0.1, port: %d, tls: none, from: gateway@example.com, to: [dev@example.com]}
                  digest: 1s
                """.formatted(
                        backends.get(0).url(), backends.get(1).url(), EACH, QUOTA, toRedis.port(), toMail.port())));
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.add(0, part);
        return part;
    }

    @AfterEach
    void stop() throws Exception {
        Awaitility.reset();
        end.countDown();
        for (AutoCloseable part : opened) {
            part.close();
        }
    }

    @Test
    void everyRequestHasItsOneAnswerAndNothingLeaks() throws Exception {
        System.out.printf("soak: %d s, seed %d%n", SECONDS, SEED);
        YearMonth month = YearMonth.now(ZoneOffset.UTC);
        launchClients();
        await().atMost(PATIENCE).until(() -> findings.requests() > 500);
        launchFaults();
        ProcessFigures before = watch();
        heal();
        assertThat(findings.wrong()).isEmpty();

        assertNothingLeaked(before);
        if (month.equals(YearMonth.now(ZoneOffset.UTC))) {
            redisIsWell.writeLock().lock();
            awaitExact();
            others.forEach(this::assertWithinBounds);
        }
        bothTakeAsManyAsEver();
        awaitMail();
        assertThat(jar.terminate().exitStatus()).isZero();
        assertThat(jar.err().lines())
                .noneMatch(line -> line.contains(" ERROR ")
                        && !line.contains("LogNotifier - ")
                        && !line.contains("MessageQueue - not delivered")) // mail is spoilt as well
                .noneMatch(line -> line.contains("OutOfMemory") || line.contains("LEAK"));
    }

    private void launchClients() {
        Lock calmOnly = redisIsWell.readLock();
        for (int i = 0; i < 3; i++) {
            client(calm, calmOnly, true, SEED + i);
            client(others.get(0), new ReentrantReadWriteLock().readLock(), false, SEED + 10 + i);
        }
        Lock none = new ReentrantReadWriteLock().readLock();
        SoakClient streams = new SoakClient(jar.port(), others.get(1), findings, none, false, SEED + 20);
        thread(clients, "streams", () -> streams.run(streams::streamed, end));
        SoakClient leaves = new SoakClient(jar.port(), others.get(2), findings, none, false, SEED + 30);
        thread(clients, "leaves", () -> leaves.run(leaves::leaving, end));
    }

    private void client(SoakAccount account, Lock gate, boolean checksVersions, long seed) {
        SoakClient client = new SoakClient(jar.port(), account, findings, gate, checksVersions, seed);
        thread(clients, account.key, () -> client.run(client::mixed, end));
    }

    private void launchFaults() {
        SoakFaults source = new SoakFaults(findings, stopFaults);
        thread(faults, "backends", () -> source.of("backends", backends, SEED + 1));
        thread(faults, "mail", () -> source.of("mail", List.of(toMail), SEED + 2));
        thread(
                faults,
                "redis",
                () -> source.ofRedis(
                        redis, toRedis, redisIsWell.writeLock(), this::awaitExact, this::awaitRedis, SEED + 3));
    }

    /** What the process held after a quarter of the time. */
    private ProcessFigures watch() throws Exception {
        ProcessFigures before = null;
        for (int quarter = 1; quarter <= 4; quarter++) {
            assertThat(end.await(SECONDS * 1_000L / 4, TimeUnit.MILLISECONDS)).isFalse();
            ProcessFigures now = ProcessFigures.of(jar.pid());
            System.out.printf("soak: after %d/4: %s, %d requests%n", quarter, now, findings.requests());
            before = before == null ? now : before;
        }
        return before;
    }

    /** The faults end; then everything works again, and the clients end too. */
    private void heal() throws Exception {
        stopFaults.countDown();
        for (Thread fault : faults) {
            fault.join();
        }
        for (SoakOrigin origin : List.of(first, second)) {
            origin.mayFail(false);
        }
        awaitRedis();
        for (String target : List.of("/u/well", "/p/well", "/c/well", "/s/well/10000")) {
            awaitSuccesses(target);
        }
        end.countDown();
        for (Thread client : clients) {
            client.join();
        }
        findings.answers().forEach((kind, count) -> System.out.printf("soak: %8d %s%n", count.sum(), kind));
        System.out.println("soak: " + calm + "; " + others);
    }

    /** As many requests at a time as were ever allowed are with the backends: no place was lost. */
    private void bothTakeAsManyAsEver() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
        for (int i = 0; i < 2 * EACH; i++) {
            var request = jar.request("/hold/" + i, "X-API-Key", "key-of-probe").build();
            held.add(jar.client().sendAsync(request, BodyHandlers.ofString()));
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(first.held() + second.held()).isEqualTo(2 * EACH));
        first.release();
        second.release();
        assertThat(held)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    }

    private void awaitMail() throws Exception {
        int mails = mail.getReceivedMessages().length;
        for (FaultProxy backend : backends) {
            backend.become(Fault.KILLED, 0);
        }
        await().atMost(PATIENCE).until(() -> {
            get("/u/nobody", "probe");
            return mail.getReceivedMessages().length > mails;
        });
        for (FaultProxy backend : backends) {
            backend.become(Fault.NONE, 0);
        }
        awaitSuccesses("/u/well");
    }

    private void awaitExact() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(spent("calm"))
                        .as(calm::toString)
                        .isBetween(calm.answered.sum(), calm.answered.sum() + calm.unknown.sum()));
        if (calm.unknown.sum() > 2 + calm.answered.sum() / 100) {
            findings.wrong("Redis is well, and too many requests were refused for it: " + calm);
        }
    }

    private void assertWithinBounds(SoakAccount account) {
        long answered = account.answered.sum();
        long most = answered + account.unknown.sum() + account.failed.sum();
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(spent(account.key)).as(account::toString).isBetween(answered, most));
        System.out.println("soak: " + account.key + " has spent " + spent(account.key));
    }

    /** The credits that a key has spent, which asking costs nothing. */
    private long spent(String key) {
        try {
            HttpResponse<String> answer = get("/free", key);
            Matcher matcher =
                    REMAINING.matcher(answer.headers().firstValue("RateLimit").orElse(""));
            return matcher.find() ? QUOTA - Long.parseLong(matcher.group(1)) : -1;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitRedis() {
        int[] inARow = {0};
        await().atMost(PATIENCE).until(() -> {
            inARow[0] = spent("probe") < 0 ? 0 : inARow[0] + 1;
            return inARow[0] == 10;
        });
    }

    private void awaitSuccesses(String target) {
        int[] inARow = {0};
        await().atMost(PATIENCE).until(() -> {
            inARow[0] = get(target, "probe").statusCode() == 200 ? inARow[0] + 1 : 0;
            return inARow[0] == 20;
        });
    }

    private HttpResponse<String> get(String target, String key) throws IOException, InterruptedException {
        return jar.get(target, "X-API-Key", "key-of-" + key);
    }

    private void assertNothingLeaked(ProcessFigures before) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            ProcessFigures after = ProcessFigures.of(jar.pid());
            assertThat(after.liveBytes()).isLessThan(before.liveBytes() + MORE_BYTES);
            assertThat(after.threads()).isLessThan(before.threads() + MORE_THREADS);
            assertThat(after.files()).isLessThan(before.files() + MORE_FILES);
            System.out.println("soak: at the end: " + after);
        });
    }

    private void thread(List<Thread> kind, String name, SoakFaults.Step work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (Exception | AssertionError e) {
                        findings.wrong(name + ": " + e);
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        kind.add(thread);
    }
}
