package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.testing.Simulator.Result;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A short form of the report's tables: adaptive's tail is no worse than that of the better of hedged and parallel. */
class AdaptiveTailTest {
    private static final Duration MEAN = Duration.ofMillis(10);
    private static final Map<String, Service> SERVICES = Map.of(
            "exponential", Service.exponential(MEAN),
            "deterministic", Service.deterministic(MEAN),
            "heavy-tailed", Service.pareto(MEAN, 2.1));
    /** One short run says no more. */
    private static final double CHANCE = 1.3;

    static Stream<Arguments> cases() {
        return SERVICES.keySet().stream()
                .sorted()
                .flatMap(name -> Stream.of(0.15, 0.6, 0.8).map(load -> Arguments.of(name, load)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isNoWorseThanTheBetterOfHedgedAndParallel(String service, double load) {
        Simulator simulator =
                Simulator.of(SERVICES.get(service)).backends(4, 1, 2).load(load).seed(7);
        int second = (int) simulator.perSecond();
        Simulator measured = simulator.requests(Math.max(6_000, 40 * second), 120 * second);

        Result adaptive = measured.strategy(FanoutStrategy.adaptive(), 0.05).run();
        double best = measured.strategy(FanoutStrategy.hedged(HedgeDelay.percentile(95)), 0.05)
                .run()
                .p99Millis();
        if (load < 0.4) {
            best = Math.min(
                    best,
                    measured.strategy(FanoutStrategy.parallel(), 0.05).run().p99Millis());
        }

        assertThat(adaptive.p99Millis()).as("%s", adaptive.steps()).isLessThanOrEqualTo(CHANCE * best);
        assertThat(adaptive.failed()).isZero();
    }
}
