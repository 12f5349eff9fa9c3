package dev.fanoutgateway.spi;

/**
 * What became of one attempt at one backend.
 *
 * @param backend who was asked
 * @param number the attempt's place in the order of launches, counted from 1
 * @param startNanos when it was launched, counted from the start of the race
 * @param durationNanos how long it ran
 * @param result what became of it
 * @param status the status it answered with; 0 if it did not
 * @param detail why, in words that hold no secret; empty for a win
 * @param occasion why it was launched
 */
public record AttemptOutcome(
        Backend backend,
        int number,
        long startNanos,
        long durationNanos,
        Result result,
        int status,
        String detail,
        Occasion occasion) {

    /** An attempt that was launched with the race. */
    public AttemptOutcome(
            Backend backend,
            int number,
            long startNanos,
            long durationNanos,
            Result result,
            int status,
            String detail) {
        this(backend, number, startNanos, durationNanos, result, status, detail, Occasion.START);
    }

    /**
     * The detail of an attempt that was not made: as many as may be are under way at the backend, or as many whose content
     * passes while it comes. Also of one whose answer was let go at its head: as many answers as may be stream from there.
     */
    public static final String NO_ROOM = "no room";

    /** The detail of an attempt that was not made: the backend is ejected, or fails its health checks. */
    public static final String EJECTED = "ejected";

    /** How the detail of an attempt begins that was not made: the backend has asked for a pause, which goes on. */
    public static final String PAUSED = "it wants a pause";

    /** Why an attempt is launched. */
    public enum Occasion {
        /** The race began. */
        START,
        /** Nobody had answered for as long as others are to be waited for: a hedge. */
        DELAY,
        /** Another attempt had come to nothing. */
        FAILURE
    }

    /** What became of an attempt. */
    public enum Result {
        /** Its answer was given to the caller, or to the combiner that made the caller's of several. */
        WON,
        /** It had an acceptable answer, but another was given. */
        LOST,
        /** The backend answered properly that it has no such resource. */
        ABSENT,
        /** The backend answered, and the answer was not acceptable. */
        REJECTED,
        /** The backend was reached, and broke off or answered nonsense. */
        BROKEN,
        /** The backend could not be reached, or has no room. */
        UNREACHABLE,
        /** The attempt's time was up. */
        TIMED_OUT,
        /** It was no longer needed and was cut off. */
        CANCELLED
    }

    /**
     * Whether the backend was asked at all. If not, the gateway itself has passed it over: the result is
     * {@link Result#UNREACHABLE}, the detail {@link #NO_ROOM}, {@link #EJECTED} or {@link #PAUSED}, and nothing is said about
     * the backend.
     */
    public boolean wasMade() {
        return result != Result.UNREACHABLE
                || !(detail.equals(NO_ROOM) || detail.equals(EJECTED) || detail.startsWith(PAUSED));
    }

    /**
     * Whether the backend has answered as one does that is well: acceptably, with a proper 'no such resource', or with a
     * rejection that speaks of the request or of its caller. A rejected 2xx is garbage, and a 5xx a failure, but for 501 and
     * 505.
     */
    public boolean isSignOfLife() {
        return switch (result) {
            case WON, LOST, ABSENT -> true;
            case REJECTED -> status < 200 || (status >= 300 && status < 500) || status == 501 || status == 505;
            case BROKEN, UNREACHABLE, TIMED_OUT, CANCELLED -> false;
        };
    }

    /** The same where the answer was given, and broke off while it was passed on. */
    public AttemptOutcome brokenOff() {
        return new AttemptOutcome(
                backend,
                number,
                startNanos,
                durationNanos,
                Result.BROKEN,
                status,
                "its content broke off after its beginning was given",
                occasion);
    }

    /**
     * One line for logs and messages, such as {@code http://10.0.0.1:8080 TIMED_OUT after 2000 ms, begun at 50 ms: the
     * attempt's time was up}. When it began is left out of those that began with the race.
     */
    public String describe() {
        return backend.id() + ' ' + result + (status > 0 ? " " + status : "") + " after " + durationNanos / 1_000_000
                + " ms" + (occasion == Occasion.START ? "" : ", begun at " + startNanos / 1_000_000 + " ms")
                + (detail.isEmpty() ? "" : ": " + detail);
    }
}
