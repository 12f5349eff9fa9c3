package dev.fanoutgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DirectLinesTest {
    private static final byte[][] CALL = {};

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Queue<FakeLine> opened = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Throwable refusal;
    private final DirectLines lines = new DirectLines(this::open, 2, nanos::get);

    @AfterEach
    void close() {
        lines.close();
    }

    @Test
    void nobodyWaitsForALineAndTheNextFindsOne() throws Exception {
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        FakeLine line = awaitLine();
        assertThat(lines.evalsha(CALL)).containsExactly(1L);
        assertThat(lines.evalsha(CALL)).containsExactly(2L);
        assertThat(line.calls).hasValue(2);
        assertThat(lines.count()).isEqualTo(1);
    }

    @Test
    void thereAreNeverMoreThanTheBound() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        lines.evalsha(CALL);
        awaitLine().holdUntil(release);
        Thread first = busy();
        await().until(() -> opened.peek().calls.get() == 1);
        await().until(() -> {
            lines.evalsha(CALL);
            return lines.count() == 2;
        });
        opened.stream().skip(1).forEach(line -> line.holdUntil(release));
        Thread second = busy();
        await().until(() -> second.getState() == Thread.State.WAITING);
        for (int i = 0; i < 50; i++) {
            assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        }
        assertThat(opened).hasSize(2);
        release.countDown();
        first.join();
        second.join();
        assertThat(lines.evalsha(CALL)).isNotEmpty();
    }

    @Test
    void aLineWhoseAnswerIsLateIsClosedAndTheOthersAreKept() throws Exception {
        lines.evalsha(CALL);
        FakeLine late = awaitLine();
        late.failure = new SocketTimeoutException("late");
        assertThatThrownBy(() -> lines.evalsha(CALL)).isInstanceOf(SocketTimeoutException.class);
        assertThat(late.closed).isEqualTo(1);
        assertThat(lines.count()).isZero();
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        await().until(() -> opened.size() == 2);
    }

    @Test
    void aLineThatFailsUnforeseenIsClosed() throws Exception {
        lines.evalsha(CALL);
        FakeLine line = awaitLine();
        line.failure = new IllegalStateException("odd");
        assertThatThrownBy(() -> lines.evalsha(CALL)).isInstanceOf(IllegalStateException.class);
        assertThat(line.closed).isEqualTo(1);
    }

    @Test
    void anErrorOfRedisLeavesTheLineInUse() throws Exception {
        lines.evalsha(CALL);
        FakeLine line = awaitLine();
        line.error = true;
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        assertThat(line.closed).isZero();
        line.error = false;
        assertThat(lines.evalsha(CALL)).isNotEmpty();
    }

    @Test
    void whenOneBreaksOrTheServerIsLostAllAreForgotten() throws Exception {
        lines.evalsha(CALL);
        FakeLine line = awaitLine();
        lines.forget();
        await().until(() -> line.closed == 1);
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        await().until(() -> lines.count() == 1);
        FakeLine next = opened.stream().skip(1).findFirst().orElseThrow();
        CountDownLatch release = new CountDownLatch(1);
        next.holdUntil(release);
        Thread user = busy();
        await().until(() -> next.calls.get() == 1);
        lines.forget();
        release.countDown();
        user.join();
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        await().until(() -> next.closed == 1); // by this thread or in the background
    }

    @Test
    void aLineThatWasIdleForLongIsNotTrusted() throws Exception {
        lines.evalsha(CALL);
        FakeLine line = awaitLine();
        lines.evalsha(CALL);
        nanos.addAndGet(11_000_000_000L);
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        assertThat(line.closed).isEqualTo(1);
    }

    @Test
    void whereNoneCanBeOpenedItIsTriedOnceASecond() throws Exception {
        refusal = new IOException("refused");
        for (int i = 0; i < 100; i++) {
            lines.evalsha(CALL);
        }
        await().until(() -> attempts.get() == 1);
        refusal = null;
        nanos.addAndGet(1_000_000_001L);
        await().until(() -> {
            lines.evalsha(CALL);
            return lines.count() == 1;
        });
        assertThat(attempts).hasValue(2);
    }

    @Test
    void aLibraryThatDoesNotFitIsLeftAlone() throws Exception {
        refusal = new NoSuchMethodError("older");
        lines.evalsha(CALL);
        await().until(() -> attempts.get() == 1);
        nanos.addAndGet(3_600_000_000_000L);
        for (int i = 0; i < 100; i++) {
            assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
        }
        assertThat(attempts).hasValue(1);
    }

    @Test
    void whatIsInUseWhenAllAreClosedIsClosedWhenItComesBack() throws Exception {
        lines.evalsha(CALL);
        FakeLine line = awaitLine();
        CountDownLatch release = new CountDownLatch(1);
        line.holdUntil(release);
        Thread user = busy();
        await().until(() -> line.calls.get() == 1);
        lines.close();
        assertThat(line.closed).isZero();
        release.countDown();
        user.join();
        assertThat(line.closed).isEqualTo(1);
        assertThat(lines.count()).isZero();
        assertThat(lines.evalsha(CALL)).isSameAs(DirectLines.NONE);
    }

    private DirectLine open() throws IOException {
        attempts.incrementAndGet();
        Throwable why = refusal;
        if (why instanceof IOException failure) {
            throw failure;
        } else if (why instanceof Error error) {
            throw error;
        }
        FakeLine line = new FakeLine();
        opened.add(line);
        return line;
    }

    /** The first line, once it is idle. */
    private FakeLine awaitLine() {
        await().until(() -> lines.count() == 1);
        await().until(() -> lines.idle() == 1);
        return opened.element();
    }

    private Thread busy() {
        Thread thread = new Thread(() -> {
            try {
                lines.evalsha(CALL);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        return thread;
    }

    private static final class FakeLine implements DirectLine {
        final AtomicInteger calls = new AtomicInteger();
        volatile @Nullable Exception failure;
        volatile boolean error;
        volatile int closed;
        private volatile CountDownLatch held = new CountDownLatch(0);

        void holdUntil(CountDownLatch latch) {
            held = latch;
        }

        @Override
        public @Nullable List<Long> evalsha(byte[][] call) throws IOException {
            long number = calls.incrementAndGet();
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            if (failure instanceof IOException broken) {
                throw broken;
            } else if (failure instanceof RuntimeException odd) {
                throw odd;
            }
            return error ? null : List.of(number);
        }

        @Override
        public void close() {
            closed = closed + 1;
        }
    }
}
