package dev.fanoutgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.testing.Simulator.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Writes docs/tail-latency.md and its picture; takes some minutes. Not a test: run when asked for by name. */
class TailLatencyReport {
    private static final String ON_SOCKETS = "## On real sockets";
    private static final Path DOCS = Path.of("..", "docs");
    private static final Duration MEAN = Duration.ofMillis(10);
    private static final double EXTRA = 0.05;
    private static final FanoutStrategy P95 = FanoutStrategy.hedged(HedgeDelay.percentile(95));

    private final StringBuilder out = new StringBuilder();
    private final List<String> notWithinNoise = new ArrayList<>();

    @Test
    void write() throws IOException {
        out.append("""
                # Tail latency

                What each strategy does to latency and load: the real gateway over simulated backends and a simulated clock
                (`dev.fanoutgateway.testing.Simulator`, in the test-jar of gateway-core for use with your own figures). Written
                by

                    mvn -B -pl gateway-core test -Dtest=TailLatencyReport -Dsurefire.failIfNoSpecifiedTests=false

                with fixed seeds, so that it writes the same again, but for the section on real sockets. Times are in milliseconds. Requests come at random
                (Poisson); a cut attempt is worked on to its end, as most servers do.

                """);
        oneInAHundredSlow();
        manyKeys();
        breakEven();
        ladders();
        Path page = DOCS.resolve("tail-latency.md");
        String written = Files.readString(page);
        int measured = written.indexOf(ON_SOCKETS);
        out.append(measured < 0 ? "" : written.substring(measured)); // other programs write that
        Files.writeString(page, out.toString().stripTrailing() + "\n");
        assertThat(notWithinNoise).isEmpty();
    }

    private void oneInAHundredSlow() {
        Service service = Service.exponential(MEAN).but(0.01, Service.deterministic(Duration.ofMillis(500)));
        Simulator simulator = Simulator.of(service).backends(10, 0, 2).rate(500).requests(300_000, 30_000);
        double[] alone = new double[1_000_000];
        double[] ideal = new double[alone.length];
        SplittableRandom random = new SplittableRandom(5);
        Arrays.setAll(alone, i -> service.nanos(random) / 1e6);
        double[] sorted = alone.clone();
        Arrays.sort(sorted);
        double delay = sorted[(int) (0.95 * sorted.length)];
        Arrays.setAll(
                ideal, i -> alone[i] <= delay ? alone[i] : Math.min(alone[i], delay + service.nanos(random) / 1e6));
        Arrays.sort(ideal);

        out.append("""
                ## One reply in a hundred is slow

                Exponential service of 10 ms, but 1 % of the replies take 500 ms; no queues, 500 requests/s. *Ideal* is a plain
                simulation of two draws, that knows the 95th percentile beforehand.

                | | p50 | p95 | p99 | p99.9 | extra load |
                |---|---|---|---|---|---|
                """);
        row("single", simulator.run());
        row("hedged(p95)", simulator.strategy(P95, EXTRA).run());
        out.append(String.format(
                Locale.ROOT,
                "| ideal | %.1f | %.1f | %.1f | %.1f | 5.00 %% |%n",
                ideal[ideal.length / 2],
                ideal[(int) (0.95 * ideal.length)],
                ideal[(int) (0.99 * ideal.length)],
                ideal[(int) (0.999 * ideal.length)]));
        row(
                "hedged(10 ms), extra load 5 %",
                simulator.strategy(hedged(10), EXTRA).run());
        row("parallel", simulator.strategy(FanoutStrategy.parallel(), EXTRA).run());
        out.append(
                "\nA delay that is too short is held by the budget: it spends the same 5 %, on the wrong requests.\n\n");
    }

