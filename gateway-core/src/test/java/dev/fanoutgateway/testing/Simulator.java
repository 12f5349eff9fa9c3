package dev.fanoutgateway.testing;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendSelector;
import dev.fanoutgateway.spi.BackendStatus;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.StrategyStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Runs the real gateway over simulated backends and a fake clock, and tells what a strategy does to latency and load: hours of
 * traffic in seconds, the same for the same seed. Requests come at random (a Poisson process); each has {@code copies} of the
 * backends as candidates, chosen at random. Immutable: each method gives a changed copy.
 *
 * @param service how long backends work on a request
 * @param backends how many there are
 * @param workers how many requests each can work on at a time, others queue; 0 for no bound
 * @param copies how many backends a request may be sent to
 * @param perSecond the rate of requests
 * @param requests how many are measured
 * @param warmUp how many come before them
 * @param strategy how backends are asked
 * @param extraLoad what hedges and re-attempts may add
 * @param batch how many requests come together; the latency is that of the last of them
 * @param seed of every random number
 */
public record Simulator(
        Service service,
        int backends,
        int workers,
        int copies,
        double perSecond,
        int requests,
        int warmUp,
        FanoutStrategy strategy,
        double extraLoad,
        int batch,
        long seed) {

    /** Two of ten backends with one worker each, at a tenth of what they can do. */
    public static Simulator of(Service service) {
        return new Simulator(service, 10, 1, 2, 1, 100_000, 20_000, FanoutStrategy.single(), 0.05, 1, 1).load(0.1);
    }

    /** So many backends, with so many workers each, and so many of them to choose from for a request. */
    public Simulator backends(int count, int workersEach, int candidates) {
        return new Simulator(
                service, count, workersEach, candidates, perSecond, requests, warmUp, strategy, extraLoad, batch, seed);
    }

    /** Requests at a rate that alone uses this share of the backends' workers. */
    public Simulator load(double utilisation) {
        return rate(utilisation * backends * Math.max(1, workers) / (service.meanNanos() / 1e9));
    }

    /** So many requests a second. */
    public Simulator rate(double each) {
        return new Simulator(
                service, backends, workers, copies, each, requests, warmUp, strategy, extraLoad, batch, seed);
    }

    /** Measures so many requests, after so many. */
    public Simulator requests(int measured, int before) {
        return new Simulator(
                service, backends, workers, copies, perSecond, measured, before, strategy, extraLoad, batch, seed);
    }

    /** Another way to ask, and what hedges may add. */
    public Simulator strategy(FanoutStrategy other, double share) {
        return new Simulator(
                service, backends, workers, copies, perSecond, requests, warmUp, other, share, batch, seed);
    }

    /** So many requests at once, whenever some come; counts and rates are of such batches. */
    public Simulator batch(int size) {
        return new Simulator(
                service, backends, workers, copies, perSecond, requests, warmUp, strategy, extraLoad, size, seed);
    }

    /** Other random numbers. */
    public Simulator seed(long other) {
        return new Simulator(
                service, backends, workers, copies, perSecond, requests, warmUp, strategy, extraLoad, batch, other);
    }

    /** Runs it. */
    public Result run() {
        return new Run().result();
    }

    /** What each of these comes to, under the same requests: a table in Markdown, with a line for each. */
    public String compare(FanoutStrategy... strategies) {
        StringBuilder table = new StringBuilder("| strategy | p50 ms | p99 ms | p99.9 ms | extra load | utilisation |\n"
                + "|---|---|---|---|---|---|\n");
        for (FanoutStrategy each : strategies) {
            Result result = strategy(each, extraLoad).run();
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %.1f | %.1f | %.1f %% | %.0f %% |%s%n",
                    each,
                    result.p50Millis(),
                    result.p99Millis(),
                    result.p999Millis(),
                    100 * result.extraLoad(),
                    100 * result.utilisation(),
                    result.failed() == 0 ? "" : " " + result.failed() + " failed |"));
        }
        return table.toString();
    }

    /**
     * What came of it; latencies in milliseconds.
     *
     * @param extraLoad how many attempts were made beyond one for each request, as a share of the requests
     * @param utilisation of the backends; 0 where they have no bound
     * @param failed requests without an answer
     * @param steps of an adaptive strategy, warm-up included
     */
    public record Result(
            double meanMillis,
            double p50Millis,
            double p95Millis,
            double p99Millis,
            double p999Millis,
            double extraLoad,
            double utilisation,
            long failed,
            List<StrategyStep> steps) {
        /** One line of a table. */
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "mean %8.2f  p50 %8.2f  p95 %8.2f  p99 %8.2f  p99.9 %8.2f  extra %6.2f %%  used %5.1f %%%s",
                    meanMillis,
                    p50Millis,
                    p95Millis,
                    p99Millis,
                    p999Millis,
                    100 * extraLoad,
                    100 * utilisation,
                    failed == 0 ? "" : "  FAILED " + failed);
        }
    }

    /** One run, on one thread. */
    private final class Run {
        private final SplittableRandom random = new SplittableRandom(seed);
        private final FakeClock clock = new FakeClock();
        private final SimulatedBackends simulated = new SimulatedBackends(clock, service, workers, random.split());
        private final List<StrategyStep> steps = new ArrayList<>();
        private final double[] millis = new double[requests];
        private int done;
        private long failed;

        Result result() {
            try (FanoutGateway gateway = gateway()) {
                arrivals(gateway, warmUp, false);
                long calls = simulated.calls();
                double worked = simulated.workedNanos();
                long began = clock.nanoTime();
                arrivals(gateway, requests, true);
                double extra = (double) (simulated.calls() - calls) / requests / batch - 1;
                double capacity = (clock.nanoTime() - began) * (double) backends * workers;
                double used = workers == 0 ? 0 : (simulated.workedNanos() - worked) / capacity;
                clock.advance(Duration.ofHours(1));
                return summary(extra, used);
            }
        }

        private FanoutGateway gateway() {
            String[] urls = new String[backends];
            Arrays.setAll(urls, i -> "http://b" + i);
            return Gateway.builder()
                    .backends(BackendGroup.of("simulated", urls)
                            .selector(new AtRandom(copies, random.split()))
                            .maxConcurrent(1_000_000)
                            .eject(Ejection.off()))
                    .route(Route.path("/**")
                            .backends("simulated")
                            .strategy(strategy)
                            .extraLoad(extraLoad)
                            .cache(CachePolicy.off())
                            .build())
                    .client(simulated)
                    .clock(clock)
                    .executor(Runnable::run)
                    .observer(new GatewayObserver() {
                        @Override
                        public void onStrategyStep(StrategyStep step) {
                            steps.add(step);
                        }
                    })
                    .build();
        }

        private void arrivals(FanoutGateway gateway, int count, boolean measured) {
            GatewayRequest request = GatewayRequest.get("/x");
            double due = 0;
            long began = clock.nanoTime();
            for (int i = 0; i < count; i++) {
                due += -Math.log1p(-random.nextDouble()) / perSecond * 1e9;
                clock.advance(Duration.ofNanos(Math.max(0, began + (long) due - clock.nanoTime())));
                Batch together = new Batch(clock.nanoTime(), measured);
                for (int each = 0; each < batch; each++) {
                    gateway.handle(request).thenAccept(together::answered);
                }
            }
        }

        /** Requests that came together. */
        private final class Batch {
            private final long start;
            private final boolean measured;
            private int open = batch;

            Batch(long start, boolean measured) {
                this.start = start;
                this.measured = measured;
            }

            void answered(GatewayResponse response) {
                open--;
                if (measured) {
                    failed += response.status() == 200 ? 0 : 1;
                }
                if (measured && open == 0) {
                    millis[done++] = (clock.nanoTime() - start) / 1e6;
                }
            }
        }

        private Result summary(double extra, double used) {
            double[] sorted = Arrays.copyOf(millis, done);
            Arrays.sort(sorted);
            return new Result(
                    Arrays.stream(sorted).average().orElse(0),
                    at(sorted, 0.5),
                    at(sorted, 0.95),
                    at(sorted, 0.99),
                    at(sorted, 0.999),
                    extra,
                    used,
                    failed,
                    List.copyOf(steps));
        }

        private static double at(double[] sorted, double share) {
            return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
        }
    }

    /** Some backends, each choice as likely as the other. */
    private record AtRandom(int copies, SplittableRandom random) implements BackendSelector {
        @Override
        public List<Backend> plan(GatewayRequest request, List<BackendStatus> all) {
            List<Backend> chosen = new ArrayList<>(copies);
            while (chosen.size() < Math.min(copies, all.size())) {
                Backend backend = all.get(random.nextInt(all.size())).backend();
                if (!chosen.contains(backend)) {
                    chosen.add(backend);
                }
            }
            return chosen;
        }
    }
}
