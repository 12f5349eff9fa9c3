package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.AttemptOutcome.Occasion;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Call;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One attempt of a race. Its fields change under the race's lock only; times count from the start of the race. */
final class Attempt {
    final Backend backend;
    final int number;

    /** The same among those that are made: what its backend is told. */
    final int made;

    final long startNanos;

    /** When its time is up. */
    final long limitNanos;

    /** Whether that is the deadline of the whole race. */
    final boolean endsWithRace;

    /** Why it is launched. */
    final Occasion occasion;

    /** What the group's roster said to it. */
    final Pass pass;

    /** Whether its backend had no other attempt when it began. */
    final boolean alone;

    /** Volatile so that a late answer need not be judged; what counts is its value under the lock. */
    volatile boolean running = true;

    /** The call; null until it is made. */
    @Nullable
    Call call;

    /** What came of it; null while it runs and where it was cut. */
    @Nullable
    Finding finding;

    /** What became of it; null while it runs, and while its answer may still be given to the caller. */
    @Nullable
    volatile AttemptOutcome outcome;

    /** The thread that is starting the call, and what came of it meanwhile on that thread; nobody else reads them. */
    @Nullable
    Thread starter;

    @Nullable
    Finding immediate;

    /** Whether its call was started, or is being. */
    volatile boolean started;

    /** Whether its answer is passed on while it comes. */
    volatile boolean streams;

    /** Its place among those that last at its backend; null if it has none. Whoever takes it gives it back. */
    @Nullable
    AtomicBoolean lasting;

    /** Whether it is a trial whose outcome its roster is told later. Of the thread that leaves it. */
    boolean trialGoesOn;

    private long endNanos;

    Attempt(
            Backend backend,
            int number,
            int made,
            long startNanos,
            long limitNanos,
            boolean endsWithRace,
            Occasion occasion,
            Pass pass,
            boolean alone) {
        this.backend = backend;
        this.number = number;
        this.made = made;
        this.startNanos = startNanos;
        this.limitNanos = limitNanos;
        this.endsWithRace = endsWithRace;
        this.occasion = occasion;
        this.pass = pass;
        this.alone = alone;
    }

    void stop(long now) {
        running = false;
        endNanos = now;
    }

    /** Whether it had a place among those that last, which is the caller's now. */
    boolean takeLasting() {
        AtomicBoolean place = lasting;
        return place != null && place.getAndSet(false);
    }

    /** How much of its own time is left, once it is stopped. */
    long leftNanos() {
        return limitNanos - endNanos;
    }

    /** Whether its backend could be expected to have answered: a late hedge may have had no time to speak of. */
    boolean hadItsTime() {
        return !endsWithRace || endNanos - startNanos >= startNanos;
    }

    AttemptOutcome decide(Result result, String detail) {
        int status = finding == null || finding.response() == null
                ? 0
                : finding.response().status();
        outcome = new AttemptOutcome(
                backend, number, startNanos, endNanos - startNanos, result, status, detail, occasion);
        return outcome;
    }
}
