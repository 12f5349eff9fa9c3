package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.limit.Gcra;
import dev.fanoutgateway.spi.KeyCredential;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.RateLimiterContract;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of limiters, on a real Redis, by the test's clock; and what holds only for this limiter. */
class RedisRateLimiterTest extends RateLimiterContract {
    private static RedisProcess redis;
    private static RedisStore store;

    @BeforeAll
    static void start() {
        redis = new RedisProcess().start();
        store = RedisProcess.connected(
                RedisStore.builder().timeout(Duration.ofSeconds(5)).connect(redis.uri()));
    }

    @AfterAll
    static void stop() {
        store.close();
        redis.close();
    }

    @Override
    protected RateLimiter limiter(FakeClock clock) {
        return new RedisRateLimiter(store.link(), "fg:", clock);
    }

    /** Any limit, any arrivals: Lua's doubles and Java's longs must never differ, not even by a part of a tick. */
    @Test
    void luaComputesExactlyWhatJavaDoes() {
        RateLimiter limiter = limiter();
        Random random = new Random(42);
        for (int i = 0; i < 60; i++) {
            Duration period = Duration.ofNanos((long) Math.pow(10, 6 + random.nextDouble() * 10.49));
            long most = Math.min(1_000_000_000L, period.toNanos());
            Limit limit = Limit.of((long) Math.pow(most, random.nextDouble()), period);
            Gcra gcra = Gcra.micros(limit);
            long tat = 0;
            long fraction = 0;
            for (int request = 0; request < 25; request++) {
                long now = clock.nanoTime() / 1000;
                long backlog = gcra.backlog(tat, fraction, now);
                boolean admits = gcra.admits(backlog);
                if (admits) {
                    backlog += gcra.emission();
                    tat = gcra.tat(now, backlog);
                    fraction = gcra.fraction(backlog);
                }
                Decision decision = acquire(limiter, limit);
                assertThat(decision.allowed()).as(limit::name).isEqualTo(admits);
                assertThat(decision.states().get(0).remaining()).isEqualTo(gcra.remaining(backlog));
                assertThat(decision.states().get(0).reset()).isEqualTo(gcra.reset(backlog));
                String field = limit.amount() + "/" + limit.period().toNanos();
                if (request % 5 == 0) {
                    assertThat(stored(field)).isEqualTo(tat + ":" + fraction);
                }
                advanceMicros((long) (random.nextDouble() * 2 * gcra.emission() / gcra.scale()));
            }
        }
    }

    /** By Redis's clock: all that was surely admitted within a window, seen from outside, is within the limit. */
    @Test
    void manyThreadsInRealTimeNeverExceedTheLimitInAnyWindow() throws Exception {
        RateLimiter limiter = store.rateLimiter();
        Limit limit = Limit.of(50, Duration.ofMillis(100));
        long end = System.nanoTime() + Duration.ofMillis(900).toNanos();
        Callable<List<long[]>> thread = () -> {
            List<long[]> admitted = new ArrayList<>();
            while (System.nanoTime() < end) {
                long before = System.nanoTime();
                if (acquire(limiter, limit).allowed()) {
                    admitted.add(new long[] {before, System.nanoTime()});
                }
            }
            return admitted;
        };
        List<long[]> admitted = inParallel(List.of(thread, thread, thread, thread)).stream()
                .flatMap(List::stream)
                .toList();
        assertThat(admitted).hasSizeGreaterThanOrEqualTo(100);
        List<long[]> byEnd = admitted.stream()
                .sorted(Comparator.comparingLong(one -> one[1]))
                .toList();
        for (long[] first : admitted) {
            long inside = 0;
            for (long[] one : byEnd) {
                if (one[0] >= first[0]) {
                    inside++;
                    long window = one[1] - first[0];
                    // one more: Redis counts by its wall clock, which may be slewed against ours
                    assertThat(inside).isLessThanOrEqualTo(50 + window / 2_000_000 + 1);
                }
            }
        }
    }

    @Test
    void aFlushedScriptIsSentAgain() {
        RateLimiter limiter = store.rateLimiter();
        acquire(limiter, Limit.perHour(5));
        redis.ask(commands -> commands.scriptFlush());
        assertThat(acquire(limiter, Limit.perHour(5)).states().get(0).remaining())
                .isEqualTo(3);
    }

