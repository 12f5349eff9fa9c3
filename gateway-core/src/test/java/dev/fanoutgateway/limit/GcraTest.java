package dev.fanoutgateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.testing.SlidingWindows;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GcraTest {
    static Stream<Limit> limits() {
        Random random = new Random(1);
        Stream<Limit> drawn = Stream.generate(() -> {
                    Duration period = Duration.ofNanos((long) Math.pow(10, 6 + random.nextDouble() * 10.49));
                    long most = Math.min(1_000_000_000L, period.toNanos());
                    return Limit.of((long) Math.pow(most, random.nextDouble()), period);
                })
                .limit(2_000);
        return Stream.concat(
                drawn,
                Stream.of(
                        Limit.of(1, Duration.ofMillis(1)),
                        Limit.of(1_000_000, Duration.ofMillis(1)),
                        Limit.of(999_983, Duration.ofMillis(1)),
                        Limit.of(1, Duration.ofDays(366)),
                        Limit.of(1_000_000_000, Duration.ofDays(366)),
                        Limit.of(999_999_937, Duration.ofDays(366))));
    }

    @Test
    void noLimitOverflows() {
        List<Function<Limit, Gcra>> kinds = List.of(Gcra::nanos, Gcra::micros);
        limits().forEach(limit -> kinds.forEach(kind -> {
            Gcra gcra = kind.apply(limit);
            assertThat(gcra.emission()).isPositive();
            assertThat(gcra.capacity()).isEqualTo(gcra.emission() * limit.amount());
            assertThat(gcra.scale()).isPositive();
            assertThat(gcra.retryAfter(gcra.capacity())).isPositive();
        }));
        limits().map(Gcra::micros)
                .forEach(gcra -> assertThat(gcra.capacity() + gcra.emission()).isLessThan(1L << 53));
    }

    @Test
    void roundsByLessThanAMillionth() {
        limits().filter(limit -> limit.period().toNanos() % 1000 == 0).forEach(limit -> {
            Gcra gcra = Gcra.micros(limit);
            BigInteger used = BigInteger.valueOf(gcra.capacity());
            BigInteger exact =
                    BigInteger.valueOf(limit.period().toNanos() / 1000).multiply(BigInteger.valueOf(gcra.scale()));
            BigInteger excess = used.subtract(exact);
            assertThat(excess.signum()).as(limit::name).isNotNegative();
            assertThat(excess.multiply(BigInteger.valueOf(1_000_000)))
                    .as(limit::name)
                    .isLessThan(exact);
        });
    }

    static Stream<Limit> fewLimits() {
        return limits().filter(limit -> limit.amount() <= 300).limit(60);
    }

    @ParameterizedTest
    @MethodSource("fewLimits")
    void everyWindowKeepsThePromiseToTheNanosecond(Limit limit) {
        Gcra gcra = Gcra.nanos(limit);
        Random random = new Random(limit.hashCode());
        LongStream.Builder admitted = LongStream.builder();
        long now = random.nextLong() >>> 3;
        long tat = now;
        long fraction = 0;
        double pause = 3 * Math.min((double) limit.period().toNanos() / limit.amount(), 1e15);
        for (int i = 0; i < 600; i++) {
            long backlog = gcra.backlog(tat, fraction, now);
            if (gcra.admits(backlog)) {
                admitted.add(now);
                tat = gcra.tat(now, backlog + gcra.emission());
                fraction = gcra.fraction(backlog + gcra.emission());
            }
            now += random.nextInt(3) > 0 ? 0 : (long) (random.nextDouble() * pause);
        }
        assertThat(SlidingWindows.worstExcess(limit, admitted.build().toArray()))
                .isLessThanOrEqualTo(0);
    }

    @Test
    void aClockThatIsSetBackBlocksForOnePeriodAtMost() {
        Gcra gcra = Gcra.micros(Limit.perMinute(6));
        long tat = gcra.tat(1_000_000_000_000L, gcra.capacity());
        for (long now : new long[] {0, -1, Long.MIN_VALUE / 4}) {
            long backlog = gcra.backlog(tat, 0, now);
            assertThat(backlog).isEqualTo(gcra.capacity());
            assertThat(gcra.retryAfter(backlog)).isEqualTo(Duration.ofSeconds(10));
            assertThat(gcra.reset(backlog)).isEqualTo(Duration.ofMinutes(1));
        }
    }
}
