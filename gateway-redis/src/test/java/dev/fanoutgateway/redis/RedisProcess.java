package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server of our own: by default the one in the embedded-redis jar, or the one that the system property
 * {@code redis.executable} names.
 */
final class RedisProcess implements AutoCloseable {
    private final Path folder;
    private final int port;
    private RedisServer server;
    private long pid;
    private String userInfo = "";
    private RedisClient operator;
    private StatefulRedisConnection<String, String> connection;

    RedisProcess() {
        this(freePort());
    }

    /** One on {@code port}, not yet started. */
    RedisProcess(int port) {
        this.port = port;
        this.folder = temporaryFolder();
    }

    /** The store, once it is connected: that may take longer than {@code connect} waits for it. */
    static RedisStore connected(RedisStore store) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(40))
                .until(() -> store.link().isConnected());
        return store;
    }

    RedisProcess start(String... settings) {
        try {
            var builder = RedisServer.newRedisServer()
                    .executableProvider(executable(folder))
                    .port(port)
                    .bind("127.0.0.1")
                    .setting("save \"\"")
                    .setting("appendonly no")
                    .setting("dir " + folder);
            for (String setting : settings) {
                builder.setting(setting);
            }
            server = builder.build();
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        pid = Long.parseLong(field(ask(redis -> redis.info("server")), "process_id"));
        return this;
    }

    /** Starts it with a password. */
    RedisProcess startGuarded(String password) {
        userInfo = ":" + password + "@";
        return start("requirepass " + password);
    }

    String uri() {
        return "redis://" + userInfo + "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** Stops the process in its tracks: its connections stay open and nothing is answered. */
    void hang() {
        signal("-STOP");
    }

    void resume() {
        signal("-CONT");
    }

    /** Ends the process at once, as if its machine had failed. */
    void kill() {
        signal("-KILL");
        stop();
    }

    /** A command by a connection of our own. */
    <T> T ask(Function<RedisCommands<String, String>, T> command) {
        if (operator == null) {
            operator = RedisClient.create(uri());
            connection = operator.connect();
        }
        return command.apply(connection.sync());
    }

    @Override
    public void close() {
        if (operator != null) {
            operator.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
        if (server != null && server.isActive()) {
            signal("-CONT");
            stop();
        }
        delete(folder);
    }

    private void stop() {
        try {
            server.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void signal(String signal) {
        try {
            assertThat(new ProcessBuilder("kill", signal, Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static ExecutableProvider executable(Path folder) {
        String given = System.getProperty("redis.executable");
        return given != null ? () -> new File(given) : ExecutableProvider.newJarResourceProvider(folder.toFile());
    }

    static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("redis-test-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that is free together with the port of a cluster's bus, which is 10,000 higher. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 50_000);
            try (ServerSocket server = new ServerSocket(port);
                    ServerSocket bus = new ServerSocket(port + 10_000)) {
                return server.getLocalPort();
            } catch (IOException taken) {
                // draw another
            }
        }
    }

    private static String field(String info, String name) {
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).trim())
                .findFirst()
                .orElseThrow();
    }
}
