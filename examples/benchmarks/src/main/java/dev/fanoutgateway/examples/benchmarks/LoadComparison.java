package dev.fanoutgateway.examples.benchmarks;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import redis.embedded.RedisServer;

/**
 * CPU microseconds a request (the server process's CPU time by the requests answered) of each {@link Variant}, as ratios.
 *
 * <p>Each server runs in a JVM of its own and is started several times over, since starts differ. It is first loaded until
 * its figure stands still: windows of 5 s, at least 25 s in all, until three in a row are within 5 % (or 40 s). Then the
 * servers are loaded by turns, 2 s each, ten times round: what else the machine does meanwhile hits all of them alike. A
 * start's figure is the median of its ten; its ratio is the median of the ten ratios, each within one round.
 */
final class LoadComparison {
    private static final int WARM_MILLIS = 5_000;
    private static final int LEAST_WINDOWS = 5;
    private static final int MOST_WINDOWS = 8;
    private static final int TURN_MILLIS = 2_000;
    private static final int ROUNDS = 10;

    private LoadComparison() {}

    public static void main(String[] args) throws Exception {
        int starts = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        List<Variant> variants =
                args.length > 1 ? Arrays.stream(args).skip(1).map(Variant::of).toList() : List.of(Variant.values());
        RedisServer redis = new RedisServer(freePort());
        redis.start();
        Server backend = MeasuredServer.start(Variant.BARE, "", "");
        String backendUrl = "http://127.0.0.1:" + ((ServerConnector) backend.getConnectors()[0]).getLocalPort();
        String redisUri = "redis://127.0.0.1:" + redis.ports().get(0);
        List<Map<Variant, List<Double>>> figures = new ArrayList<>();
        try {
            for (int start = 1; start <= starts; start++) {
                figures.add(oneStart(variants, backendUrl, redisUri));
                report(variants, figures);
            }
        } finally {
            backend.stop();
            redis.stop();
        }
    }

    private static Map<Variant, List<Double>> oneStart(List<Variant> variants, String backend, String redis)
            throws Exception {
        Map<Variant, ServerProcess> servers = new EnumMap<>(Variant.class);
        try {
            for (Variant variant : variants) {
                ServerProcess server = ServerProcess.start(variant, backend, redis);
                servers.put(variant, server);
                warm(server);
            }
            Map<Variant, List<Double>> figures = new EnumMap<>(Variant.class);
            for (int round = 0; round < ROUNDS; round++) {
                for (Variant variant : variants) {
                    figures.computeIfAbsent(variant, any -> new ArrayList<>())
                            .add(of(servers, variant).microsPerRequest(TURN_MILLIS));
                }
            }
            return figures;
        } finally {
            for (ServerProcess server : servers.values()) {
                server.close();
            }
        }
    }

    private static void warm(ServerProcess server) throws Exception {
        List<Double> windows = new ArrayList<>();
        do {
            windows.add(server.microsPerRequest(WARM_MILLIS));
        } while (windows.size() < LEAST_WINDOWS
                || (windows.size() < MOST_WINDOWS
                        && spread(windows.subList(windows.size() - 3, windows.size())) > 0.05));
    }

    private static void report(List<Variant> variants, List<Map<Variant, List<Double>>> starts) {
        System.out.printf("%nJava %s, %d start(s)%n", Runtime.version(), starts.size());
        System.out.println("| server | CPU us a request, each start | ratio, each start | median ratio |");
        System.out.println("|---|---|---|---|");
        for (Variant variant : variants) {
            List<Double> micros =
                    starts.stream().map(start -> median(of(start, variant))).toList();
            List<Double> ratios = starts.stream()
                    .filter(start -> start.containsKey(variant.base()))
                    .map(start -> ratio(of(start, variant), of(start, variant.base())))
                    .toList();
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %s | %s of %s |%n",
                    variant.title(),
                    listed(micros, "%.1f"),
                    listed(ratios, "%.2f"),
                    ratios.isEmpty() ? "-" : String.format(Locale.ROOT, "%.2f", median(ratios)),
                    variant.base().title());
        }
    }

    private static <T> T of(Map<Variant, T> all, Variant variant) {
        return Objects.requireNonNull(all.get(variant));
    }

    private static double ratio(List<Double> of, List<Double> to) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < of.size(); round++) {
            ratios.add(of.get(round) / to.get(round));
        }
        return median(ratios);
    }

    private static String listed(List<Double> values, String format) {
        return String.join(
                ", ",
                values.stream()
                        .map(value -> String.format(Locale.ROOT, format, value))
                        .toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
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
