package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Purge;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisSentinel;

/** A master that hangs and is replaced: its connections stay open, so that only asking Sentinel again finds the new one. */
@Timeout(60)
class RedisSentinelTest {
    private static final Request REQUEST = new Request("caller", List.of(Limit.perHour(1000)), null, 1);

    @Test
    void theNewMasterIsFoundWhenTheOldOneHangs() throws Exception {
        Path folder = RedisProcess.temporaryFolder();
        int sentinelPort = RedisProcess.freePort();
        try (RedisProcess master = new RedisProcess().start();
                RedisProcess replica = new RedisProcess().start("replicaof 127.0.0.1 " + master.port())) {
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> replica.ask(redis -> redis.info("replication")).contains("master_link_status:up"));
            RedisSentinel sentinel = RedisSentinel.newRedisSentinel()
                    .executableProvider(RedisProcess.executable(folder))
                    .bind("127.0.0.1")
                    .port(sentinelPort)
                    .masterName("prices")
                    .masterPort(master.port())
                    .quorumSize(1)
                    .downAfterMilliseconds(500)
                    .failOverTimeout(2_000)
                    .build();
            sentinel.start();
            try (RedisStore store = RedisProcess.connected(
                    RedisStore.connect("redis-sentinel://127.0.0.1:" + sentinelPort + "#prices"))) {
                await().atMost(Duration.ofSeconds(10)).until(() -> isDecided(store));
                assertThat(store).hasToString("Redis at prices (Sentinel 127.0.0.1:" + sentinelPort + ")");
                await().atMost(Duration.ofSeconds(10)).until(() -> replica.ask(redis -> redis.dbsize()) > 0);
                List<Purge> heard = new CopyOnWriteArrayList<>();
                store.purges().subscribe(heard::add);
                RateLimiterContract.await(
                        store.purges().publish(Purge.tag("before").at(1)));
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> heard.contains(Purge.tag("before").at(1)));

                master.hang();
                await().atMost(Duration.ofSeconds(10)).until(() -> !isDecided(store));
                await().atMost(Duration.ofSeconds(30)).until(() -> isDecided(store));
                Decision decision =
                        RateLimiterContract.await(store.rateLimiter().tryAcquire(REQUEST));
                assertThat(decision.states().get(0).remaining()).isLessThan(999);
                RateLimiterContract.await(
                        store.purges().publish(Purge.tag("after").at(2)));
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> heard.contains(Purge.tag("after").at(2)));
            } finally {
                sentinel.stop();
            }
        } finally {
            RedisProcess.delete(folder);
        }
    }

    private static boolean isDecided(RedisStore store) {
        try {
            return RateLimiterContract.await(store.rateLimiter().tryAcquire(REQUEST))
                    .allowed();
        } catch (CompletionException e) {
            return false;
        }
    }
}
