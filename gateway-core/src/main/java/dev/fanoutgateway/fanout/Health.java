package dev.fanoutgateway.fanout;

import java.time.Duration;

/**
 * How backends are asked for their health, whether or not anybody wants anything of them. Immutable.
 *
 * <p>A backend passes if it answers 2xx in time. One that fails {@code downAfter} times in a row is not asked for anything
 * else until it has passed {@code upAfter} times in a row; at first all count as passing. However many fail: where no
 * backend of a group is in good health, all are asked.
 *
 * @param path what is asked for by GET, after the backend's base; may have a query
 * @param every the time from one check to the next, 100 ms to 1 h
 * @param jitter the share of {@code every} by which that time varies at random to both sides, 0 to 0.5, so that many
 *     gateways do not ask in step
 * @param timeout how long an answer may take, 1 ms to 1 min
 * @param downAfter how many failures in a row put a backend out, 1 to 1,000
 * @param upAfter how many passes in a row bring it back, 1 to 1,000
 */
public record Health(String path, Duration every, double jitter, Duration timeout, int downAfter, int upAfter) {
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofHours(1);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);
    private static final int MOST = 1_000;

    public Health {
        if (!path.matches("/[\\x21\\x22\\x24-\\x7e]*")) {
            throw new IllegalArgumentException("expected a path such as /health, got '" + printable(path) + "'");
        }
        requireBetween("time between health checks", every, SHORTEST_INTERVAL, LONGEST_INTERVAL, "100ms to 1h");
        requireBetween("timeout of health checks", timeout, SHORTEST_TIMEOUT, LONGEST_TIMEOUT, "1ms to 1m");
        if (!(jitter >= 0 && jitter <= 0.5)) {
            throw new IllegalArgumentException("expected a jitter of 0 to 0.5, got " + jitter);
        }
        requireCount("failed", downAfter);
        requireCount("passed", upAfter);
    }

    /** Every 5 s with a jitter of a tenth, within 1 s; out after 3 failures, back after 2 passes. */
    public static Health path(String path) {
        return new Health(path, Duration.ofSeconds(5), 0.1, Duration.ofSeconds(1), 3, 2);
    }

    /** At another interval. */
    public Health every(Duration interval) {
        return new Health(path, interval, jitter, timeout, downAfter, upAfter);
    }

    /** With another jitter. */
    public Health jitter(double share) {
        return new Health(path, every, share, timeout, downAfter, upAfter);
    }

    /** With another time for an answer. */
    public Health timeout(Duration other) {
        return new Health(path, every, jitter, other, downAfter, upAfter);
    }

    /** Out after so many failures in a row, back after so many passes. */
    public Health thresholds(int down, int up) {
        return new Health(path, every, jitter, timeout, down, up);
    }

    private static void requireBetween(String what, Duration value, Duration shortest, Duration longest, String range) {
        if (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of " + range + ", got " + value);
        }
    }

    private static void requireCount(String what, int count) {
        if (count < 1 || count > MOST) {
            throw new IllegalArgumentException(
                    "expected 1 to " + MOST + " " + what + " health checks in a row, got " + count);
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }
}
