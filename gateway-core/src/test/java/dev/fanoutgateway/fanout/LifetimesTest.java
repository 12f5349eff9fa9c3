package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What is told of times of which some were cut short, against distributions that are known. */
class LifetimesTest {
    private final Histogram ended = new Histogram(2);
    private final Histogram cut = new Histogram(2);
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void withoutAnythingThereIsNothingToTell() {
        Lifetimes none = Lifetimes.of(ended, cut);

        assertThat(none.count()).isZero();
        assertThat(none.percentile(95)).isZero();
        assertThat(none.mean()).isZero();
        assertThat(none.variability()).isZero();
    }

    @Test
    void withoutACutItIsThePlainPercentile() {
        for (int millis = 1; millis <= 100; millis++) {
            ended.recordValue(TimeUnit.MILLISECONDS.toMicros(millis));
        }
        Lifetimes lifetimes = Lifetimes.of(ended, cut);

        assertThat(lifetimes.percentile(50) / 1e6).isCloseTo(50, within(0.5));
        assertThat(lifetimes.percentile(95) / 1e6).isCloseTo(95, within(0.95));
        assertThat(lifetimes.percentile(99.9) / 1e6).isCloseTo(100, within(1.0));
        assertThat(lifetimes.mean() / 1e6).isCloseTo(50.5, within(0.5));
    }

    @Test
    void cutAttemptsDoNotMakeTheBackendsLookFasterNorSlower() {
        // each is cut after an independent time, about half of them before they end
        times(200_000, this::exponential, this::exponential);

        Lifetimes lifetimes = Lifetimes.of(ended, cut);

        assertThat(lifetimes.mean() / 1e6).isCloseTo(10, within(0.3));
        assertThat(lifetimes.percentile(50) / 1e6).isCloseTo(10 * Math.log(2), within(0.2));
        assertThat(lifetimes.percentile(95) / 1e6).isCloseTo(10 * Math.log(20), within(0.9));
        assertThat(lifetimes.variability()).isCloseTo(1, within(0.1));
    }

    @Test
    void whatAHedgeWouldMakeOfThemIsToldFromThemSingly() {
        times(400_000, this::exponential, () -> Double.MAX_VALUE);

        Lifetimes lifetimes = Lifetimes.of(ended, cut);
        double delay = 10 * Math.log(20);

        // beyond the delay two run: of the twentieth that is left a fifth is to remain, exp(-2 t / 10)
        assertThat(lifetimes.percentileHedged(99, (long) (delay * 1e6)) / 1e6)
                .isCloseTo(delay + 5 * Math.log(5), within(0.8));
        assertThat(lifetimes.percentileHedged(90, (long) (delay * 1e6))).isEqualTo(lifetimes.percentile(90));
        assertThat(lifetimes.percentileHedged(99, FanoutStrategy.NEVER)).isEqualTo(lifetimes.percentile(99));
        assertThat(lifetimes.percentileHedged(99, 0) / 1e6).isCloseTo(5 * Math.log(100), within(0.8));
        assertThat(lifetimes.longerThan(-1)).isEqualTo(1);
        assertThat(lifetimes.longerThan((long) (delay * 1e6))).isCloseTo(0.05, within(0.003));
        assertThat(lifetimes.longerThan(FanoutStrategy.NEVER)).isZero();
        assertThat(Lifetimes.NONE.percentileHedged(99, 5)).isZero();
    }

    @Test
    void theFastestOfSeveralIsToldFromThemSingly() {
        times(200_000, this::exponential, () -> Double.MAX_VALUE);

        Lifetimes lifetimes = Lifetimes.of(ended, cut);

        assertThat(lifetimes.meanOfFastest(2) / 1e6).isCloseTo(5, within(0.1));
        assertThat(lifetimes.meanOfFastest(5) / 1e6).isCloseTo(2, within(0.1));
    }

    @Test
    void whereTheLongestWereAllCutTheRestEndsWithTheLongestAnswer() {
        for (int i = 0; i < 90; i++) {
            ended.recordValue(10_000);
        }
        for (int i = 0; i < 10; i++) {
            cut.recordValue(400_000); // hung
        }
        Lifetimes lifetimes = Lifetimes.of(ended, cut);

        assertThat(lifetimes.percentile(95) / 1e6).isCloseTo(10, within(0.1));
        assertThat(lifetimes.count()).isEqualTo(100);
        assertThat(lifetimes.ended()).isEqualTo(90);
    }

    @Test
    void fastCutsSayNextToNothing() {
        for (int i = 0; i < 100; i++) {
            ended.recordValue(10_000 + i);
            cut.recordValue(1);
        }
        assertThat(Lifetimes.of(ended, cut).percentile(5) / 1e6).isCloseTo(10, within(0.1));
    }

    private double exponential() {
        return -10_000 * Math.log1p(-random.nextDouble());
    }

    private void times(int count, DoubleSupplier ends, DoubleSupplier cuts) {
        for (int i = 0; i < count; i++) {
            double end = ends.getAsDouble();
            double limit = cuts.getAsDouble();
            if (end <= limit) {
                ended.recordValue((long) end);
            } else {
                cut.recordValue((long) limit);
            }
        }
    }
}
