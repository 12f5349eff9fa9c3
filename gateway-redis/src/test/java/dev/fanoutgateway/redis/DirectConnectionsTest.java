package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that threads ask for by connections of their own, on a real Redis. */
@Timeout(120)
class DirectConnectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final AtomicInteger handedOver = new AtomicInteger();

    @Test
    void aDecisionChangesNoThreadAndOthersDo() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = store(redis.uri())) {
            RateLimiter limiter = store.rateLimiter();
            assertThat(limiter.mayBlock()).isTrue();
            handedOver.set(0);
            for (int i = 0; i < 20; i++) {
                assertThat(limiter.tryAcquireBlocking(request(1)).toCompletableFuture())
                        .isDone();
            }
            assertThat(handedOver).hasValue(0);
            RateLimiterContract.await(limiter.tryAcquire(request(1)));
            assertThat(handedOver).hasValue(1);
        }
    }

    @Test
    void thereAreAsManyAsAreUsedAtOnceUpToTheBound() throws Exception {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(
                        RedisStore.builder().directConnections(3).connect(redis.uri()))) {
            inParallel(8, () -> {
                for (int i = 0; i < 500; i++) {
                    assertThat(RateLimiterContract.await(store.rateLimiter().tryAcquireBlocking(request(1)))
                                    .allowed())
                            .isTrue();
                    assertThat(store.link().directConnections()).isLessThanOrEqualTo(3);
                }
                return true;
            });
            assertThat(clients(redis, "evalsha")).isLessThanOrEqualTo(4);
        }
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore none = RedisStore.builder().directConnections(0).connect(redis.uri())) {
            assertThat(none.rateLimiter().mayBlock()).isFalse();
        }
        assertThatThrownBy(() -> RedisStore.builder().directConnections(-1)).hasMessageContaining("got -1");
    }

    /** Each thread's limit has its own size, so that an answer to another's question would show. */
    @Test
    void answersThatComeLateAreNeverTakenForOthers() throws Exception {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = store(redis.uri())) {
            for (int round = 0; round < 4; round++) {
                List<Future<Boolean>> callers = new ArrayList<>();
                ExecutorService threads = Executors.newFixedThreadPool(8);
                try {
                    AtomicInteger failed = new AtomicInteger();
                    for (int i = 1; i <= 8; i++) {
                        int number = i;
                        callers.add(threads.submit(() -> decideRight(store.rateLimiter(), number, failed)));
                    }
                    redis.hang();
                    await().atMost(PATIENCE).until(() -> failed.get() > 0);
                    redis.resume();
                    for (Future<Boolean> caller : callers) {
                        assertThat(caller.get()).isTrue();
                    }
                } finally {
                    threads.shutdownNow();
                }
            }
        }
    }

    private static boolean decideRight(RateLimiter limiter, int number, AtomicInteger failed) {
        int right = 0;
        while (right < 300 || failed.get() == 0) {
            try {
                RateLimiter.Decision decision = RateLimiterContract.await(limiter.tryAcquireBlocking(request(number)));
                assertThat(decision.states().get(0).remaining())
                        .isBetween(number * 1_000_000L - 900_000, number * 1_000_000L);
                right++;
            } catch (CompletionException e) {
                failed.incrementAndGet();
            }
        }
        return true;
    }

    @Test
    void aFlushedScriptIsSentAgain() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = store(redis.uri())) {
            remaining(store);
            redis.ask(commands -> commands.scriptFlush());
            long before = remaining(store);
            assertThat(remaining(store)).isEqualTo(before - 1);
            handedOver.set(0);
            remaining(store);
            assertThat(handedOver).hasValue(0);
        }
    }

    @Test
    void afterARestartNoIdleConnectionFailsARequest() {
        try (RedisProcess redis = new RedisProcess().start();
                RedisStore store = store(redis.uri())) {
            for (int i = 0; i < 3; i++) {
                redis.kill();
                await().atMost(PATIENCE).until(() -> store.link().directConnections() == 0);
                redis.start();
                await().atMost(PATIENCE).until(() -> store.link().isConnected());
                remaining(store);
                Directly.connected(store);
            }
        }
    }

    @Test
    void passwordUserDatabaseAndNameAreThoseOfTheUri() {
        try (RedisProcess redis = new RedisProcess().start("user fan on >geheim ~* &* +@all")) {
            String address = "127.0.0.1:" + redis.port();
            try (RedisStore store = store("redis://fan:geheim@" + address + "/3?clientName=gate")) {
                remaining(store);
                String clients = redis.ask(commands -> commands.clientList());
                assertThat(clients.lines().filter(line -> line.contains("cmd=evalsha")))
                        .isNotEmpty()
                        .allMatch(line ->
                                line.contains("name=gate ") && line.contains(" db=3 ") && line.contains("user=fan"));
                assertThat(redis.<Long>ask(commands -> commands.dbsize())).isZero();
            }
        }
    }

    @Test
    void aWrongPasswordOpensNone() {
        try (RedisProcess redis = new RedisProcess()) {
            redis.startGuarded("geheim");
            JedisLineTest.assertRefused("redis://:geheim-falsch@127.0.0.1:" + redis.port());
            JedisLineTest.assertRefused("redis://127.0.0.1:" + redis.port() + "/99");
        }
    }

    private RedisStore store(String uri) {
        return Directly.connected(RedisProcess.connected(RedisStore.builder()
                .executor(task -> {
                    handedOver.incrementAndGet();
                    task.run();
                })
                .connect(uri)));
    }

    private static Request request(int number) {
        return new Request("caller" + number, List.of(Limit.perHour(1_000_000L * number)), null, 1);
    }

    private static long remaining(RedisStore store) {
        Request request = new Request("one", List.of(Limit.perHour(5_000)), null, 1);
        return RateLimiterContract.await(store.rateLimiter().tryAcquireBlocking(request))
                .states()
                .get(0)
                .remaining();
    }

    private static long clients(RedisProcess redis, String command) {
        return redis.<String>ask(commands -> commands.clientList())
                .lines()
                .filter(line -> line.contains("cmd=" + command))
                .count();
    }

    private static void inParallel(int count, Callable<Boolean> task) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(threads.submit(task));
            }
            for (Future<Boolean> one : all) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
