package dev.fanoutgateway.examples.standalone;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The stand of tests that all go through one jar to one backend, of which each sees only what itself has sent. */
@TestInstance(Lifecycle.PER_CLASS)
abstract class OneBackend {
    private final String server;
    private final String configuration;

    RawBackend backend;

    Jar jar;

    /**
     * What the jar is told.
     *
     * @param server of the server, beside where it listens
     * @param configuration all else, where {@code %s} stands for the backend's URL
     */
    OneBackend(String server, String configuration) {
        this.server = server;
        this.configuration = configuration;
    }

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        backend = RawBackend.healthy("backend");
        jar = Jar.serving(directory, "-Xmx256m", server, configuration.formatted(backend.url()));
    }

    @AfterAll
    void stop() {
        jar.close();
        backend.close();
    }

    @BeforeEach
    void forget() {
        backend.requests().clear();
    }
}
