package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real Redis that has lost nothing it has acknowledged when it is started again after a kill. */
final class SoakRedis implements AutoCloseable {
    private final Path folder;
    private final int port;
    private RedisServerProcess server;

    SoakRedis(Path directory) throws IOException {
        folder = Files.createTempDirectory(directory, "redis");
        port = RedisServerProcess.freePort();
        server = start();
    }

    int port() {
        return port;
    }

    /** SIGKILL, and a new start. */
    void killAndRestart() throws IOException {
        server.kill();
        server = start();
    }

    void hang() throws IOException {
        server.hang();
    }

    void resume() throws IOException {
        server.resume();
    }

    /** The file is written before each answer; that it is on the disk matters to no process. */
    private RedisServerProcess start() throws IOException {
        return new RedisServerProcess(folder, port, "appendonly yes", "appendfsync no");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
