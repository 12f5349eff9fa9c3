package dev.fanoutgateway.fanout;

import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import org.jspecify.annotations.Nullable;

/** An attempt that has lost and goes on for a while. Safe for use by any thread. */
final class Draining {
    private final Losers losers;
    private final Call call;
    private final Backend backend;
    private volatile @Nullable Timer timer;
    private volatile boolean settled;

    Draining(Losers losers, Call call, Backend backend) {
        this.losers = losers;
        this.call = call;
        this.backend = backend;
    }

    Backend backend() {
        return backend;
    }

    /** It is counted as draining already. */
    void begin() {
        try {
            timer = losers.clock.schedule(losers.drainNanos, this::end);
            call.reply().whenComplete((reply, failure) -> over());
        } catch (Throwable failure) {
            Fanout.LOG.warn("An attempt that has lost could not be left to end by itself", failure);
            end();
        }
        if (settled) {
            disarm(); // it was over before there was a timer
        }
    }

    /** Gives its room back even if the client never tells that it is over. */
    void end() {
        Losers.cut(call);
        over();
    }

    /** Cuts it after its room was given away. */
    void cut() {
        settled = true;
        disarm();
        Losers.cut(call);
    }

    private void over() {
        if (losers.remove(this)) {
            settled = true;
            disarm();
            losers.inFlight.exit(backend);
        }
    }

    private void disarm() {
        Timer set = timer;
        if (set != null) {
            set.cancel();
        }
    }
}
