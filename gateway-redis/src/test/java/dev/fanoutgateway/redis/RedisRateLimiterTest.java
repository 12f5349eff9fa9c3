package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.limit.Gcra;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Request;
import dev.fanoutgateway.testing.FakeClock;
import dev.fanoutgateway.testing.RateLimiterContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    @Test
    void aDamagedTatCountsAsNoneAndADamagedCounterAsAFailure() {
        RateLimiter limiter = store.rateLimiter();
        List<Limit> limits = List.of(Limit.perHour(5));
        Request request = new Request(subject, limits, Quota.perDay(10), 1);
        await(limiter.tryAcquire(request));
        for (String damaged :
                List.of("", "x", "1", "1:", ":1", "-5:0", "1e9:0", "99999999999999999999999:1", "nan:nan")) {
            redis.ask(commands -> {
                commands.keys("fg:limit:*").forEach(key -> commands.hset(key, "5/3600000000000", damaged));
                return 0;
            });
            Decision decision = await(limiter.tryAcquire(new Request(subject, limits, null, 1)));
            assertThat(decision.states().get(0).remaining()).isBetween(0L, 4L);
        }
        for (String damaged : List.of("x", "1.5", "")) {
            redis.ask(commands -> {
                commands.keys("fg:quota:*").forEach(key -> commands.set(key, damaged));
                return 0;
            });
            assertThatThrownBy(() -> await(limiter.tryAcquire(request))).isInstanceOf(Exception.class);
        }
        redis.ask(commands -> commands.flushall());
        assertThat(await(limiter.tryAcquire(request)).allowed()).isTrue();
    }

    private String stored(String field) {
        List<String> values = redis.ask(commands -> commands.keys("fg:limit:*").stream()
                .map(key -> commands.hget(key, field))
                .filter(value -> value != null)
                .toList());
        return values.get(values.size() - 1);
    }
}
