package dev.fanoutgateway.caching;

import dev.fanoutgateway.spi.CacheKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Work that is done once for all who ask for the same while it is under way. Safe for use by any thread; no lock is held
 * while a flight is launched, completed or cancelled.
 *
 * <p>Whoever comes first launches; everybody gets a future of their own. One who cancels it merely leaves; when the last
 * leaves, the flight is cancelled, once. The key is free again before the first waiter hears that the flight has ended, so
 * that what arrives from then on starts anew.
 *
 * @param <V> what a flight brings
 */
public final class SingleFlight<V> {
    private final ConcurrentMap<CacheKey, Shared> flights = new ConcurrentHashMap<>();

    /**
     * Work under way.
     *
     * @param <V> what it brings
     */
    public interface Flight<V> {
        /** Completes when the work has ended, with its result or its failure. */
        CompletableFuture<V> result();

        /** Ends the work early, since nobody waits for it any more; called at most once. */
        void cancel();
    }

    /**
     * A place on a flight.
     *
     * @param leader whether this place's owner launched the flight
     * @param result this place's own future; completing or cancelling it changes nothing for the others
     * @param <V> what the flight brings
     */
    public record Ticket<V>(boolean leader, CompletableFuture<V> result) {
        /** Gives up the place: the same as cancelling {@link #result()}. Does nothing once the flight has ended. */
        public void leave() {
            result.cancel(false);
        }
    }

    /**
     * Joins the flight for {@code key}, or launches it.
     *
     * @param launch called on this thread if there is no flight; it may take its time, and the work may be over before
     *     it returns: others can join meanwhile. If it throws or gives null, the flight has failed with that. It must not
     *     wait for the same key itself.
     */
    public Ticket<V> join(CacheKey key, Supplier<? extends Flight<V>> launch) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        Shared own = null;
        while (true) {
            Shared shared = flights.get(key);
            if (shared == null) {
                if (own == null) {
                    own = new Shared(key, mine);
                }
                shared = flights.putIfAbsent(key, own);
                if (shared == null) {
                    return own.launch(launch, mine);
                }
            }
            if (shared.tryJoin(mine)) {
                watch(shared, mine);
                return new Ticket<>(false, mine);
            }
            flights.remove(key, shared);
        }
    }

    /** Joins the flight for {@code key} if one is under way; launches none. */
    public Optional<Ticket<V>> follow(CacheKey key) {
        Shared shared = flights.get(key);
        CompletableFuture<V> mine = new CompletableFuture<>();
        if (shared == null || !shared.tryJoin(mine)) {
            return Optional.empty();
        }
        watch(shared, mine);
        return Optional.of(new Ticket<>(false, mine));
    }

    /** Whether a flight for {@code key} is under way. */
    public boolean isUnderWay(CacheKey key) {
        return flights.containsKey(key);
    }

    /** Whoever asks for {@code key} from now on starts anew; who waits already goes on waiting. */
    public void forget(CacheKey key) {
        flights.remove(key);
    }

    /** How many flights are under way. */
    public int size() {
        return flights.size();
    }

    private void watch(Shared shared, CompletableFuture<V> waiter) {
        waiter.whenComplete((value, failure) -> shared.leave(waiter));
    }

    /** One flight and its waiters. Its own monitor guards its fields, and only these. */
    private final class Shared {
        private final CacheKey key;
        private final Set<CompletableFuture<V>> waiters = new LinkedHashSet<>();
        private @Nullable Flight<V> flight;
        private boolean ended;

        Shared(CacheKey key, CompletableFuture<V> leader) {
            this.key = key;
            waiters.add(leader);
        }

        Ticket<V> launch(Supplier<? extends Flight<V>> launch, CompletableFuture<V> leader) {
            watch(this, leader);
            Flight<V> launched;
            CompletableFuture<V> result;
            try {
                launched = Objects.requireNonNull(launch.get(), "expected a flight from the launch, got null");
                result = Objects.requireNonNull(launched.result(), "expected a flight with a result, got null");
            } catch (Throwable e) { // whatever the launch threw, its followers must hear of it
                end(null, e);
                return new Ticket<>(true, leader);
            }
            attach(launched);
            result.whenComplete(this::end);
            return new Ticket<>(true, leader);
        }

        synchronized boolean tryJoin(CompletableFuture<V> waiter) {
            return !ended && waiters.add(waiter);
        }

        /** Before the leader has its ticket: nobody can have left as the last yet. */
        private synchronized void attach(Flight<V> launched) {
            flight = launched;
        }

        void leave(CompletableFuture<V> waiter) {
            Flight<V> unwanted;
            synchronized (this) {
                if (ended || !waiters.remove(waiter) || !waiters.isEmpty()) {
                    return;
                }
                ended = true;
                unwanted = flight;
            }
            flights.remove(key, this);
            if (unwanted != null) {
                unwanted.cancel();
            }
        }

        private void end(@Nullable V value, @Nullable Throwable failure) {
            flights.remove(key, this);
            List<CompletableFuture<V>> told;
            synchronized (this) {
                if (ended) {
                    return;
                }
                ended = true;
                told = new ArrayList<>(waiters);
                waiters.clear();
            }
            Collections.reverse(
                    told); // what the leader's owner does next may take this thread's time: the others come first
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            for (CompletableFuture<V> waiter : told) {
                if (cause != null) {
                    waiter.completeExceptionally(cause);
                } else {
                    waiter.complete(value);
                }
            }
        }
    }
}
