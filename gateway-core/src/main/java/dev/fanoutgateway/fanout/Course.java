package dev.fanoutgateway.fanout;

import org.jspecify.annotations.Nullable;

/**
 * The decisions in asking several backends: whom to ask and when, what to wait for, when it is over. Does no I/O and calls
 * nobody; what a change calls for is returned as a {@link Step}. Times count from the start.
 *
 * <p>Not safe for use by several threads: called under the lock of {@link RunningRace}, which carries the steps out.
 */
interface Course {
    /** A time that never comes. */
    long NEVER = Long.MAX_VALUE;

    boolean isOver();

    /** The first launches. */
    Step begin();

    /** An attempt has come to something; null if that is of no interest any more. */
    @Nullable
    Step arrived(Attempt attempt, Finding finding, long now);

    /** Time has passed. */
    Step tick(long now);

    /** It cannot or need not go on. */
    Step abort(FanoutResult.Cause cause, long now);

    /** When {@link #tick} is to be called at the latest; {@link #NEVER} once it is over. */
    long dueNanos();
}
