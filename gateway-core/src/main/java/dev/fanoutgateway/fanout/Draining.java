package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import org.jspecify.annotations.Nullable;

/** An attempt that has lost and goes on for a while. Safe for use by any thread. */
final class Draining {
    private static final Reply TIMED_OUT = Reply.failed(Failure.TIMED_OUT, true, "the attempt's time was up");

    private final Losers losers;
    private final Call call;
    private final Backend backend;
    private final @Nullable LateTrial trial;
    private volatile @Nullable Timer timer;
    private volatile boolean settled;

    /** @param trial what is told of what it comes to; null if nobody is */
    Draining(Losers losers, Call call, Backend backend, @Nullable LateTrial trial) {
        this.losers = losers;
        this.call = call;
        this.backend = backend;
        this.trial = trial;
    }

    Backend backend() {
        return backend;
    }

    boolean isTrial() {
        return trial != null;
    }

    /** It is counted as draining already, and may go on for so long. */
    void begin(long nanos) {
        try {
            timer = losers.clock.schedule(nanos, this::timeIsUp);
            call.reply().whenComplete((reply, failure) -> over(reply));
        } catch (Throwable failure) {
            Fanout.LOG.warn("An attempt that has lost could not be left to end by itself", failure);
            end();
        }
        if (settled) {
            disarm(); // it was over before there was a timer
        }
    }

    private void timeIsUp() {
        over(TIMED_OUT);
        Losers.cut(call);
    }

    /** Gives its room back even if the client never tells that it is over. */
    void end() {
        Losers.cut(call);
        over(null);
    }

    /** Cuts it after its room was given away. */
    void cut() {
        settle(null);
        Losers.cut(call);
    }

    private void over(@Nullable Reply reply) {
        if (losers.remove(this)) {
            losers.inFlight.exit(backend);
            settle(reply);
        }
    }

    /** By whoever has taken it off those under way, so once. */
    private void settle(@Nullable Reply reply) {
        settled = true;
        disarm();
        if (trial != null) {
            trial.ended(reply);
        }
    }

    private void disarm() {
        Timer set = timer;
        if (set != null) {
            set.cancel();
        }
    }
}
