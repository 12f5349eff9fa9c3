package dev.fanoutgateway.fanout;

import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.BackendClient.BackendRequest;
import dev.fanoutgateway.spi.BackendClient.Call;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayClock.Timer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The health checks of one backend, one after the other. The next one is due an interval after the beginning of the last,
 * or at its end if that takes longer. A client that does not heed the timeout does not stop them.
 */
final class Probe {
    /** What is read of an answer; a longer one is a failure. */
    private static final long MAX_BYTES = 1 << 20;

    private final Health health;
    private final Backend backend;
    private final Supplier<Roster> roster;
    private final GatewayRequest request;
    private final BackendClient client;
    private final GatewayClock clock;
    private final RandomGenerator random;

    /** Guards what follows; nobody is called with it but the random generator. */
    private final Object lock = new Object();

    private boolean closed;
    private @Nullable Timer next;
    private @Nullable Check current;

    Probe(
            Health health,
            Backend backend,
            Supplier<Roster> roster,
            Headers headers,
            BackendClient client,
            GatewayClock clock,
            RandomGenerator random) {
        this.health = health;
        this.backend = backend;
        this.roster = roster;
        this.request = GatewayRequest.get(health.path()).withHeaders(headers);
        this.client = client;
        this.clock = clock;
        this.random = random;
    }

    void start() {
        schedule((long) (health.every().toNanos() * drawn()));
    }

    /** With the first check now, and not at a random moment of the first interval. */
    void startAtOnce() {
        schedule(0);
    }

    void close() {
        Timer timer;
        Check check;
        synchronized (lock) {
            closed = true;
            timer = next;
            check = current;
            current = null;
        }
        if (timer != null) {
            timer.cancel();
        }
        if (check != null) {
            check.end();
        }
    }

    private void schedule(long delayNanos) {
        Timer timer = clock.schedule(delayNanos, this::check);
        boolean late;
        synchronized (lock) {
            next = timer;
            late = closed;
        }
        if (late) {
            timer.cancel();
        }
    }

    private void check() {
        Check check = new Check(clock.nanoTime());
        synchronized (lock) {
            if (closed) {
                return;
            }
            current = check;
        }
        check.begin();
    }

    private void over(Check check, boolean passed, String detail) {
        synchronized (lock) {
            if (current != check) {
                return; // its time was up, or the checks have ended
            }
            current = null;
        }
        check.end();
        roster.get().probed(backend, passed, detail, health);
        schedule(check.startNanos + interval() - clock.nanoTime());
    }

    private long interval() {
        return (long) (health.every().toNanos() * (1 + health.jitter() * (2 * drawn() - 1)));
    }

    /** From 0 to 1. All probes of a group share the generator, and not every generator is made for several threads. */
    private double drawn() {
        synchronized (random) {
            return random.nextDouble();
        }
    }

    /** One check. */
    private final class Check {
        private final long startNanos;
        private volatile @Nullable Call call;
        private volatile @Nullable Timer timeout;

        Check(long startNanos) {
            this.startNanos = startNanos;
        }

        void begin() {
            long patience = health.timeout().toNanos();
            try {
                Call made = client.newCall(new BackendRequest(backend, request, patience, MAX_BYTES));
                call = made;
                timeout = clock.schedule(
                        patience, () -> over(this, false, "no answer within " + patience / 1_000_000 + " ms"));
                made.reply().whenComplete(this::replied);
                made.start(Runnable::run);
            } catch (Throwable failure) {
                over(this, false, "client failed: " + failure.getClass().getName());
            }
        }

        /** Lets go of what it holds; a call that is over does not mind. */
        void end() {
            Timer timer = timeout;
            if (timer != null) {
                timer.cancel();
            }
            Call made = call;
            if (made != null) {
                Losers.cut(made);
            }
        }

        private void replied(@Nullable Reply reply, @Nullable Throwable failure) {
            GatewayResponse response = reply == null ? null : reply.response();
            if (response != null) {
                Discard.response(response);
                boolean passed = response.status() >= 200 && response.status() < 300;
                over(this, passed, "status " + response.status());
            } else if (reply != null) {
                over(this, false, reply.failure() == Failure.TIMED_OUT ? "no answer in time" : reply.detail());
            } else {
                over(this, false, "client failed");
            }
        }
    }
}
