package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What callers of the standalone gateway feel of an outage, at 500 requests a second in an open loop: {@code outage JAR
 * [CASE...]}, with the cases {@code kill}, {@code stop}, {@code slow-head}, {@code slow-body}, {@code slow-chunked}, {@code
 * slow-expect}, {@code drain}; all of them without. Two replicas (2 ms in the mean) in JVMs of their own, the gateway in
 * another.
 */
final class Outage {
    private static final int RATE = 500;
    private static final int SLOW_CLIENTS = 1_000;
    private static final Duration WARM_UP = Duration.ofSeconds(8);
    private static final Duration MEASURED = Duration.ofSeconds(10);

    private final Path jar;

    private Outage(Path jar) {
        this.jar = jar;
    }

    static void main(String[] args) throws Exception {
        if (args.length == 0) {
            System.err.println("usage: java -jar benchmarks.jar outage FANOUT-GATEWAY.JAR [CASE...]");
            System.exit(2);
        }
        List<String> cases = args.length > 1
                ? List.of(args).subList(1, args.length)
                : List.of("kill", "stop", "slow-head", "slow-body", "slow-chunked", "slow-expect", "drain");
        System.out.printf("Java %s%n", Runtime.version());
        System.out.println("| case | method | requests | errors | p50 ms | p99 ms | slowest ms |");
        System.out.println("|---|---|---|---|---|---|---|");
        for (String one : cases) {
            new Outage(Path.of(args[0])).run(one);
        }
        System.exit(0);
    }

    /** A replica and the way to signal it. */
    private record Backend(Process process, int port) implements AutoCloseable {
        static Backend start(int port) throws IOException {
            Process process = new ProcessBuilder(
                            System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                            "-Xmx64m",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Benchmarks.class.getName(),
                            "replica",
                            Integer.toString(port))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader out =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            String line = out.readLine();
            if (line == null) {
                throw new IOException("a replica ended before it listened");
            }
            return new Backend(process, Integer.parseInt(line));
        }

        void signal(String signal) throws IOException, InterruptedException {
            new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .start()
                    .waitFor();
        }

        @Override
        public void close() throws Exception {
            signal("-CONT");
            process.destroyForcibly().waitFor();
        }
    }

    private void run(String name) throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        try (Backend first = Backend.start(0);
                Backend second = Backend.start(0);
                StandaloneProcess gateway = StandaloneProcess.start(jar, configuration(first.port, second.port))) {
            new OpenLoop(gateway.port(), RATE, WARM_UP).run();
            switch (name) {
                case "kill" ->
                    report(name, gateway, () -> {
                        TimeUnit.SECONDS.sleep(2);
                        first.signal("-KILL");
                        TimeUnit.SECONDS.sleep(3);
                        open.add(Backend.start(first.port));
                    });
                case "stop" ->
                    report(name, gateway, () -> {
                        TimeUnit.SECONDS.sleep(2);
                        first.signal("-STOP");
                        TimeUnit.SECONDS.sleep(5);
                        first.signal("-CONT");
                    });
                case "slow-head" ->
                    report(name, gateway, () -> slow(gateway.port(), "GET /a HTTP/1.1\r\nX-Slow: ", "x", open));
                case "slow-body" ->
                    report(name, gateway, () -> slow(gateway.port(), post("Content-Length: 60000"), "x", open));
                case "slow-chunked" ->
                    report(
                            name,
                            gateway,
                            () -> slow(gateway.port(), post("Transfer-Encoding: chunked"), "1\r\nx\r\n", open));
                case "slow-expect" ->
                    report(
                            name,
                            gateway,
                            () -> slow(
                                    gateway.port(), post("Expect: 100-continue\r\nContent-Length: 200000"), "x", open));
                case "drain" ->
                    report(name, gateway, () -> {
                        TimeUnit.SECONDS.sleep(2);
                        first.process.destroy(); // SIGTERM: it answers what it has, and ends
                        first.process.waitFor();
                        TimeUnit.SECONDS.sleep(1);
                        open.add(Backend.start(first.port));
                    });
                default -> throw new IllegalArgumentException("expected a case, got " + name);
            }
        } finally {
            for (AutoCloseable part : open) {
                part.close();
            }
        }
    }

    private interface Fault {
        void run() throws Exception;
    }

    private static void report(String name, StandaloneProcess gateway, Fault fault) throws Exception {
        OpenLoop load = new OpenLoop(gateway.port(), RATE, MEASURED);
        Thread loading = new Thread(load::run, "load");
        loading.start();
        fault.run();
        loading.join();
        for (String method : List.of("GET", "POST")) {
            OpenLoop.Figures figures = load.figures(method);
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %d | %d | %.1f | %.1f | %.0f |%n",
                    name,
                    method,
                    figures.requests(),
                    figures.errors(),
                    figures.millis(50),
                    figures.millis(99),
                    figures.millis(100));
        }
    }

    private static String post(String fields) {
        return "POST /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n\r\n";
    }

    /** A thousand clients that begin, and then send a byte each second. */
    private static void slow(int port, String beginning, String more, List<AutoCloseable> open) throws Exception {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < SLOW_CLIENTS; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            open.add(socket);
            sockets.add(socket);
            socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        }
        for (int second = 0; second < 8; second++) {
            for (Socket socket : sockets) {
                try {
                    socket.getOutputStream().write(more.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException cut) {
                    continue;
                }
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private static Path configuration(int first, int second) throws IOException {
        Path file = Files.createTempFile("outage", ".yaml");
        file.toFile().deleteOnExit();
        return Files.writeString(file, """
                server: {listen: "127.0.0.1:0"}
                backends:
                  two:
                    urls: ["http://127.0.0.1:%d", "http://127.0.0.1:%d"]
                    selector: least-loaded
                    connect-timeout: 1s
                    health: {path: /health, every: 500ms, timeout: 500ms, down-after: 2, up-after: 1}
                routes:
                  - {path: /**, backends: two, strategy: hedged, hedge-after: {percentile: p95, min: 5ms, max: 250ms},
                     cache: off, auth: none, attempt-timeout: 1s, timeout: 3s, on-failure: by-cause}
                """.formatted(first, second));
    }
}
