package dev.fanoutgateway.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LatencyWindowTest {
    private final FakeClock clock = new FakeClock();
    private final LatencyWindow window = new LatencyWindow(clock);

    @Test
    void whatIsReadIsATenthOfASecondOldAtMost() {
        record(10, 100);
        clock.advance(Duration.ofMillis(99));
        assertThat(window.read().count()).isZero();

        clock.advance(Duration.ofMillis(1));
        assertThat(window.read().count()).isEqualTo(100);
        assertThat(window.read()).isSameAs(window.read());
    }

    @Test
    void attemptsAreForgottenAfterTwentyToThirtySeconds() {
        record(10, 100);
        assertThat(after(Duration.ofSeconds(9)).count()).isEqualTo(100);
        record(20, 50);
        assertThat(after(Duration.ofSeconds(5)).count()).isEqualTo(150);
        assertThat(after(Duration.ofSeconds(15)).count()).isEqualTo(150);
        assertThat(after(Duration.ofSeconds(1)).count()).isZero();
    }

    @Test
    void whatCameInBeforeALongPauseIsOfBeforeThePause() {
        record(10, 100);

        assertThat(after(Duration.ofHours(2)).count()).isZero();
        record(20, 10);
        assertThat(after(Duration.ofMillis(100)).count()).isEqualTo(10);
    }

    @Test
    void followsAChangeOfLatency() {
        for (int second = 0; second < 60; second++) {
            record(second < 30 ? 10 : 50, 100);
            clock.advance(Duration.ofSeconds(1));
            window.read();
        }
        assertThat(window.read().percentile(5) / 1e6).isCloseTo(50, within(0.5));
    }

    @Test
    void timesOfEverySizeAreTaken() {
        window.ended(-5);
        window.ended(0);
        window.ended(Long.MAX_VALUE);
        window.cut(Long.MAX_VALUE);

        assertThat(after(Duration.ofSeconds(1)).count()).isEqualTo(4);
        assertThat(window.read().percentile(99)).isBetween(3_600_000_000_000L, 3_700_000_000_000L);
    }

    @Test
    void noAttemptIsLostUnderThreads() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(5);
        AtomicBoolean writing = new AtomicBoolean(true);
        try {
            Future<?> reader = threads.submit(() -> {
                for (int i = 0; writing.get(); i++) {
                    clock.advance(i < 50_000 ? Duration.ofNanos(100_000) : Duration.ZERO); // stays within the window
                    window.read();
                }
            });
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(threads.submit(() -> record(10, 20_000)));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            writing.set(false);
            reader.get();
        } finally {
            threads.shutdownNow();
        }
        assertThat(after(Duration.ofMillis(100)).count()).isEqualTo(80_000);
    }

    private void record(long millis, int times) {
        for (int i = 0; i < times; i++) {
            window.ended(millis * 1_000_000);
        }
    }

    private Lifetimes after(Duration time) {
        clock.advance(time);
        return window.read();
    }
}
