package dev.fanoutgateway.fanout;

import java.time.Duration;

/**
 * When a backend that fails is left alone for a while, judged by the attempts that are made anyway. Immutable.
 *
 * <p>What counts as a failure: the backend cannot be reached, breaks off, takes longer than it may, or answers with a
 * server error (5xx, but not 501 and 505, which speak of the request) that is not acceptable. Any other answer is a sign of
 * life, acceptable or not: 404, 408, 425 and 429 too, since with these one caller could have a backend ejected for all.
 * Attempts that were cut off because they were no longer needed, or that got less than half of a request's time, say nothing.
 *
 * <p>An ejected backend is not asked. When its pause is over it is half open: one attempt at a time is a trial; if that
 * succeeds the backend is back, if it fails the pause begins anew, and if it is cut off another trial follows after a tenth
 * of the pause. One that another backend has beaten is given a moment more. Where no backend of a group is in good health,
 * all are asked ('panic'), and so are the ejected ones for a request that all others have failed. Inspired by Envoy's
 * outlier detection, whose limits and numbers these are but for the greatest share, 10 % there.
 *
 * @param afterFailures ejects after so many failures in a row, 1 to 1,000,000; 0 for not
 * @param failureShare ejects when this share of the attempts in {@code window} has failed, up to 1; 0 for not
 * @param window the time over which the share is taken, 1 s to 1 h
 * @param leastAttempts how many attempts there must be in {@code window} before their share means anything, 1 to 1,000,000
 * @param pause how long an ejected backend is left alone, 10 ms to 1 h
 * @param mostEjected the greatest share of a group that may be ejected or failing its health checks when one more is
 *     ejected, 0 to 1; of two backends half is one, of three too, of one none
 */
public record Ejection(
        int afterFailures,
        double failureShare,
        Duration window,
        int leastAttempts,
        Duration pause,
        double mostEjected) {
    private static final int MOST = 1_000_000;
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final Ejection STANDARD =
            new Ejection(5, 0, Duration.ofSeconds(30), 20, Duration.ofSeconds(10), 0.5);
    private static final Ejection OFF = new Ejection(0, 0, Duration.ofSeconds(30), 20, Duration.ofSeconds(10), 0.5);

    public Ejection {
        if (afterFailures < 0 || afterFailures > MOST) {
            throw new IllegalArgumentException("expected an ejection after 1 to " + MOST
                    + " failures in a row (0 for none), got " + afterFailures);
        }
        requireShare("share of failures", failureShare);
        requireShare("greatest share of ejected backends", mostEjected);
        requireBetween("window", window, SHORTEST_WINDOW, LONGEST, "1s to 1h");
        requireBetween("pause", pause, SHORTEST_PAUSE, LONGEST, "10ms to 1h");
        if (leastAttempts < 1 || leastAttempts > MOST) {
            throw new IllegalArgumentException(
                    "expected a share of 1 to " + MOST + " attempts at least, got " + leastAttempts);
        }
    }

    /** After 5 failures in a row for 10 s, at most half of a group. */
    public static Ejection standard() {
        return STANDARD;
    }

    /** Never. */
    public static Ejection off() {
        return OFF;
    }

    /** After so many failures in a row, otherwise as {@link #standard()}. */
    public static Ejection afterFailures(int inARow) {
        if (inARow < 1) {
            throw new IllegalArgumentException("expected an ejection after 1 failure or more, got " + inARow);
        }
        return new Ejection(inARow, 0, STANDARD.window, STANDARD.leastAttempts, STANDARD.pause, STANDARD.mostEjected);
    }

    /** Also when {@code share} of {@code least} attempts or more within {@code window} have failed. */
    public Ejection failureShare(double share, Duration over, int least) {
        return new Ejection(afterFailures, share, over, least, pause, mostEjected);
    }

    /** For another time. */
    public Ejection pause(Duration other) {
        return new Ejection(afterFailures, failureShare, window, leastAttempts, other, mostEjected);
    }

    /** With another greatest share of a group. */
    public Ejection mostEjected(double share) {
        return new Ejection(afterFailures, failureShare, window, leastAttempts, pause, share);
    }

    /** How many backends of a group of {@code size} may be out at a time. */
    int mostOf(int size) {
        return (int) Math.floor(size * mostEjected + 1e-9); // a tenth of 30 is 3, whatever binary fractions say
    }

    private static void requireShare(String what, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("expected a " + what + " of 0 to 1, got " + share);
        }
    }

    private static void requireBetween(String what, Duration value, Duration shortest, Duration longest, String range) {
        if (value.compareTo(shortest) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of " + range + ", got " + value);
        }
    }
}
