package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.spi.StrategyStep;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The simulator against what is known of queues, and the strategies against what is promised of them. */
class SimulatorTest {
    private static final Duration MEAN = Duration.ofMillis(10);
    private static final FanoutStrategy HEDGED = FanoutStrategy.hedged(HedgeDelay.percentile(95));

    private final Simulator exponential =
            Simulator.of(Service.exponential(MEAN)).requests(40_000, 5_000);

    @Test
    void isTheSameForTheSameSeed() {
        Simulator short1 = exponential.requests(2_000, 500).strategy(HEDGED, 0.05);

        assertThat(short1.run()).isEqualTo(short1.run());
        assertThat(short1.seed(2).run()).isNotEqualTo(short1.run());
    }

    @Test
    void aQueueWaitsAsLongAsTheoryTells() {
        Simulator.Result half = exponential.load(0.5).run();

        assertThat(half.meanMillis()).isCloseTo(20, within(1.0)); // 1 / (1 - load) service times
        assertThat(half.p99Millis()).isCloseTo(20 * Math.log(100), within(6.0));
        assertThat(half.utilisation()).isCloseTo(0.5, within(0.01));
        assertThat(half.extraLoad()).isZero();
        assertThat(half.failed()).isZero();
        assertThat(Simulator.of(Service.deterministic(MEAN))
                        .requests(40_000, 5_000)
                        .load(0.5)
                        .run()
                        .meanMillis())
                .isCloseTo(15, within(0.5));
    }

    @Test
    void askingBothPaysBelowAThirdAndCostsAboveIt() {
        for (double load : new double[] {0.2, 0.45}) {
            double alone = exponential.load(load).run().meanMillis();
            double both = exponential
                    .load(load)
                    .strategy(FanoutStrategy.parallel(), 0)
                    .run()
                    .meanMillis();
            assertThat(both < alone).as("at %s: %s and %s", load, alone, both).isEqualTo(load < 1 / 3.0);
        }
    }

    @Test
    void hedgingAtThePercentileCutsTheTailForATwentiethOfTheLoad() {
        Service oneInAHundredSlow = Service.exponential(MEAN).but(0.01, Service.deterministic(Duration.ofMillis(500)));
        Simulator slow =
                Simulator.of(oneInAHundredSlow).backends(10, 0, 2).rate(500).requests(40_000, 5_000);

        Simulator.Result alone = slow.run();
        Simulator.Result hedged = slow.strategy(HEDGED, 0.05).run();

        assertThat(alone.p999Millis()).isEqualTo(500);
        assertThat(hedged.p999Millis()).isLessThan(110);
        assertThat(hedged.extraLoad()).isBetween(0.03, 0.051);
    }

    @Test
    void adaptiveAsksAllWhileThatPaysHedgesBeyondAndStopsUnderFullLoad() {
        assertThat(adaptive(0.1)).isEqualTo("parallel");
        assertThat(adaptive(0.45)).isEqualTo("hedged");
        assertThat(adaptive(0.85)).isEqualTo("single");
    }

    private String adaptive(double load) {
        Simulator.Result result = exponential
                .load(load)
                .requests((int) (80_000 * load), 0)
                .strategy(FanoutStrategy.adaptive(), 0.05)
                .run();
        assertThat(result.failed()).isZero();
        assertThat(result.steps())
                .allSatisfy(step -> assertThat(step.utilisation()).isCloseTo(load, within(0.1)))
                .hasSizeLessThanOrEqualTo(1);
        return result.steps().stream().map(StrategyStep::to).findFirst().orElse("hedged");
    }
}
