package dev.fanoutgateway.testing;

import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Backends as queues: each has some workers, who take requests in the order they come and work on each for a random time. A
 * request that was cut off is worked on all the same, as most servers do. For one thread and a {@link FakeClock}.
 */
final class SimulatedBackends implements BackendClient {
    private static final GatewayResponse ANSWER =
            new GatewayResponse(200, Headers.of("Cache-Control", "no-store"), Body.utf8("ok"));

    private final GatewayClock clock;
    private final Service service;
    private final int workers;
    private final SplittableRandom random;
    private final Map<Backend, PriorityQueue<Long>> busyUntil = new HashMap<>();
    private long calls;
    private double workedNanos;

    /** @param workers of each backend; 0 for as many as there are requests */
    SimulatedBackends(GatewayClock clock, Service service, int workers, SplittableRandom random) {
        this.clock = clock;
        this.service = service;
        this.workers = workers;
        this.random = random;
    }

    /** How many requests have reached a backend. */
    long calls() {
        return calls;
    }

    /** The work of all of them. */
    double workedNanos() {
        return workedNanos;
    }

    @Override
    public Call newCall(BackendRequest request) {
        return new SimulatedCall(request.backend());
    }

    @Override
    public void close() {}

    /** When a request that comes now is done. */
    private long enqueue(Backend backend) {
        calls++;
        double work = service.nanos(random);
        workedNanos += work;
        long now = clock.nanoTime();
        if (workers == 0) {
            return now + (long) work;
        }
        PriorityQueue<Long> busy = busyUntil.computeIfAbsent(backend, key -> new PriorityQueue<>());
        long begin = busy.size() < workers ? now : Math.max(now, busy.poll());
        long end = begin + (long) work;
        busy.add(end);
        return end;
    }

    private final class SimulatedCall implements Call {
        private final Backend backend;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private GatewayClock.Timer timer = () -> {};

        SimulatedCall(Backend backend) {
            this.backend = backend;
        }

        @Override
        public void start(Executor executor) {
            long end = enqueue(backend);
            timer = clock.schedule(end - clock.nanoTime(), () -> reply.complete(Reply.of(ANSWER)));
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            if (!reply.isDone()) {
                timer.cancel();
                reply.complete(Reply.failed(Failure.CANCELLED, true, "cancelled"));
            }
        }
    }
}
