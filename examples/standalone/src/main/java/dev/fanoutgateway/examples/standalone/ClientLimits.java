package dev.fanoutgateway.examples.standalone;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * What clients may hold of the server, and for how long: part of the section {@code server}.
 *
 * @param connections how many there may be at once; who comes then waits until one ends
 * @param idle how long a connection may be silent
 * @param head from the first byte of a request to the end of its head
 * @param rate bytes that have to come, or to be taken, each second while the server waits for the client; 0 for any
 * @param window over which that is counted
 * @param headBytes the most that a request's head may have, its first line included
 * @param urlBytes the most that its target may have
 */
record ClientLimits(
        int connections, Duration idle, Duration head, long rate, Duration window, int headBytes, int urlBytes) {
    static final ClientLimits DEFAULT = new ClientLimits(
            10_000, Duration.ofSeconds(30), Duration.ofSeconds(10), 256, Duration.ofSeconds(10), 16 << 10, 8 << 10);

    private static final int MOST_CONNECTIONS = 1_000_000;
    private static final Duration LEAST_TIME = Duration.ofMillis(10);
    private static final Duration MOST_TIME = Duration.ofHours(1);
    private static final long MOST_RATE = 1L << 30;
    private static final long LEAST_BYTES = 64;
    private static final long MOST_BYTES = 1L << 20;

    /** Reads the keys of {@code server} that are of this. */
    static ClientLimits read(Section server) {
        server.set("max-connections", Value.COUNT, ClientLimits::checkConnections);
        Duration idle = time(server, "idle-timeout", DEFAULT.idle);
        Duration head = time(server, "head-timeout", DEFAULT.head);
        server.set("min-data-rate", Value.SIZE, ClientLimits::checkRate);
        Duration window = time(server, "min-data-rate-over", DEFAULT.window);
        int headBytes = bytes(server, "max-head", DEFAULT.headBytes);
        int urlBytes = bytes(server, "max-url", Math.min(headBytes, DEFAULT.urlBytes));
        if (urlBytes > headBytes) {
            server.problems()
                    .add(
                            server.lineOf("max-url"),
                            server.pathOf("max-url"),
                            "no more than max-head, " + headBytes + " bytes",
                            urlBytes + " bytes");
        }
        return new ClientLimits(
                server.value("max-connections", Value.COUNT).orElse(DEFAULT.connections),
                idle,
                head,
                server.value("min-data-rate", Value.SIZE).orElse(DEFAULT.rate),
                window,
                headBytes,
                urlBytes);
    }

    private static Duration time(Section server, String name, Duration unset) {
        Consumer<Duration> check = ClientLimits::checkTime;
        server.set(name, Value.DURATION, check);
        return server.value(name, Value.DURATION).orElse(unset);
    }

    private static int bytes(Section server, String name, int unset) {
        server.set(name, Value.SIZE, ClientLimits::checkBytes);
        return server.value(name, Value.SIZE)
                .filter(bytes -> bytes <= MOST_BYTES)
                .map(Math::toIntExact)
                .orElse(unset);
    }

    private static void checkConnections(int connections) {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "expected 1 to " + MOST_CONNECTIONS + " connections, got " + connections);
        }
    }

    private static void checkTime(Duration time) {
        if (time.compareTo(LEAST_TIME) < 0 || time.compareTo(MOST_TIME) > 0) {
            throw new IllegalArgumentException("expected a time of 10ms to 1h, got " + time);
        }
    }

    private static void checkRate(long bytes) {
        if (bytes > MOST_RATE) {
            throw new IllegalArgumentException("expected 0B (any rate) to 1GiB each second, got " + bytes);
        }
    }

    private static void checkBytes(long bytes) {
        if (bytes < LEAST_BYTES || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("expected 64B to 1MiB, got " + bytes);
        }
    }
}
