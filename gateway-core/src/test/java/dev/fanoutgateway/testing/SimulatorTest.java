package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.StrategyStep;
import dev.fanoutgateway.testing.ScriptedBackends.Script;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.DoubleStream;
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
                Simulator.of(oneInAHundredSlow).backends(10, 0, 2).rate(500).requests(300_000, 30_000);

        Simulator.Result alone = slow.requests(20_000, 0).run();
        Simulator.Result hedged = slow.strategy(HEDGED, 0.05).run();

        assertThat(alone.p999Millis()).isEqualTo(500);
        assertThat(hedged.p999Millis()).isBetween(40.0, 1.1 * idealMillis(oneInAHundredSlow, 0.999));
        assertThat(hedged.extraLoad()).isBetween(0.04, 0.05);
    }

    /** The percentile of two draws, the second begun once the first is among the slowest 5 %. */
    private static double idealMillis(Service service, double percentile) {
        SplittableRandom random = new SplittableRandom(5);
        double[] alone = DoubleStream.generate(() -> service.nanos(random) / 1e6)
                .limit(1_000_000)
                .toArray();
        double[] sorted = alone.clone();
        Arrays.sort(sorted);
        double delay = sorted[(int) (0.95 * sorted.length)];
        double[] hedged = Arrays.stream(alone)
                .map(time -> time <= delay ? time : Math.min(time, delay + service.nanos(random) / 1e6))
                .sorted()
                .toArray();
        return hedged[(int) (percentile * hedged.length)];
    }

    @Test
    void comparesStrategiesForWhomeverHasToChoose() {
        String table = exponential
                .requests(2_000, 500)
                .compare(FanoutStrategy.single(), HEDGED, FanoutStrategy.parallel(), FanoutStrategy.adaptive());

        assertThat(table.lines()).hasSize(6);
        assertThat(table.lines().skip(2))
                .allMatch(line -> line.matches("\\| \\S.*( \\| [0-9.]+){3}( \\| [0-9.]+ %){2} \\|"));
        assertThat(table).contains("| single", "| hedged", "| parallel", "| adaptive");
    }

    @Test
    void scriptsTakeAsLongAsTheirDistributionSays() {
        FakeClock clock = new FakeClock();
        try (ScriptedBackends backends = new ScriptedBackends(clock);
                FanoutGateway gateway = Gateway.builder()
                        .backends("http://a")
                        .client(backends)
                        .clock(clock)
                        .executor(Runnable::run)
                        .route(Route.path("/**").cache(CachePolicy.off()).build())
                        .build()) {
            backends.on("a", Script.ok("x").in(5).taking(Service.exponential(MEAN)));
            Set<Long> times = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                long start = clock.nanoTime();
                CompletableFuture<GatewayResponse> answer = gateway.handle(GatewayRequest.get("/x"));
                clock.advance(Duration.ofMillis(5).minusNanos(1));
                assertThat(answer).isNotDone();
                while (!answer.isDone()) {
                    clock.advance(Duration.ofMillis(1));
                }
                times.add((clock.nanoTime() - start) / 1_000_000);
            }
            assertThat(times).hasSizeGreaterThan(10);
        }
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
