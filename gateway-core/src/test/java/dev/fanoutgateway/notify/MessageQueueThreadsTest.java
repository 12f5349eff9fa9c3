package dev.fanoutgateway.notify;

import static dev.fanoutgateway.notify.MessageQueueTest.recovery;
import static dev.fanoutgateway.notify.MessageQueueTest.trouble;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue among real threads and in real time. */
@Timeout(60)
class MessageQueueThreadsTest {
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final GatewayClock clock = new GatewayClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public long currentTimeMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            ScheduledFuture<?> future = timers.schedule(() -> workers.execute(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        }
    };

    @AfterEach
    void stop() {
        timers.shutdownNow();
        workers.shutdownNow();
    }

    @Test
    void aStormFromManyThreadsIsOneMessageAndTheRestIsCounted() throws InterruptedException {
        Recorder recorder = new Recorder();
        MessageQueue queue = new MessageQueue(recorder, Duration.ofHours(1), 100, clock);
        together(8, thread -> {
            for (int i = 0; i < 5_000; i++) {
                queue.offer(trouble("a", "down"));
            }
        });
        await().until(() -> recorder.given().size() == 1);

        queue.close();

        assertThat(recorder.given()).hasSize(2);
        assertThat(recorder.total()).isEqualTo(40_000);
    }

    /** Windows of a few milliseconds open, end, overflow and turn all the time: still every event is told exactly once. */
    @Test
    void nothingIsLostOrToldTwiceUnderContention() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Recorder recorder = new Recorder();
        DevNotifier oneByOne = message -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            try {
                return recorder.notify(message);
            } finally {
                inside.decrementAndGet();
            }
        };
        MessageQueue queue = new MessageQueue(oneByOne, Duration.ofMillis(2), 20, clock);
        together(8, thread -> {
            for (int i = 0; i < 5_000; i++) {
                queue.offer(i % 7 == 0 ? recovery("f" + i % 30) : trouble("f" + i % 30, "down"));
            }
        });

        queue.close();

        long folded = recorder.given().stream()
                .flatMap(message -> message.details().stream())
                .filter(detail -> detail.startsWith("before that "))
                .mapToLong(detail -> Long.parseLong(detail.split(" ")[2]))
                .sum();
        assertThat(recorder.total() + folded).isEqualTo(40_000);
        assertThat(most).hasValue(1);
    }

    @Test
    void offerDoesNotWaitForANotifierThatHangsAndCloseDoesNotWaitForever() throws InterruptedException {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<DevMessage> taken = new ArrayList<>();
        MessageQueue queue = new MessageQueue(
                message -> {
                    called.countDown();
                    awaitUninterruptibly(release);
                    taken.add(message);
                    return CompletableFuture.completedFuture(null);
                },
                Duration.ofHours(1),
                10,
                clock);
        queue.offer(trouble("a", "a"));
        assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100_000; i++) {
            queue.offer(trouble("f" + i, "down"));
        }
        long before = System.nanoTime();

        queue.close();

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        release.countDown();
        await().until(() -> taken.size() == 1);
    }

    /** Fake time, real threads: a call that does not return keeps one thread, and only so many of them. */
    @Test
    void callsThatNeverReturnDoNotPileUp() {
        FakeClock fake = new FakeClock();
        GatewayClock onThreads = new GatewayClock() {
            @Override
            public long nanoTime() {
                return fake.nanoTime();
            }

            @Override
            public long currentTimeMillis() {
                return fake.currentTimeMillis();
            }

            @Override
            public Timer schedule(long delayNanos, Runnable task) {
                return fake.schedule(delayNanos, () -> workers.execute(task));
            }
        };
        CountDownLatch release = new CountDownLatch(1);
        Recorder recorder = new Recorder();
        for (int i = 0; i < Courier.MOST_STUCK; i++) {
            recorder.then(() -> {
                awaitUninterruptibly(release);
                return CompletableFuture.completedFuture(null);
            });
        }
        MessageQueue queue = new MessageQueue(recorder, Duration.ofDays(1), 10, onThreads);
        for (String name : new String[] {"a", "b", "c", "d", "e"}) {
            queue.offer(trouble(name, name));
        }
        await().until(() -> {
            fake.advance(Duration.ofSeconds(10));
            return recorder.given().size() == Courier.MOST_STUCK;
        });
        for (int i = 0; i < 1_000; i++) {
            fake.advance(Duration.ofSeconds(10));
        }
        assertThat(recorder.titles()).containsExactly("a", "a", "a", "a");

        release.countDown();

        await().until(() -> {
            fake.advance(Duration.ofSeconds(10));
            return recorder.given().size() == Courier.MOST_STUCK + 4;
        });
        assertThat(recorder.titles()).endsWith("b", "c", "d", "e");
    }

    private void together(int threads, IntConsumer work) throws InterruptedException {
        CountDownLatch start = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            int thread = t;
            workers.execute(() -> {
                awaitUninterruptibly(start);
                try {
                    work.accept(thread);
                } finally {
                    done.countDown();
                }
            });
        }
        start.countDown();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // the point of these notifiers is that they do not react
            }
        }
    }
}