    @Test
    void subjectsAreHashedAndKeysExpire() {
        redis.ask(commands -> commands.flushall());
        RateLimiter limiter = store.rateLimiter();
        Request request = new Request("sec\"ret", List.of(Limit.perSecond(5)), Quota.perDay(10), 2);
        Decision decision = await(limiter.tryAcquire(request));
        await(limiter.settle(decision.lease(), RateLimiter.Settlement.REFUND));

        List<String> keys = redis.ask(commands -> commands.keys("*"));
        assertThat(keys).hasSize(3).allMatch(key -> key.matches("fg:(limit|quota|refund):\\{[0-9a-f]{64}}.*"));
        assertThat(keys).noneMatch(key -> key.contains("ret"));
        for (String key : keys) {
            long ttl = redis.ask(commands -> commands.pttl(key));
            assertThat(ttl).isBetween(1L, Duration.ofHours(26).toMillis());
        }
        assertThat(redis.<Long>ask(commands -> commands.pttl(keys.stream()
                        .filter(key -> key.contains("limit"))
                        .findFirst()
                        .orElseThrow())))
                .isLessThanOrEqualTo(61_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1", "1:", ":1", "-5:0", "1e9:0", "99999999999999999999999:1", "nan:nan", "0x5:1"})
    void aDamagedTatCountsAsNoneAndIsReplaced(String damaged) {
        RateLimiter limiter = store.rateLimiter();
        acquire(limiter, FIVE);
        redis.ask(commands -> commands.hset(key("limit"), "5/3600000000000", damaged));

        assertThat(acquire(limiter, FIVE).states().get(0).remaining()).isEqualTo(4);
        assertThat(acquire(limiter, FIVE).states().get(0).remaining()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void aLimitsKeyOfAnotherTypeCountsAsNoneAndIsReplaced(Foreign foreign) {
        RateLimiter limiter = store.rateLimiter();
        acquire(limiter, FIVE);
        String key = key("limit");
        redis.ask(commands -> foreign.put(commands, key));
        long calls = calls();

        assertThat(acquire(limiter, FIVE).states().get(0).remaining()).isEqualTo(4);
        assertThat(acquire(limiter, FIVE).states().get(0).remaining()).isEqualTo(3);
        assertThat(calls()).as("one round trip each").isEqualTo(calls + 2);
        assertThat(redis.<String>ask(commands -> commands.type(key))).isEqualTo("hash");
        assertThat(redis.<Long>ask(commands -> commands.pttl(key))).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "1.5",
                "-5",
                " 7",
                "007",
                "1e3",
                "0x10",
                "nan",
                "9223372036854775807",
                "99999999999999999999"
            })
    void aDamagedCounterCountsAsNoneAndIsReplaced(String damaged) {
        quotaIsReplaced((commands, key) -> commands.set(key, damaged));
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void aQuotasKeyOfAnotherTypeCountsAsNoneAndIsReplaced(Foreign foreign) {
        Foreign other = foreign == TEXT ? (commands, key) -> commands.hset(key, "x", "y") : foreign;
        quotaIsReplaced((commands, key) -> {
            commands.del(key);
            return other.put(commands, key);
        });
    }

    private void quotaIsReplaced(Foreign damage) {
        RateLimiter limiter = store.rateLimiter();
        Request request = new Request(subject, List.of(FIVE), Quota.perDay(10), 2);
        await(limiter.tryAcquire(request));
        String key = key("quota");
        redis.ask(commands -> damage.put(commands, key));
        redis.ask(commands -> TEXT.put(commands, key("limit")));
        long calls = calls();

        Decision first = await(limiter.tryAcquire(request));
        assertThat(first.allowed()).isTrue();
        assertThat(redis.<String>ask(commands -> commands.get(key))).isEqualTo("2");
        assertThat(redis.<Long>ask(commands -> commands.pttl(key))).isPositive();
        assertThat(await(limiter.tryAcquire(request)).allowed()).isTrue();
        assertThat(redis.<String>ask(commands -> commands.get(key))).isEqualTo("4");
        assertThat(calls()).as("one round trip each").isEqualTo(calls + 2);

        redis.ask(commands -> damage.put(commands, key));
        await(limiter.settle(
                first.lease(), RateLimiter.Settlement.REFUND)); // to nobody: what it was taken from is gone
        assertThat(await(limiter.tryAcquire(request)).allowed()).isTrue();
        assertThat(redis.<String>ask(commands -> commands.get(key))).isEqualTo("2");
    }

    /** Also where Redis's clock goes back by more than a period: another server takes over, or the clock is corrected. */
    @Test
    void aClockThatIsSetBackBlocksForOnePeriodAtMost() {
        clock.advance(Duration.ofHours(5));
        assertThat(acquireMany(limiter(), FIVE, 6)).isEqualTo(5);

        FakeClock behind = new FakeClock();
        RateLimiter limiter = limiter(behind);
        Decision refused = acquire(limiter, FIVE);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isEqualTo(Duration.ofMinutes(12));
        behind.advance(Duration.ofMinutes(12).minusMillis(1));
        assertThat(acquire(limiter, FIVE).allowed()).isFalse();
        behind.advance(Duration.ofMillis(1));
        assertThat(acquire(limiter, FIVE).allowed()).as("as was said").isTrue();
        behind.advance(Duration.ofHours(1));
        assertThat(acquireMany(limiter, FIVE, 6)).isEqualTo(5);
    }

    private static final Limit FIVE = Limit.perHour(5);

    private static final Foreign TEXT = (commands, key) -> {
        commands.del(key);
        return commands.set(key, "garbage");
    };

    /** Puts something in the place of a key that is none of ours. */
    private interface Foreign {
        Object put(RedisCommands<String, String> commands, String key);
    }

    static Stream<Foreign> foreign() {
        return Stream.of(
                TEXT,
                (commands, key) -> commands.del(key) + commands.rpush(key, "1", "2"),
                (commands, key) -> commands.del(key) + commands.sadd(key, "1"),
                (commands, key) -> commands.del(key) + commands.zadd(key, 1, "1"));
    }

    private String key(String kind) {
        String hash = HexFormat.of().formatHex(KeyCredential.sha256Of(subject));
        return redis.ask(
                commands -> commands.keys("fg:" + kind + ":{" + hash + "}*").get(0));
    }

    /** How often a script was called. */
    private long calls() {
        return redis.ask(commands -> commands.info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_eval"))
                .mapToLong(line -> Long.parseLong(line.replaceFirst(".*?calls=(\\d+).*", "$1")))
                .sum();
    }

    private String stored(String field) {
        List<String> values = redis.ask(commands -> commands.keys("fg:limit:*").stream()
                .map(key -> commands.hget(key, field))
                .filter(value -> value != null)
                .toList());
        return values.get(values.size() - 1);
    }
}
