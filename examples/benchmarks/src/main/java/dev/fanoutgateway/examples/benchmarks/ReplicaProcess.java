package dev.fanoutgateway.examples.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Three {@link Replica}s in a JVM of their own, so that their work is not counted as the gateway's. */
final class ReplicaProcess implements AutoCloseable {
    private static final int REPLICAS = 3;

    private final Process process;
    private final BufferedReader out;
    private final PrintWriter in;
    private final String[] urls;

    private ReplicaProcess(Process process) throws IOException {
        this.process = process;
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
        urls = readLine().split(" ");
    }

    /** What the other JVM runs: prints the addresses, then, for each line it reads, how many connections were made. */
    static void main(String[] args) throws IOException {
        List<Replica> replicas = new ArrayList<>();
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            Replica replica = new Replica();
            replicas.add(replica);
            urls.add(replica.url());
        }
        System.out.println(String.join(" ", urls));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (in.readLine() != null) {
            System.out.println(replicas.stream().mapToLong(Replica::connections).sum());
        }
        System.exit(0);
    }

    static ReplicaProcess start() throws IOException {
        return new ReplicaProcess(new ProcessBuilder(
                        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Benchmarks.class.getName(),
                        "replicas")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    String[] urls() {
        return urls;
    }

    long connections() throws IOException {
        in.println("connections");
        return Long.parseLong(readLine());
    }

    private String readLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the replicas ended before they were told to");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
