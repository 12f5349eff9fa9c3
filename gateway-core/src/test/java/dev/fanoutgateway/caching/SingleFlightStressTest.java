package dev.fanoutgateway.caching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.SingleFlight.Flight;
import dev.fanoutgateway.caching.SingleFlight.Ticket;
import dev.fanoutgateway.spi.CacheKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Single flight under many threads at once. */
class SingleFlightStressTest {
    private static final int THREADS = 16;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 2);
    private final SingleFlight<Long> flights = new SingleFlight<>();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** All threads start as one, and the flight ends only when all have joined: exactly one launch for each round. */
    @Test
    void oneFlightForEachCrowd() throws Exception {
        int rounds = 2_000;
        AtomicInteger launches = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<CompletableFuture<Long>> results = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            results.add(new CompletableFuture<>());
        }
        ConcurrentMap<Integer, AtomicInteger> joined = new ConcurrentHashMap<>();
        run(THREADS, thread -> {
            for (int round = 0; round < rounds; round++) {
                int number = round;
                start.await(60, TimeUnit.SECONDS);
                Ticket<Long> ticket = flights.join(new CacheKey("key"), () -> {
                    launches.incrementAndGet();
                    return flight(results.get(number), new AtomicInteger());
                });
                if (joined.computeIfAbsent(round, r -> new AtomicInteger()).incrementAndGet() == THREADS) {
                    results.get(round).complete((long) round);
                }
                assertThat(ticket.result().get(60, TimeUnit.SECONDS)).isEqualTo(round);
            }
        });
        assertThat(launches).hasValue(rounds);
        assertThat(flights.size()).isZero();
    }

    /** While flights end one after the other, there is never a second one for the key. */
    @RepeatedTest(3)
    void neverTwoFlightsAtOnce() throws Exception {
        Queue<CompletableFuture<Long>> open = new ConcurrentLinkedQueue<>();
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger joining = new AtomicInteger(THREADS);
        Queue<Ticket<Long>> tickets = new ConcurrentLinkedQueue<>();
        Future<?> ender = threads.submit(() -> endAll(open, joining, () -> underWay.decrementAndGet()));
        run(THREADS, thread -> {
            for (int i = 0; i < 20_000; i++) {
                tickets.add(flights.join(new CacheKey("key"), () -> {
                    if (underWay.incrementAndGet() != 1) {
                        overlaps.incrementAndGet();
                    }
                    CompletableFuture<Long> result = new CompletableFuture<>();
                    open.add(result);
                    return flight(result, new AtomicInteger());
                }));
            }
            joining.decrementAndGet();
        });
        ender.get(60, TimeUnit.SECONDS);
        assertThat(overlaps).hasValue(0);
        assertThat(tickets).hasSize(20_000 * THREADS);
        assertNobodyIsLost(tickets);
    }

    /** Waiters come, leave and stay at random while flights end at random: nobody is lost, none is cancelled twice. */
    @RepeatedTest(5)
    void joiningLeavingAndEndingAtRandom() throws Exception {
        Queue<CompletableFuture<Long>> open = new ConcurrentLinkedQueue<>();
        Queue<AtomicInteger> cancels = new ConcurrentLinkedQueue<>();
        AtomicInteger joining = new AtomicInteger(THREADS);
        Queue<Ticket<Long>> stayed = new ConcurrentLinkedQueue<>();
        Future<?> ender = threads.submit(() -> endAll(open, joining, () -> {}));
        run(THREADS, thread -> {
            Random random = new Random(thread);
            for (int i = 0; i < 20_000; i++) {
                Ticket<Long> ticket = flights.join(new CacheKey("key " + random.nextInt(3)), () -> {
                    CompletableFuture<Long> result = new CompletableFuture<>();
                    AtomicInteger count = new AtomicInteger();
                    open.add(result);
                    cancels.add(count);
                    return flight(result, count);
                });
                if (random.nextInt(10) < 8) {
                    ticket.leave();
                } else {
                    stayed.add(ticket);
                }
            }
            joining.decrementAndGet();
        });
        ender.get(60, TimeUnit.SECONDS);
        assertNobodyIsLost(stayed);
        assertThat(cancels).allMatch(count -> count.get() <= 1);
        assertThat(cancels).anyMatch(count -> count.get() == 1);
    }

    /** The last waiter leaves as the flight ends and a new one comes: it never gets a cancelled flight. */
    @Test
    void lateComerNeverBoardsAnAbandonedFlight() throws Exception {
        int rounds = 5_000;
        CyclicBarrier start = new CyclicBarrier(2);
        Queue<Ticket<Long>> leaving = new ConcurrentLinkedQueue<>();
        AtomicInteger cancels = new AtomicInteger();
        run(2, thread -> {
            for (int round = 0; round < rounds; round++) {
                CacheKey key = new CacheKey("key " + round);
                if (thread == 0) {
                    leaving.add(flights.join(key, () -> flight(new CompletableFuture<>(), cancels)));
                    start.await(60, TimeUnit.SECONDS);
                    leaving.remove().leave();
                    start.await(60, TimeUnit.SECONDS);
                } else {
                    start.await(60, TimeUnit.SECONDS);
                    Ticket<Long> late = flights.join(key, () -> flight(new CompletableFuture<>(), cancels));
                    start.await(60, TimeUnit.SECONDS);
                    assertThat(late.result()).isNotDone();
                    assertThat(flights.size()).isEqualTo(1);
                    late.leave();
                }
                start.await(60, TimeUnit.SECONDS);
                assertThat(flights.size()).isZero();
                start.await(60, TimeUnit.SECONDS);
            }
        });
        assertThat(cancels.get()).isBetween(rounds, 2 * rounds);
    }

    private static void endAll(Queue<CompletableFuture<Long>> open, AtomicInteger joining, Runnable ending) {
        Random random = new Random(99);
        while (joining.get() > 0 || !open.isEmpty()) {
            CompletableFuture<Long> next = open.poll();
            if (next == null) {
                Thread.onSpinWait();
                continue;
            }
            ending.run();
            if (random.nextInt(10) == 0) {
                next.completeExceptionally(new IllegalStateException("failed flight"));
            } else {
                next.complete(random.nextLong());
            }
        }
    }

    private void assertNobodyIsLost(Queue<Ticket<Long>> tickets) throws Exception {
        for (Ticket<Long> ticket : tickets) {
            ticket.result().handle((value, failure) -> value).get(60, TimeUnit.SECONDS);
            if (ticket.result().isCancelled()) {
                throw new AssertionError("a waiter that stayed was cancelled");
            }
        }
        assertThat(flights.size()).isZero();
    }

    private void run(int count, Work work) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < count; thread++) {
            int number = thread;
            running.add(threads.submit(() -> {
                work.run(number);
                return null;
            }));
        }
        for (Future<?> thread : running) {
            thread.get(120, TimeUnit.SECONDS);
        }
    }

    private static Flight<Long> flight(CompletableFuture<Long> result, AtomicInteger cancels) {
        return new Flight<>() {
            @Override
            public CompletableFuture<Long> result() {
                return result;
            }

            @Override
            public void cancel() {
                cancels.incrementAndGet();
            }
        };
    }

    private interface Work {
        void run(int thread) throws Exception;
    }
}
