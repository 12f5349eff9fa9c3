package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.examples.benchmarks.Replica.Illness;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One of three replicas, the one that is asked first, falls ill under load: how many requests are answered, and how quickly.
 * Over loopback, everything in this JVM; each case takes some seconds. Arguments: the illnesses, such as {@code hung}; all
 * of them without.
 */
final class Faults {
    private static final int CLIENTS = 8;
    private static final Duration THINK = Duration.ofMillis(8);
    private static final int WARM_UP = 2_000;
    private static final int REQUESTS = 4_000;

    private Faults() {}

    static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "off");
        Map<String, FanoutStrategy> strategies = new LinkedHashMap<>();
        strategies.put("failover", FanoutStrategy.failover());
        strategies.put("hedged(p95)", FanoutStrategy.hedged(HedgeDelay.percentile(95)));
        strategies.put("ordered(20 ms)", FanoutStrategy.ordered(Duration.ofMillis(20)));
        strategies.put("parallel", FanoutStrategy.parallel());
        strategies.put("adaptive", FanoutStrategy.adaptive());
        System.out.printf("Java %s%n", Runtime.version());
        System.out.println("| the first of three is | strategy | answered | p50 ms | p99 ms | p99.9 ms | slowest ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        boolean complete = true;
        List<String> wanted = List.of(args);
        for (Illness illness : Illness.values()) {
            if (!wanted.isEmpty() && !wanted.contains(illness.name().toLowerCase(Locale.ROOT))) {
                continue;
            }
            for (Map.Entry<String, FanoutStrategy> strategy : strategies.entrySet()) {
                complete &= one(illness, strategy.getKey(), strategy.getValue());
            }
        }
        System.exit(complete ? 0 : 1);
    }

    private static boolean one(Illness illness, String name, FanoutStrategy strategy) throws Exception {
        try (Replica first = new Replica();
                Replica second = new Replica();
                Replica third = new Replica();
                FanoutGateway gateway = gateway(strategy, first.url(), second.url(), third.url())) {
            Clients.run(gateway, CLIENTS, THINK, WARM_UP);
            first.fallIll(illness);
            Clients.Outcome outcome = Clients.run(gateway, CLIENTS, THINK, REQUESTS);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s %% | %.1f | %.1f | %.1f | %.0f |%n",
                    label(illness),
                    name,
                    outcome.failures() == 0
                            ? "100"
                            : Double.toString(100.0 * (REQUESTS - outcome.failures()) / REQUESTS),
                    outcome.millis(50),
                    outcome.millis(99),
                    outcome.millis(99.9),
                    outcome.millis(100));
            return outcome.failures() == 0;
        }
    }

    private static FanoutGateway gateway(FanoutStrategy strategy, String... urls) {
        return Gateway.builder()
                .backends(BackendGroup.of("replicas", urls))
                .route(Route.path("/**")
                        .backends("replicas")
                        .strategy(strategy)
                        .attemptTimeout(Duration.ofSeconds(1))
                        .cache(CachePolicy.off())
                        .build())
                .build();
    }

    private static String label(Illness illness) {
        return switch (illness) {
            case NONE -> "well";
            case KILLED -> "killed";
            case HUNG -> "hung";
            case SLOW -> "slow (1 % take 500 ms)";
            case GARBAGE -> "answering garbage";
            case CUT_SHORT -> "cutting its answers short";
            case ANSWERS_503 -> "answering 503";
        };
    }
}