    private void manyKeys() {
        Service service = Service.logNormal(Duration.ofMillis(3), 0.4)
                .but(0.02, Service.pareto(Duration.ofNanos(20_900_000), 1.917)); // 10 ms and more
        Simulator simulator =
                Simulator.of(service).backends(100, 0, 2).rate(0.5).batch(1_000).requests(4_000, 40);
        out.append("""
                ## A thousand keys from a hundred servers

                The shape of the BigTable benchmark in *The Tail at Scale*: 1,000 reads at once, over 100 servers, done with the
                last of them. A read takes 3 ms or so, but 2 % take 10 ms and more, with a heavy tail. (There: p99.9 from
                1,800 ms to 74 ms for 2 % more requests.)

                | | p50 | p95 | p99 | p99.9 | extra load |
                |---|---|---|---|---|---|
                """);
        row("single", simulator.run());
        row("hedged(10 ms)", simulator.strategy(hedged(10), EXTRA).run());
        out.append('\n');
    }

    private void breakEven() {
        out.append("""
                ## Where asking both stops to pay

                Two of ten backends with one worker each; the load at which the mean with both asked crosses the mean with one.
                (Vulimiri and others: 1/3 for exponential, about 0.26 for deterministic service, more with heavy tails.)

                | service | break-even |
                |---|---|
                """);
        services()
                .forEach((name, service) -> out.append(
                        String.format(Locale.ROOT, "| %s | %.2f |%n", name, crossing(Simulator.of(service)))));
        out.append('\n');
    }

    private static double crossing(Simulator simulator) {
        double low = 0.1;
        double high = 0.48;
        while (high - low > 0.005) {
            double load = (low + high) / 2;
            Simulator at = simulator.load(load).requests(400_000, 40_000);
            boolean pays = at.strategy(FanoutStrategy.parallel(), EXTRA).run().meanMillis()
                    < at.run().meanMillis();
            low = pays ? load : low;
            high = pays ? high : load;
        }
        return (low + high) / 2;
    }

    private void ladders() throws IOException {
        out.append("""
                ## Every strategy at every load

                Two of ten backends with one worker each. Mean / p99 / p99.9 in ms, the geometric means of %d runs with other random
                numbers; *steps* are those of adaptive in each run, from the start, as their first letters. The first two minutes
                are not measured.

                *Ratio* is adaptive's p99 to that of the better of hedged and parallel, with the same random numbers, and its 95 %%
                confidence interval (Student's t, of the logarithms). **Within noise** means that the interval reaches down to 1, or
                that the ratio is 1.02 at most, which is as exactly as a percentile is measured. `TailLatencyReport` fails where
                it is not. The last column compares the means, for which adaptive does not aim.

                ![p99 by load, exponential service](tail-latency.svg)

                """.formatted(LadderTable.SEEDS));
        boolean first = true;
        for (Map.Entry<String, Service> service : services().entrySet()) {
            LadderTable table = new LadderTable(service.getKey(), service.getValue());
            out.append(table.text());
            if (first) {
                LineChart chart =
                        new LineChart("p99 in ms, exponential service of 10 ms, two of ten backends", 16, 512);
                table.lines().forEach(chart::line);
                Files.writeString(DOCS.resolve("tail-latency.svg"), chart.svg());
            }
            first = false;
            notWithinNoise.addAll(table.notWithinNoise());
        }
    }

    private void row(String name, Result result) {
        out.append(String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.1f | %.1f | %.2f %% |%n",
                name,
                result.p50Millis(),
                result.p95Millis(),
                result.p99Millis(),
                result.p999Millis(),
                100 * result.extraLoad()));
    }

    private static FanoutStrategy hedged(long millis) {
        return FanoutStrategy.hedged(Duration.ofMillis(millis));
    }

    private static Map<String, Service> services() {
        Map<String, Service> services = new LinkedHashMap<>();
        services.put("Exponential service", Service.exponential(MEAN));
        services.put("Deterministic service", Service.deterministic(MEAN));
        services.put("Heavy-tailed service (Pareto, shape 2.1)", Service.pareto(MEAN, 2.1));
        return services;
    }
}
