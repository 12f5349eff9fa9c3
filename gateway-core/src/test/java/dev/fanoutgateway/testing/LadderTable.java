package dev.fanoutgateway.testing;

import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.testing.Simulator.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every strategy at every load with one service, as a table of the report. */
final class LadderTable {
    static final int SEEDS = 6;
    private static final double T_95 = 2.571; // Student's t for six runs
    private static final double[] LOADS = {0.05, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
    private static final double EXTRA = 0.05;
    private static final Map<String, FanoutStrategy> STRATEGIES = new LinkedHashMap<>();

    static {
        STRATEGIES.put("single", FanoutStrategy.single());
        STRATEGIES.put("parallel", FanoutStrategy.parallel());
        STRATEGIES.put("hedged", FanoutStrategy.hedged(HedgeDelay.percentile(95)));
        STRATEGIES.put("adaptive", FanoutStrategy.adaptive());
    }

    private final String name;
    private final Service service;
    private final StringBuilder out = new StringBuilder();
    private final Map<String, List<double[]>> lines = new LinkedHashMap<>();
    private final List<String> notWithinNoise = new ArrayList<>();

    LadderTable(String name, Service service) {
        this.name = name;
        this.service = service;
        out.append("### ").append(name);
        out.append("\n\n| load | single | parallel | hedged(p95) | adaptive | ratio | steps | mean |\n");
        out.append("|---|---|---|---|---|---|---|---|\n");
        STRATEGIES.keySet().forEach(strategy -> lines.put(strategy, new ArrayList<>()));
        for (double load : LOADS) {
            row(load);
        }
        out.append('\n');
    }

    String text() {
        return out.toString();
    }

    /** The p99 of each strategy by load. */
    Map<String, List<double[]>> lines() {
        return lines;
    }

    /** Where adaptive is worse than the better of hedged and parallel, and not by chance. */
    List<String> notWithinNoise() {
        return notWithinNoise;
    }

    private void row(double load) {
        Map<String, List<Result>> results = new LinkedHashMap<>();
        STRATEGIES.forEach((label, strategy) -> {
            if (load < 0.5 || !label.equals("parallel")) {
                List<Result> runs = runs(load, strategy);
                results.put(label, runs);
                lines.get(label).add(new double[] {load, mean(runs, Result::p99Millis)});
            }
        });
        out.append(String.format(Locale.ROOT, "| %.0f %% |", 100 * load));
        STRATEGIES.keySet().forEach(label -> out.append(cell(results.get(label))));
        compare(load, results);
    }

    private List<Result> runs(double load, FanoutStrategy strategy) {
        Simulator simulator = Simulator.of(service).load(load);
        int warmUp = (int) (120 * simulator.perSecond());
        Simulator measured =
                simulator.requests(Math.max(100_000, 2 * warmUp), warmUp).strategy(strategy, EXTRA);
        return IntStream.rangeClosed(1, SEEDS)
                .parallel()
                .mapToObj(seed -> measured.seed(seed).run())
                .toList();
    }

    private void compare(double load, Map<String, List<Result>> results) {
        List<Result> adaptive = results.get("adaptive");
        List<Result> hedged = results.get("hedged");
        List<Result> parallel = results.getOrDefault("parallel", hedged);
        List<Result> better = mean(parallel, Result::p99Millis) < mean(hedged, Result::p99Millis) ? parallel : hedged;
        double[] logs = IntStream.range(0, SEEDS)
                .mapToDouble(i ->
                        Math.log(adaptive.get(i).p99Millis() / better.get(i).p99Millis()))
                .toArray();
        double mean = IntStream.range(0, SEEDS).mapToDouble(i -> logs[i]).sum() / SEEDS;
        double square = IntStream.range(0, SEEDS)
                        .mapToDouble(i -> (logs[i] - mean) * (logs[i] - mean))
                        .sum()
                / (SEEDS - 1);
        double half = T_95 * Math.sqrt(square / SEEDS);
        String ratio = String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f)", Math.exp(mean), Math.exp(mean - half), Math.exp(mean + half));
        out.append(String.format(
                Locale.ROOT,
                " %s | %s | %.2f |%n",
                ratio,
                adaptive.stream().map(LadderTable::steps).collect(Collectors.joining(" ")),
                mean(adaptive, Result::meanMillis)
                        / Math.min(mean(hedged, Result::meanMillis), mean(parallel, Result::meanMillis))));
        if (mean > Math.log(1.02) && mean - half > 0) {
            notWithinNoise.add(name + " at " + load + ": " + ratio);
        }
    }

    private static String steps(Result result) {
        String letters =
                result.steps().stream().map(step -> step.to().substring(0, 1)).collect(Collectors.joining());
        return letters.isEmpty() ? "-" : letters;
    }

    private static String cell(List<Result> runs) {
        return runs == null
                ? " |"
                : String.format(
                        Locale.ROOT,
                        " %.1f / %.0f / %.0f |",
                        mean(runs, Result::meanMillis),
                        mean(runs, Result::p99Millis),
                        mean(runs, Result::p999Millis));
    }

    private static double mean(List<Result> runs, ToDoubleFunction<Result> of) {
        return Math.exp(runs.stream()
                .mapToDouble(run -> Math.log(of.applyAsDouble(run)))
                .average()
                .orElseThrow());
    }
}
