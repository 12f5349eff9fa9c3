package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link MeasuredServer} in a JVM of its own. */
final class ServerProcess implements AutoCloseable {
    private static final int CONNECTIONS = 16;

    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;
    private final int port;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        port = Integer.parseInt(readLine().substring("port ".length()));
    }

    static ServerProcess start(Variant variant, String backend, String redis) throws IOException {
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
        return new ServerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Loads the server for a while; its CPU microseconds for each request that it answered. */
    double microsPerRequest(int millis) throws IOException, InterruptedException {
        try (Load load = new Load(port, CONNECTIONS)) {
            long cpu = cpuNanos();
            long answers = load.answers();
            TimeUnit.MILLISECONDS.sleep(millis);
            long answered = load.answers() - answers;
            long spent = cpuNanos() - cpu;
            if (load.failures() > 0 || answered == 0) {
                throw new IOException("expected every request to be answered with 200, %d were and %d were not"
                        .formatted(answered, load.failures()));
            }
            return spent / 1_000.0 / answered;
        }
    }

    private long cpuNanos() throws IOException {
        in.println("cpu");
        return Long.parseLong(readLine());
    }

    private String readLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the server ended before it was told to");
        }
        return line;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
