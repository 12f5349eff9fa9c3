package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * Many clients want one resource at once whose responses cannot be shared: does the cache make them queue? With the cache and
 * without by turns, over loopback, everything in this JVM; what is compared is the ratio within a round.
 */
final class Queueing {
    private static final int CLIENTS = 50;
    private static final int REQUESTS = 20_000;
    private static final int ROUNDS = 5;

    private Queueing() {}

    static void main() throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        System.out.printf("Java %s, %d clients%n", Runtime.version(), CLIENTS);
        System.out.println("| round | cache | requests/s | p50 ms | p99 ms | p99, of that without |");
        System.out.println("|---|---|---|---|---|---|");
        double[] ratios = new double[ROUNDS];
        try (Replica replica = new Replica();
                FanoutGateway without = gateway(CachePolicy.off(), replica.url());
                FanoutGateway with = gateway(CachePolicy.standard(), replica.url())) {
            Clients.run(without, CLIENTS, Duration.ZERO, REQUESTS);
            Clients.run(with, CLIENTS, Duration.ZERO, REQUESTS);
            for (int round = 0; round < ROUNDS; round++) {
                double off = measured(round, "off", without, 0);
                ratios[round] = measured(round, "on, uncacheable", with, off) / off;
            }
        }
        Arrays.sort(ratios);
        System.out.printf(Locale.ROOT, "median ratio of p99: %.2f%n", ratios[ROUNDS / 2]);
        System.exit(0);
    }

    private static double measured(int round, String name, FanoutGateway gateway, double reference)
            throws InterruptedException {
        long start = System.nanoTime();
        Clients.Outcome outcome = Clients.run(gateway, CLIENTS, Duration.ZERO, REQUESTS);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (outcome.failures() > 0) {
            throw new IllegalStateException(
                    "expected every request to be answered, got " + outcome.failures() + " that were not");
        }
        double p99 = outcome.millis(99);
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %.0f | %.1f | %.1f | %s |%n",
                round + 1,
                name,
                REQUESTS / seconds,
                outcome.millis(50),
                p99,
                reference == 0 ? "1" : String.format(Locale.ROOT, "%.2f", p99 / reference));
        return p99;
    }

    private static FanoutGateway gateway(CachePolicy policy, String url) {
        return Gateway.builder()
                .backends(BackendGroup.of("replicas", url))
                .route(Route.path("/**")
                        .backends("replicas")
                        .strategy(FanoutStrategy.single())
                        .cache(policy)
                        .build())
                .build();
    }
}
