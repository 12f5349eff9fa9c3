package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import redis.embedded.RedisServer;

/**
 * CPU microseconds a request (the server process's CPU time by the requests answered) of each {@link Variant}, as ratios
 * within one run. Each server runs in a JVM of its own, several times over, the variants by turns; it is loaded until the
 * figure stands still: windows of 5 s, at least 25 s in all, until three in a row are within 3 % of each other (or 90 s).
 */
final class LoadComparison {
    private static final int CONNECTIONS = 16;
    private static final int WINDOW_MILLIS = 5_000;
    private static final int LEAST_WINDOWS = 5;
    private static final int MOST_WINDOWS = 18;

    private LoadComparison() {}

    public static void main(String[] args) throws Exception {
        int starts = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        List<Variant> variants = args.length > 1
                ? Arrays.stream(args)
                        .skip(1)
                        .map(name ->
                                Variant.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')))
                        .toList()
                : List.of(Variant.values());
        RedisServer redis = new RedisServer(freePort());
        redis.start();
        Server backend = MeasuredServer.start(Variant.BARE, "", "");
        String backendUrl = "http://127.0.0.1:" + ((ServerConnector) backend.getConnectors()[0]).getLocalPort();
        String redisUri = "redis://127.0.0.1:" + redis.ports().get(0);
        Map<Variant, List<Double>> figures = new EnumMap<>(Variant.class);
        try {
            for (int start = 1; start <= starts; start++) {
                for (Variant variant : variants) {
                    double micros = measure(variant, backendUrl, redisUri);
                    figures.computeIfAbsent(variant, any -> new ArrayList<>()).add(micros);
                    System.out.printf(Locale.ROOT, "start %d  %-16s %7.1f us%n", start, variant.title(), micros);
                }
            }
        } finally {
            backend.stop();
            redis.stop();
        }
        report(figures);
    }

    private static double measure(Variant variant, String backend, String redis) throws Exception {
        List<String> command = List.of(
                System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                "-Xms512m",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Benchmarks.class.getName(),
                "server",
                variant.name(),
                backend,
                redis);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8)) {
            int port = Integer.parseInt(readLine(out).substring("port ".length()));
            try (Load load = new Load(port, CONNECTIONS)) {
                return settled(load, in, out);
            }
        } finally {
            process.destroy();
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    private static double settled(Load load, PrintWriter in, BufferedReader out) throws Exception {
        List<Double> windows = new ArrayList<>();
        while (windows.size() < MOST_WINDOWS) {
            long cpu = cpuNanos(in, out);
            long answers = load.answers();
            TimeUnit.MILLISECONDS.sleep(WINDOW_MILLIS);
            long answered = load.answers() - answers;
            windows.add((cpuNanos(in, out) - cpu) / 1_000.0 / Math.max(1, answered));
            if (load.failures() > 0) {
                throw new IOException(
                        "expected every request to be answered with 200, " + load.failures() + " were not");
            }
            int size = windows.size();
            if (size >= LEAST_WINDOWS && spread(windows.subList(size - 3, size)) <= 0.03) {
                break;
            }
        }
        return mean(windows.subList(windows.size() - 3, windows.size()));
    }

    private static long cpuNanos(PrintWriter in, BufferedReader out) throws IOException {
        in.println("cpu");
        return Long.parseLong(readLine(out));
    }

    private static String readLine(BufferedReader out) throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was told to");
        }
        return line;
    }

    private static void report(Map<Variant, List<Double>> figures) {
        System.out.printf("%nJava %s, %d connections%n", Runtime.version(), CONNECTIONS);
        System.out.println("| server | CPU us a request, each start | median | ratio |");
        System.out.println("|---|---|---|---|");
        figures.forEach((variant, micros) -> System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.1f | %s |%n",
                variant.title(),
                String.join(", ", micros.stream().map("%.1f"::formatted).toList()),
                median(micros),
                ratio(variant, figures)));
    }

    private static String ratio(Variant variant, Map<Variant, List<Double>> figures) {
        Variant base = switch (variant) {
            case BARE, HIT, HIT_UNLIMITED, HIT_REDIS_LIMIT -> Variant.BARE;
            case OKHTTP, PASS, PASS_ASYNC -> Variant.OKHTTP;
        };
        List<Double> to = figures.get(base);
        List<Double> of = figures.get(variant);
        return to == null || of == null ? "-" : "%.2f of %s".formatted(median(of) / median(to), base.title());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    private static double spread(List<Double> values) {
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        return (most - least) / least;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
