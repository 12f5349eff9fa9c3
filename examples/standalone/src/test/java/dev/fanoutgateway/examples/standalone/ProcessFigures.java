package dev.fanoutgateway.examples.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a Java process holds.
 *
 * @param liveBytes of its heap, after a collection; -1 where {@code jcmd} is not there
 * @param threads of the system; -1 where it does not list them
 * @param files open ones, sockets among them; -1 where the system does not list them
 * @param residentKib what it takes of the machine's memory; -1 where the system does not tell
 */
record ProcessFigures(long liveBytes, long threads, long files, long residentKib) {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

    static ProcessFigures of(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        return new ProcessFigures(
                liveBytes(pid), count(process.resolve("task")), count(process.resolve("fd")), resident(process));
    }

    private static long liveBytes(long pid) throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            return -1;
        }
        Process asked = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        StringBuilder said = new StringBuilder();
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(asked.getInputStream(), StandardCharsets.UTF_8))) {
            in.lines().forEach(line -> said.append(line).append('\n'));
        }
        Matcher total = TOTAL.matcher(said);
        return total.find() ? Long.parseLong(total.group(1)) : -1;
    }

    private static long resident(Path process) throws IOException {
        Path status = process.resolve("status");
        Matcher resident = RESIDENT.matcher(Files.isReadable(status) ? Files.readString(status) : "");
        return resident.find() ? Long.parseLong(resident.group(1)) : -1;
    }

    private static long count(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return -1;
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.count();
        }
    }

    @Override
    public String toString() {
        return "%.1f MiB live, %d threads, %d files, %d MiB resident"
                .formatted(liveBytes / 1048576.0, threads, files, residentKib / 1024);
    }
}
