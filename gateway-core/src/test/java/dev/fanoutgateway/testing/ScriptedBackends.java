package dev.fanoutgateway.testing;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Backends that answer as a script says, after the time it says, on a {@link GatewayClock}; no network. Everything that
 * happens is kept as one line in {@link #events()}, such as {@code 10 launch a}, {@code 25 reply a 200} or {@code 25 cancel
 * b}: the time in milliseconds since the beginning, and the host of the backend. Safe for use by any thread.
 */
public final class ScriptedBackends implements BackendClient {
    /**
     * What one call comes to.
     *
     * @param after how long it takes
     * @param reply null if it never comes
     * @param service how long it takes more, another time for each call; null for nothing
     */
    public record Script(Duration after, Reply reply, Service service) {
        /** One that takes as long for each call. */
        public Script(Duration after, Reply reply) {
            this(after, reply, null);
        }

        /** A 200 with this text. */
        public static Script ok(String text) {
            return answers(200, text);
        }

        /** An answer with this status and text. */
        public static Script answers(int status, String text) {
            return answers(new GatewayResponse(
                    status, Headers.of("Content-Type", "text/plain; charset=utf-8"), Body.utf8(text)));
        }

        /** This answer. */
        public static Script answers(GatewayResponse response) {
            return new Script(Duration.ZERO, Reply.of(response));
        }

        /** A failure; the request counts as sent unless the backend cannot be reached. */
        public static Script fails(Failure failure) {
            return fails(failure, failure != Failure.UNREACHABLE);
        }

        /** A failure. */
        public static Script fails(Failure failure, boolean requestSent) {
            return new Script(Duration.ZERO, Reply.failed(failure, requestSent, "scripted"));
        }

        /** No answer, ever. */
        public static Script hangs() {
            return new Script(Duration.ZERO, null);
        }

        /** The same after {@code millis}. */
        public Script in(long millis) {
            return new Script(Duration.ofMillis(millis), reply, service);
        }

        /** The same, taking as long as the distribution says, drawn for each call. */
        public Script taking(Service times) {
            return new Script(after, reply, times);
        }
    }

    private final GatewayClock clock;
    private final long startNanos;
    private final Map<String, Deque<Script>> scripts = new HashMap<>();
    private final List<String> events = new ArrayList<>();
    private final List<BackendRequest> requests = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);
    private int running;

    /** Backends that cannot be reached until they get a script. */
    public ScriptedBackends(GatewayClock clock) {
        this.clock = clock;
        this.startNanos = clock.nanoTime();
    }

    /** What the backend at {@code host} does: one script for each call, the last one for all further calls. */
    public synchronized ScriptedBackends on(String host, Script... calls) {
        scripts.put(host, new ArrayDeque<>(List.of(calls)));
        return this;
    }

    /** Everything that has happened, in order. */
    public synchronized List<String> events() {
        return List.copyOf(events);
    }

    /** Every request for which a call was made, in order. */
    public synchronized List<BackendRequest> requests() {
        return List.copyOf(requests);
    }

    /** The number of calls that were started and are not over. */
    public synchronized int running() {
        return running;
    }

    /** Adds a line of the test's own to the events. */
    public void note(String what) {
        event(what);
    }

    @Override
    public Call newCall(BackendRequest request) {
        synchronized (this) {
            requests.add(request);
        }
        return new ScriptedCall(request.backend(), request.request());
    }

    @Override
    public void close() {}

    private synchronized void event(String what) {
        events.add((clock.nanoTime() - startNanos) / 1_000_000 + " " + what);
    }

    private synchronized void count(int change) {
        running += change;
    }

    private synchronized Script next(String host) {
        Deque<Script> calls = scripts.get(host);
        if (calls == null || calls.isEmpty()) {
            return Script.fails(Failure.UNREACHABLE);
        }
        return calls.size() == 1 ? calls.peek() : calls.poll();
    }

    private synchronized long timeOf(Script script) {
        long drawn = script.service() == null ? 0 : (long) script.service().nanos(random);
        return script.after().toNanos() + drawn;
    }

    private final class ScriptedCall implements Call {
        private final String host;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private GatewayClock.Timer timer;
        private boolean started;
        private boolean over;

        ScriptedCall(Backend backend, GatewayRequest request) {
            this.host = backend.base().getHost();
        }

        @Override
        public void start(Executor executor) {
            executor.execute(() -> {
                synchronized (this) {
                    if (over) {
                        return;
                    }
                    started = true;
                }
                count(1);
                event("launch " + host);
                Script script = next(host);
                if (script.reply() == null) {
                    return;
                }
                long nanos = timeOf(script);
                if (nanos == 0) {
                    answer(script.reply());
                    return;
                }
                GatewayClock.Timer set = clock.schedule(nanos, () -> answer(script.reply()));
                synchronized (this) {
                    timer = set;
                    if (!over) {
                        return;
                    }
                }
                set.cancel();
            });
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            GatewayClock.Timer pending;
            boolean wasRunning;
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                pending = timer;
                wasRunning = started;
            }
            if (pending != null) {
                pending.cancel();
            }
            if (wasRunning) {
                count(-1);
            }
            event("cancel " + host);
            reply.complete(Reply.failed(Failure.CANCELLED, wasRunning, "cancelled"));
        }

        private void answer(Reply answer) {
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
            }
            count(-1);
            event("reply " + host + " "
                    + (answer.response() != null ? answer.response().status() : answer.failure()));
            reply.complete(answer);
        }
    }
}
