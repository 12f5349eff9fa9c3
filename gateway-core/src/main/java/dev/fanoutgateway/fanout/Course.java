package dev.fanoutgateway.fanout;

/**
 * The decisions in asking several backends: whom to ask and when, what to wait for, when it is over. Does no I/O and calls
 * nobody; what a change calls for is added to a {@link Step}, so that it is not lost when a decision fails on the way. Times
 * count from the start.
 *
 * <p>Not safe for use by several threads: called under the lock of {@link RunningRace}, which carries the steps out.
 */
interface Course {
    /** A time that never comes. */
    long NEVER = Long.MAX_VALUE;

    boolean isOver();

    /** The first launches. */
    void begin(Step step);

    /** An attempt that runs has come to something. */
    void arrived(Step step, Attempt attempt, Finding finding, long now);

    /** Time has passed. */
    void tick(Step step, long now);

    /** It cannot or need not go on. */
    void abort(Step step, FanoutResult.Cause cause, long now);

    /** When {@link #tick} is to be called at the latest; {@link #NEVER} once it is over. */
    long dueNanos();

    /** One that adds to a step. */
    interface Decision {
        void take(Step step, long now);
    }
}
