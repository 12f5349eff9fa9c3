package dev.fanoutgateway;

import java.util.concurrent.Executor;

/**
 * The thread that brought a request, as far as it is there for it. One that waits for its answer can do the request's work
 * meanwhile, which spares changes of threads: those cost more than most of that work does.
 */
public interface CallingThread {
    /**
     * Where the request goes on when a plug-in (authenticator, limiter, cache) has kept it waiting. Must take every task,
     * and should not run it within {@code execute}: that is called on the plug-in's thread.
     */
    Executor next();

    /** Where the first attempt blocks on I/O. */
    Executor first();

    /**
     * The gateway itself has no answer: from here on the request waits for backends. Called at most once, on any thread,
     * before the first attempt is given to {@link #first}; must not block.
     */
    void forwarding();

    /**
     * Whether a plug-in may block it until its store has answered, which takes a fraction of a millisecond where all is well,
     * and the store's timeout where it is not; false by default. False on any other thread than that one.
     */
    default boolean mayBlock() {
        return false;
    }

    /** A thread that is not there for more than the call: all else runs on {@code executor}, the gateway's own best. */
    static CallingThread passing(Executor executor) {
        return new Passing(new Handoff(executor), executor);
    }
}
