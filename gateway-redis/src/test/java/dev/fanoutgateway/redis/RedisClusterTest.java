package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.RateLimiterContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;
import redis.embedded.RedisShardedCluster;

/** Three masters: the keys of one subject must be on one of them, those of many subjects on all. */
@Timeout(60)
class RedisClusterTest {
    private static final Path folder = RedisProcess.temporaryFolder();
    private static RedisShardedCluster cluster;
    private static RedisStore store;

    @BeforeAll
    static void start() throws Exception {
        cluster = RedisShardedCluster.newRedisCluster()
                .withServerBuilder(RedisServer.newRedisServer()
                        .executableProvider(RedisProcess.executable(folder))
                        .bind("127.0.0.1")
                        .setting("save \"\"")
                        .setting("cluster-node-timeout 60000") // a node that had no CPU for a while is not a dead one
                        .setting("dir " + folder))
                .serverPorts(List.of(RedisProcess.freePort(), RedisProcess.freePort(), RedisProcess.freePort()))
                .shard("one", 0)
                .shard("two", 0)
                .shard("three", 0)
                .build();
        cluster.start();
        for (int port : cluster.ports()) { // each finds out by itself, in its own time
            await().atMost(Duration.ofSeconds(40)).until(() -> isComplete(port));
        }
        store = RedisProcess.connected(RedisStore.builder()
                .timeout(Duration.ofSeconds(5))
                .connect(cluster.ports().stream()
                        .map(port -> "redis://127.0.0.1:" + port)
                        .toArray(String[]::new)));
    }

    private static boolean isComplete(int port) {
        try (RedisClient client = RedisClient.create("redis://127.0.0.1:" + port);
                StatefulRedisConnection<String, String> connection = client.connect()) {
            String info = connection.sync().clusterInfo();
            return info.contains("cluster_state:ok") && info.contains("cluster_size:3");
        }
    }

    @AfterAll
    static void stop() throws Exception {
        store.close();
        cluster.stop();
        RedisProcess.delete(folder);
    }

    @Test
    void oneSubjectsKeysAreOnOneNode() {
        RateLimiter limiter = store.rateLimiter();
        for (int i = 0; i < 60; i++) {
            Request request =
                    new Request("subject-" + i, List.of(Limit.perHour(3), Limit.perMinute(9)), Quota.perMonth(30), 10);
            Decision first = RateLimiterContract.await(limiter.tryAcquire(request));
            assertThat(first.states()).extracting(RateLimiter.State::remaining).containsExactly(2L, 8L, 20L);
            RateLimiterContract.await(
                    limiter.settle(Objects.requireNonNull(first.lease()), RateLimiter.Settlement.REFUND));
            Decision second = RateLimiterContract.await(limiter.tryAcquire(request));
            assertThat(second.states()).extracting(RateLimiter.State::remaining).containsExactly(1L, 7L, 20L);
        }
    }

    @Test
    void responsesAndKeysAreFoundOnEveryNode() {
        for (int i = 0; i < 60; i++) {
            RedisResponseCacheTest.put(store, "key-" + i, "body");
            assertThat(RedisResponseCacheTest.get(store, "key-" + i)).isPresent();
            String key = "key-" + i;
            RateLimiterContract.await(store.keys().put(key, new Caller("caller", "plan")));
            assertThat(RateLimiterContract.await(
                            store.keys().authenticate(new KeyCredential(KeyCredential.Source.HEADER, key))))
                    .isPresent();
        }
    }

    @Test
    void purgesAreHeardByWhoeverStandsOnTheCluster() throws Exception {
        List<Purge> heard = new CopyOnWriteArrayList<>();
        try (RedisStore other = RedisProcess.connected(RedisStore.builder()
                        .timeout(Duration.ofSeconds(5))
                        .cluster()
                        .connect("redis://127.0.0.1:" + cluster.ports().get(2)));
                AutoCloseable listening = other.purges().subscribe(heard::add)) {
            assertThat(listening).isNotNull();
            for (int i = 1; i <= 3; i++) {
                Purge purge = Purge.prefix("/a" + i).at(i);
                RateLimiterContract.await(store.purges().publish(purge));
                await().atMost(Duration.ofSeconds(20)).until(() -> heard.contains(purge));
            }
        }
    }

    @Test
    void oneNodeIsEnoughToFindTheOthers() {
        try (RedisStore other = RedisProcess.connected(RedisStore.builder()
                .timeout(Duration.ofSeconds(5))
                .cluster()
                .connect("redis://127.0.0.1:" + cluster.ports().get(1)))) {
            for (int i = 0; i < 20; i++) {
                RedisResponseCacheTest.put(other, "other-" + i, "body");
                assertThat(RedisResponseCacheTest.get(store, "other-" + i)).isPresent();
            }
        }
    }
}
