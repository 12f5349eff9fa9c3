package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.fanout.Selectors;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What it costs to cut losers, and what to let them drain: CPU of this process and connections made, for each request. Gateways
 * with and without draining are loaded by turns over the same three replicas (2 ms on average, exponential), which run in a
 * JVM of their own; a ratio is taken within one round, and what is told is the median of the rounds.
 */
final class Draining {
    private static final int CLIENTS = 8;
    /** So that the machine is never busy: what is asked is the cost of a request, not how many there can be. */
    private static final Duration THINK = Duration.ofMillis(20);

    private static final int TURN = 1_500;
    private static final int WARM_UP = 4_000;
    private static final int ROUNDS = 5;

    private Draining() {}

    /** One gateway's turn. */
    private record Turn(double micros, double connections, double p50, double p99) {}

    static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        Map<String, FanoutStrategy> strategies = new LinkedHashMap<>();
        strategies.put("parallel of 3", FanoutStrategy.parallel());
        strategies.put("hedged(p95)", FanoutStrategy.hedged(HedgeDelay.percentile(95)));
        strategies.put("hedged(2 ms), extra load 50 %", FanoutStrategy.hedged(Duration.ofMillis(2)));
        System.out.printf("Java %s%n", Runtime.version());
        System.out.println(
                "| strategy | losers | CPU us a request | connections a request | p50 ms | p99 ms | CPU, ratio |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (ReplicaProcess replicas = ReplicaProcess.start()) {
            for (Map.Entry<String, FanoutStrategy> strategy : strategies.entrySet()) {
                compare(replicas, strategy.getKey(), strategy.getValue());
            }
        }
    }

    private static void compare(ReplicaProcess replicas, String name, FanoutStrategy strategy) throws Exception {
        List<Turn> cut = new ArrayList<>();
        List<Turn> drained = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        try (FanoutGateway cutting = gateway(replicas, strategy, Duration.ZERO);
                FanoutGateway draining = gateway(replicas, strategy, Duration.ofMillis(50))) {
            Clients.run(cutting, CLIENTS, THINK, WARM_UP);
            Clients.run(draining, CLIENTS, THINK, WARM_UP);
            for (int round = 0; round < ROUNDS; round++) {
                Turn one = turn(replicas, cutting);
                Turn other = turn(replicas, draining);
                cut.add(one);
                drained.add(other);
                ratios.add(other.micros() / one.micros());
            }
        }
        line(name, "cut", cut, 1);
        line(name, "drain", drained, median(ratios));
    }

    private static FanoutGateway gateway(ReplicaProcess replicas, FanoutStrategy strategy, Duration drainTime) {
        return Gateway.builder()
                .backends(BackendGroup.of("replicas", replicas.urls()).selector(Selectors.roundRobin()))
                .route(Route.path("/**")
                        .backends("replicas")
                        .strategy(strategy)
                        .extraLoad(0.5)
                        .cache(CachePolicy.off())
                        .build())
                .drainTime(drainTime)
                .build();
    }

    private static Turn turn(ReplicaProcess replicas, FanoutGateway gateway) throws Exception {
        long connections = replicas.connections();
        long cpu = cpuNanos();
        Clients.Outcome outcome = Clients.run(gateway, CLIENTS, THINK, TURN);
        double micros = (cpuNanos() - cpu) / 1e3 / TURN;
        if (outcome.failures() > 0) {
            throw new IOException("expected an answer to every request, but " + outcome.failures() + " failed");
        }
        return new Turn(
                micros, (double) (replicas.connections() - connections) / TURN, outcome.millis(50), outcome.millis(99));
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void line(String strategy, String losers, List<Turn> turns, double ratio) {
        System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f | %.3f | %.1f | %.1f | %.2f |%n",
                strategy,
                losers,
                median(turns.stream().map(Turn::micros).toList()),
                median(turns.stream().map(Turn::connections).toList()),
                median(turns.stream().map(Turn::p50).toList()),
                median(turns.stream().map(Turn::p99).toList()),
                ratio);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
