package dev.fanoutgateway;

import dev.fanoutgateway.spi.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A limiter that admits all, and counts how often each of its leases is settled, and how. */
final class CountingLimiter implements RateLimiter {
    final Map<Lease, List<Settlement>> leases = new ConcurrentHashMap<>();
    final AtomicInteger asked = new AtomicInteger();
    /** What it was asked while {@link #manual}; to be completed by the test. */
    final ConcurrentLinkedQueue<CompletableFuture<Decision>> waiting = new ConcurrentLinkedQueue<>();

    volatile boolean manual;
    volatile @Nullable Supplier<CompletionStage<Decision>> instead;

    @Override
    public CompletionStage<Decision> tryAcquire(Request request) {
        asked.incrementAndGet();
        Supplier<CompletionStage<Decision>> other = instead;
        if (other != null) {
            return other.get();
        }
        if (!manual) {
            return CompletableFuture.completedFuture(admission());
        }
        CompletableFuture<Decision> decision = new CompletableFuture<>();
        waiting.add(decision);
        return decision;
    }

    @Override
    public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
        leases.get(lease).add(settlement);
        return CompletableFuture.completedFuture(null);
    }

    /** An admission with a new lease. */
    Decision admission() {
        Lease lease = new Lease() {};
        leases.put(lease, new CopyOnWriteArrayList<>());
        return new Decision(true, List.of(state()), 0, Duration.ZERO, lease);
    }

    static Decision refusal() {
        return new Decision(
                false, List.of(new State("10/1s", 0, Duration.ofSeconds(3))), 0, Duration.ofMillis(2_500), null);
    }

    private static State state() {
        return new State("10/1s", 9, Duration.ofMillis(100));
    }

    /** How each lease was settled. */
    List<List<Settlement>> settlements() {
        return List.copyOf(leases.values());
    }
}
