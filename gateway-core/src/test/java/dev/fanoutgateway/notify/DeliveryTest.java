package dev.fanoutgateway.notify;

import static dev.fanoutgateway.notify.MessageQueueTest.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the queue does with notifiers that misbehave. */
class DeliveryTest {
    private final FakeClock clock = new FakeClock();
    private final Recorder recorder = new Recorder();
    private final MessageQueue queue = new MessageQueue(recorder, Duration.ofMinutes(5), 100, clock);

    @Test
    void aFailureIsTriedAgainAfterOneTenAndSixtySeconds() {
        recorder.thenFail().thenFail().thenFail();
        queue.offer(trouble("a", "a"));
        clock.runDue();
        assertThat(recorder.given()).hasSize(1);
        clock.advance(Duration.ofMillis(999));
        assertThat(recorder.given()).hasSize(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(recorder.given()).hasSize(2);
        clock.advance(Duration.ofSeconds(10));
        assertThat(recorder.given()).hasSize(3);
        clock.advance(Duration.ofSeconds(60));
        assertThat(recorder.given()).hasSize(4);
        clock.advance(Duration.ofMinutes(1));
        assertThat(recorder.given()).hasSize(4);
        assertThat(recorder.given())
                .allMatch(message -> message == recorder.given().get(0));
    }

    @Test
    void afterFourTriesTheNextMessageComes() {
        recorder.thenFail().thenFail().thenFail().thenFail();
        queue.offer(trouble("a", "a"));
        queue.offer(trouble("b", "b"));
        clock.advance(Duration.ofMinutes(2));

        assertThat(recorder.titles()).containsExactly("a", "a", "a", "a", "b");
    }

    @Test
    void throwingReturningNullAndFailingAreTheSame() {
        recorder.then(() -> {
                    throw new IllegalStateException("thrown\r\nat once");
                })
                .then(() -> null)
                .then(() -> {
                    throw new NoClassDefFoundError("jakarta/mail/Session");
                });
        queue.offer(trouble("a", "a"));
        queue.offer(trouble("b", "b"));
        clock.advance(Duration.ofMinutes(2));

        assertThat(recorder.titles()).containsExactly("a", "a", "a", "a", "b");
    }

    @Test
    void aStageThatNeverCompletesIsGivenUpAfterThirtySeconds() {
        recorder.then(CompletableFuture::new);
        queue.offer(trouble("a", "a"));
        queue.offer(trouble("b", "b"));
        clock.advance(Duration.ofMillis(30_999));
        assertThat(recorder.titles()).containsExactly("a");
        clock.advance(Duration.ofMillis(1));

        assertThat(recorder.titles()).containsExactly("a", "a", "b");
    }

    @Test
    void aStageThatCompletesLateDoesNotBlockNorRepeat() {
        CompletableFuture<Void> late = new CompletableFuture<>();
        recorder.then(() -> late);
        queue.offer(trouble("a", "a"));
        queue.offer(trouble("b", "b"));
        clock.advance(Duration.ofSeconds(20));
        late.complete(null);
        clock.advance(Duration.ofMinutes(4));

        assertThat(recorder.titles()).containsExactly("a", "b");
    }

    @Test
    void aStageThatCompletesAfterItWasGivenUpChangesNothing() {
        CompletableFuture<Void> late = new CompletableFuture<>();
        recorder.then(() -> late);
        queue.offer(trouble("a", "a"));
        clock.advance(Duration.ofSeconds(40));
        assertThat(recorder.titles()).containsExactly("a", "a");
        late.completeExceptionally(new IllegalStateException("too late"));
        clock.advance(Duration.ofMinutes(4));

        assertThat(recorder.titles()).containsExactly("a", "a");
    }

    @Test
    void oneAtATime() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        recorder.then(() -> first);
        for (String name : new String[] {"a", "b", "c"}) {
            queue.offer(trouble(name, name));
            clock.runDue();
        }
        assertThat(recorder.titles()).containsExactly("a");
        first.complete(null);
        clock.runDue();

        assertThat(recorder.titles()).containsExactly("a", "b", "c");
    }

    @Test
    void closeDeliversWhatWaitsAndWhatWasCounted() {
        queue.offer(trouble("a", "a"));
        for (int i = 0; i < 9; i++) {
            queue.offer(trouble("a", "a"));
        }
        queue.offer(trouble("b", "b"));
        queue.close();

        assertThat(recorder.total()).isEqualTo(11);
        assertThat(recorder.titles()).containsExactly("a", "b", "a");
        clock.advance(Duration.ofHours(1));
        queue.offer(trouble("c", "c"));
        clock.advance(Duration.ofHours(1));
        queue.close();
        assertThat(recorder.given()).hasSize(3);
        assertThat(clock.pending()).isZero();
    }

    @Test
    void closeGivesAMessageThatWaitsForItsRetryOneLastTry() {
        recorder.thenFail().thenFail();
        queue.offer(trouble("a", "a"));
        clock.runDue();
        queue.offer(trouble("b", "b"));
        queue.close();

        assertThat(recorder.titles()).containsExactly("a", "a", "b");
        clock.advance(Duration.ofHours(1));
        assertThat(recorder.given()).hasSize(3);
    }
}
