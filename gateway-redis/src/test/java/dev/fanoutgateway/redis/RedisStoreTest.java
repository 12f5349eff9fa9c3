package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.CacheKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisStoreTest {
    private static RedisProcess redis;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "geheim",
                "redis:geheim",
                "http://:geheim@localhost",
                "redis://:geheim@bad host",
                "redis://:geheim@localhost:99999999",
                "redis://:geheim@localhost:99999",
                "redis://:geheim@localhost:0",
                "redis://:geheim@localhost:x",
                "redis://:geheim@localhost:6379:6379",
                "redis://:geheim@localhost/geheim",
                "redis://:geheim@localhost?timeout=geheim",
                "redis://:geheim@localhost?timeout=1s&timeout=2s",
                "redis://:geheim@localhost?bogus=1",
                "redis://:geheim@localhost?",
                "redis-sentinel://:geheim@a:1,b:0#m",
                "redis-socket:///geheim",
                "redis-sentinel://:geheim@localhost"
            })
    void anUnreadableUriIsRefusedWithoutBeingShown(String uri) {
        assertThatThrownBy(() -> RedisStore.connect(uri).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageStartingWith("expected a Redis URI such as")
                .hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://a,b",
                "redis://a:1,b:2",
                "rediss://user:geheim@a:6379,b:6379/1?timeout=1s",
                "redis://:geheim,@a,b:6379",
                "redis://a,"
            })
    void severalServersInOneUriAreRefusedButForSentinels(String uri) {
        assertThat(RedisStore.isUri(uri)).isFalse();
        assertThatThrownBy(() -> RedisStore.connect("redis://a", uri).close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessage("expected one server in a redis:// or rediss:// URI (those of a cluster are several URIs),"
                        + " number 2 names several");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://localhost",
                "redis://user:p,w@localhost",
                "redis://my_redis:65535",
                "redis://a.b-c.example:6379/15",
                "redis://[::1]:6379",
                "rediss://user:p%40ss@10.0.0.1:6380/2?timeout=100ms&clientName=gateway&verifyPeer=CA",
                "redis://localhost?db=3",
                "redis-sentinel://:pass@a:26379,b,c:1/0#main",
                "rediss-sentinel://a?sentinelMasterId=main"
            })
    void everyOtherOneIsRead(String uri) {
        assertThat(RedisStore.isUri(uri)).isTrue();
    }

    @Test
    void nodesOfAClusterAllHaveTlsOrNone() {
        assertThatThrownBy(() -> RedisStore.connect("redis://localhost", "rediss://:geheim@localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected all nodes of a cluster with TLS or all without, number 2 is not as the first");
    }

    @Test
    void nodesOfAClusterAreNoSentinels() {
        assertThatThrownBy(() -> RedisStore.connect("redis://localhost", "redis-sentinel://:geheim@localhost#m"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("number 2 is a Sentinel")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(RedisStore::connect).hasMessage("expected a Redis URI, got none");
    }

    /** In a cold JVM the first decision takes longer than Redis is waited for, which must not be the first caller's. */
    @Test
    void whatTheFirstRequestNeedsHasBeenTriedOnceItIsConnected() {
        try (RedisProcess fresh = new RedisProcess().start();
                RedisStore store = RedisProcess.connected(RedisStore.connect(fresh.uri()))) {
            Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> {
                String counts = fresh.ask(redis -> redis.info("commandstats"));
                return counts.contains("cmdstat_eval:") && counts.contains("cmdstat_get:");
            });
            Long keys = fresh.ask(redis -> redis.dbsize());
            assertThat(keys).isZero();
            assertThat(store.link().isConnected()).isTrue();
        }
    }

    @Test
    void optionsAreRefusedAtTheSetter() {
        RedisStoreBuilder builder = RedisStore.builder();
        assertThatThrownBy(() -> builder.timeout(Duration.ZERO)).hasMessageContaining("got PT0S");
        assertThatThrownBy(() -> builder.timeout(Duration.ofHours(1))).hasMessageContaining("got PT1H");
        assertThatThrownBy(() -> builder.keyPrefix("a{b}")).hasMessageContaining("got a{b}");
        assertThatThrownBy(() -> builder.maxEntryBytes(0)).hasMessageContaining("got 0");
    }

    @Test
    void aPasswordIsUsedAndNeverShown() {
        try (RedisProcess guarded = new RedisProcess()) {
            guarded.startGuarded("geheim");
            String address = "127.0.0.1:" + guarded.port();
            try (RedisStore store = RedisProcess.connected(RedisStore.connect("redis://:geheim@" + address))) {
                RedisResponseCacheTest.get(store, "key");
                assertThat(store).hasToString("Redis at " + address);
            }
            try (RedisStore store = RedisStore.connect("redis://:geheim-falsch@" + address)) {
                CompletableFuture<?> lookup =
                        store.responseCache().lookup(new CacheKey("key")).toCompletableFuture();
                assertThatThrownBy(lookup::join)
                        .hasMessageContaining(address)
                        .hasMessageContaining("WRONGPASS")
                        .hasMessageNotContaining("geheim");
                assertThat(store.toString()).doesNotContain("geheim");
            }
        }
    }

    @Test
    void stagesCompleteOnTheStoresOwnThreads() {
        try (RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()))) {
            for (int i = 0; i < 50; i++) {
                Thread thread = completingThread(store);
                if (thread != Thread.currentThread()) { // it was complete before we looked
                    assertThat(thread.getName()).doesNotContain("lettuce").doesNotContain("nioEventLoop");
                }
            }
        }
    }

    @Test
    void stagesCompleteOnTheHostsExecutorWhichIsNotStopped() {
        Set<String> names = ConcurrentHashMap.newKeySet();
        Executor executor = task -> {
            names.add("used");
            new Thread(task, "host").start();
        };
        try (RedisStore store =
                RedisProcess.connected(RedisStore.builder().executor(executor).connect(redis.uri()))) {
            RedisResponseCacheTest.get(store, "key");
        }
        assertThat(names).isNotEmpty();
    }

    @Test
    void closingEndsEveryThread() {
        Set<Thread> before = lettuceThreads();
        RedisStore store = RedisProcess.connected(RedisStore.connect(redis.uri()));
        RedisResponseCacheTest.get(store, "key");
        assertThat(lettuceThreads()).hasSizeGreaterThan(before.size());
        store.close();
        await().atMost(Duration.ofSeconds(5)).until(() -> before.containsAll(lettuceThreads()));
    }

    @Test
    void storesWithDifferentPrefixesDoNotMeet() {
        try (RedisStore one = RedisProcess.connected(
                        RedisStore.builder().keyPrefix("one:").connect(redis.uri()));
                RedisStore two = RedisProcess.connected(
                        RedisStore.builder().keyPrefix("two:").connect(redis.uri()))) {
            RedisResponseCacheTest.put(one, "key", "body");
            assertThat(RedisResponseCacheTest.get(one, "key")).isPresent();
            assertThat(RedisResponseCacheTest.get(two, "key")).isEmpty();
        }
    }

    private static Thread completingThread(RedisStore store) {
        return store.responseCache()
                .lookup(new CacheKey("key"))
                .thenApply(found -> Thread.currentThread())
                .toCompletableFuture()
                .join();
    }

    private static Set<Thread> lettuceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lettuce")
                        || thread.getName().startsWith("fanout-redis"))
                .collect(Collectors.toSet());
    }
}
