package dev.fanoutgateway.examples.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.core.RedisServerBuilder;

/** A real redis-server. */
final class RedisServerProcess implements AutoCloseable {
    private final RedisServer server;
    private final int port;
    private final ProcessHandle process;

    RedisServerProcess(Path directory) throws IOException {
        this(Files.createTempDirectory(directory, "redis"), freePort());
    }

    /** @param folder where it keeps what it is told to keep */
    RedisServerProcess(Path folder, int port, String... settings) throws IOException {
        this.port = port;
        RedisServerBuilder builder = RedisServer.newRedisServer()
                .executableProvider(ExecutableProvider.newJarResourceProvider(folder.toFile()))
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .setting("dir " + folder);
        for (String setting : settings) {
            builder.setting(setting);
        }
        server = builder.build();
        server.start();
        process = ProcessHandle.of(Long.parseLong(ask("INFO server", "process_id:")))
                .orElseThrow();
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** How many keys it holds. */
    long keys() throws IOException {
        return Long.parseLong(ask("DBSIZE", ":"));
    }

    /** SIGKILL, as if its machine had failed. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGSTOP: it accepts connections still, and answers nothing. */
    void hang() throws IOException {
        signal("-STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException {
        signal("-CONT");
    }

    private void signal(String signal) throws IOException {
        new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                .inheritIO()
                .start()
                .onExit()
                .join();
    }

    /** What follows {@code prefix} in the answer to an inline command. */
    private String ask(String command, String prefix) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(prefix)) {
                    return line.substring(prefix.length()).strip();
                }
            }
            throw new IOException("no " + prefix + " in the answer");
        }
    }

    @Override
    public void close() throws IOException {
        resume(); // or it would not hear that it is to end
        server.stop();
    }
}
