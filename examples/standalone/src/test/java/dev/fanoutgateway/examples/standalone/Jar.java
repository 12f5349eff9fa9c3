package dev.fanoutgateway.examples.standalone;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The jar that was built, as a process of its own. */
final class Jar implements AutoCloseable {
    private static final Path JAR = Path.of(Objects.requireNonNull(System.getProperty("jar.under.test")));
    private static final Pattern LISTENING = Pattern.compile("(?m)^listening on (https?://\\S+:\\d+)$");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Process process;
    private final Path out;
    private final Path err;
    private String url = "";

    private Jar(Path directory, List<String> arguments) throws IOException {
        this(directory, "-Xmx256m", arguments);
    }

    private Jar(Path directory, String heap, List<String> arguments) throws IOException {
        out = Files.createTempFile(directory, "out", ".txt");
        err = Files.createTempFile(directory, "err", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                heap,
                "-Dlog=debug",
                "-jar",
                JAR.toString()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .directory(directory.toFile())
                .start();
    }

    /** Serves {@code configuration}; returns when it listens. */
    static Jar serving(Path directory, String configuration) throws IOException {
        return serving(directory, Duration.ofSeconds(30), configuration);
    }

    static Jar serving(Path directory, Duration drain, String configuration) throws IOException {
        return serving(directory, "-Xmx256m", "drain: " + drain.toMillis() + "ms", configuration);
    }

    /**
     * As the other ways to serve.
     *
     * @param heap such as {@code -Xmx128m}
     * @param server what is said of the server beside where it listens
     */
    static Jar serving(Path directory, String heap, String server, String configuration) throws IOException {
        return servingAll(
                directory, heap, "server: {listen: \"127.0.0.1:0\", %s}\n%s".formatted(server, configuration));
    }

    /** Serves a configuration that also says where to listen. */
    static Jar servingAll(Path directory, String heap, String configuration) throws IOException {
        Path file = Files.createTempFile(directory, "gateway", ".yaml");
        Files.writeString(file, configuration);
        Jar jar = new Jar(directory, heap, List.of(file.toString()));
        try {
            await().atMost(LIMIT).until(() -> jar.out().contains("listening on ") || !jar.process.isAlive());
            Matcher matcher = LISTENING.matcher(jar.out());
            if (!matcher.find()) {
                throw new IllegalStateException("it does not listen: " + jar.out() + jar.err());
            }
            jar.url = matcher.group(1);
            return jar;
        } catch (RuntimeException e) {
            jar.close();
            throw e;
        }
    }

    /** Runs it with these arguments until it ends. */
    static Jar ended(Path directory, String... arguments) throws IOException {
        Jar jar = new Jar(directory, List.of(arguments));
        jar.exitStatus();
        return jar;
    }

    String url() {
        return url;
    }

    int port() {
        return URI.create(url).getPort();
    }

    String out() {
        return textOf(out);
    }

    String err() {
        return textOf(err);
    }

    /** GET with header fields, as alternating names and values. */
    HttpResponse<String> get(String target, String... fields) throws IOException, InterruptedException {
        return client.send(request(target, fields).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String target, String... fields) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + target)).timeout(LIMIT);
        return fields.length == 0 ? request : request.headers(fields);
    }

    HttpClient client() {
        return client;
    }

    /** SIGTERM. */
    Jar terminate() {
        process.destroy();
        return this;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitStatus() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("it does not end: " + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            close();
        }
    }

    private static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
