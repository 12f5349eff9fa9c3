package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class HedgeDelayTest {
    @Test
    void aFixedDelayNeedsNoData() {
        assertThat(HedgeDelay.fixed(Duration.ofMillis(5)).nanos(Lifetimes.NONE)).isEqualTo(5_000_000);
        assertThat(HedgeDelay.fixed(Duration.ZERO).nanos(Lifetimes.NONE)).isZero();
    }

    @Test
    void aPercentileIsNotTakenFromTooLittle() {
        HedgeDelay p95 = HedgeDelay.percentile(95);

        assertThat(p95.nanos(upTo(99))).isEqualTo(FanoutStrategy.NEVER);
        assertThat(p95.nanos(upTo(100)) / 1e6).isCloseTo(95, within(1.0));
        assertThat(HedgeDelay.percentile(99).nanos(upTo(499))).isEqualTo(FanoutStrategy.NEVER);
        assertThat(HedgeDelay.percentile(99).nanos(upTo(500)) / 1e6).isCloseTo(495, within(5.0));
        assertThat(p95.atMost(Duration.ofMillis(1)).nanos(upTo(99)))
                .as("a greatest delay is no data")
                .isEqualTo(FanoutStrategy.NEVER);
    }

    @Test
    void attemptsThatWereAllCutAreNoDataEither() {
        Histogram cut = new Histogram(2);
        cut.recordValueWithCount(1_000, 10_000);

        assertThat(HedgeDelay.percentile(95).nanos(Lifetimes.of(new Histogram(2), cut)))
                .isEqualTo(FanoutStrategy.NEVER);
    }

    @Test
    void aPercentileStaysWithinItsBounds() {
        HedgeDelay bounded =
                HedgeDelay.percentile(95).atLeast(Duration.ofMillis(100)).atMost(Duration.ofMillis(200));

        assertThat(bounded.nanos(upTo(100))).isEqualTo(100_000_000);
        assertThat(bounded.nanos(upTo(150)) / 1e6).isCloseTo(142.5, within(1.5));
        assertThat(bounded.nanos(upTo(1_000))).isEqualTo(200_000_000);
        assertThat(HedgeDelay.percentile(95).atMost(Duration.ZERO).nanos(upTo(100)))
                .as("0 would ask all from the start, beyond any budget")
                .isEqualTo(1);
    }

    @Test
    void refusesWhatMakesNoSense() {
        for (double percent : new double[] {0, 0.99, 99.91, 100, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> HedgeDelay.percentile(percent))
                    .withMessageContaining("1 to 99.9");
        }
        HedgeDelay p95 = HedgeDelay.percentile(95);
        assertThatIllegalArgumentException().isThrownBy(() -> HedgeDelay.fixed(Duration.ofMinutes(61)));
        assertThatIllegalArgumentException().isThrownBy(() -> p95.atLeast(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> p95.atLeast(Duration.ofMillis(2)).atMost(Duration.ofMillis(1)))
                .withMessageContaining("PT0.002S and PT0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HedgeDelay.fixed(Duration.ofMillis(1)).atMost(Duration.ofMillis(2)));
    }

    @Test
    void saysWhatItIs() {
        assertThat(HedgeDelay.percentile(95)).hasToString("p95");
        assertThat(HedgeDelay.percentile(99.9).atLeast(Duration.ofMillis(5)).atMost(Duration.ofSeconds(1)))
                .hasToString("p99.9, at least PT0.005S, at most PT1S");
        assertThat(FanoutStrategy.hedged(HedgeDelay.percentile(90))).hasToString("hedged(p90)");
        assertThat(FanoutStrategy.hedged(Duration.ofMillis(10))).hasToString("hedged(PT0.01S)");
    }

    /** Attempts that took 1, 2, 3, ... ms. */
    private static Lifetimes upTo(int millis) {
        Histogram ended = new Histogram(2);
        for (int i = 1; i <= millis; i++) {
            ended.recordValue(i * 1_000L);
        }
        return Lifetimes.of(ended, new Histogram(2));
    }
}
