package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitingThreadTest {
    private static final long LONG = 50_000;

    private final Queue<Runnable> elsewhere = new ArrayDeque<>();
    private final WaitingThread waiting = new WaitingThread(elsewhere::add, true);
    private final CompletableFuture<String> answer = new CompletableFuture<>();

    @Test
    void tasksRunOnTheThreadThatWaits() throws Exception {
        List<Thread> ran = new ArrayList<>();
        waiting.execute(() -> {
            ran.add(Thread.currentThread());
            waiting.execute(() -> {
                ran.add(Thread.currentThread());
                answer.complete("answer");
            });
        });
        assertThat(ran).isEmpty();

        assertThat(waiting.await(answer, LONG)).isEqualTo("answer");
        assertThat(ran).containsExactly(Thread.currentThread(), Thread.currentThread());
    }

    @Test
    void anotherThreadsTaskAndAnswerWakeIt() throws Exception {
        new Thread(() -> waiting.execute(() -> new Thread(() -> answer.complete("answer")).start())).start();

        assertThat(waiting.await(answer, LONG)).isEqualTo("answer");
    }

    @Test
    void whatItHasNotBegunRunsElsewhereWhenItLeaves() {
        waiting.execute(() -> {
            waiting.execute(() -> {});
            answer.cancel(true);
        });

        assertThatThrownBy(() -> waiting.await(answer, LONG)).isInstanceOf(CancellationException.class);
        assertThat(elsewhere).hasSize(1);
        waiting.execute(() -> {});
        assertThat(elsewhere).hasSize(2);
    }

    @Test
    void whatNobodyElseTakesItRunsItself() throws Exception {
        WaitingThread alone = new WaitingThread(
                task -> {
                    throw new RejectedExecutionException();
                },
                true);
        List<String> ran = new ArrayList<>();
        alone.execute(() -> {
            alone.execute(() -> ran.add("left over"));
            answer.complete("answer");
        });

        assertThat(alone.await(answer, LONG)).isEqualTo("answer");
        assertThat(ran).containsExactly("left over");
    }

    @Test
    void itWaitsNoLongerThanItMay() {
        assertThatThrownBy(() -> waiting.await(answer, 1)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void aTaskThatFailsDoesNotEndTheWaiting() throws Exception {
        waiting.execute(() -> {
            throw new IllegalStateException("broken");
        });
        waiting.execute(() -> answer.complete("answer"));

        assertThat(waiting.await(answer, LONG)).isEqualTo("answer");
    }

    @Test
    void anAnswerThatFailsIsToldAsSuch() {
        answer.completeExceptionally(new IllegalStateException("broken"));

        assertThatThrownBy(() -> waiting.await(answer, LONG)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void anInterruptEndsTheWaiting() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> waiting.await(answer, LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aBriefWaitEndsWithTheAnswer() {
        WaitingThread brief = brief(Long.MAX_VALUE / 2);
        List<Thread> ran = new ArrayList<>();
        new Thread(() -> brief.execute(() -> {
                    ran.add(Thread.currentThread());
                    answer.complete("answer");
                }))
                .start();

        assertThat(brief.awaitBriefly(answer)).isTrue();
        assertThat(ran).containsExactly(Thread.currentThread());
    }

    @Test
    void aBriefWaitEndsWhenBackendsAreAsked() {
        WaitingThread brief = brief(Long.MAX_VALUE / 2);
        brief.execute(brief::forwarding);

        assertThat(brief.awaitBriefly(answer)).isFalse();
        brief.next().execute(() -> {});
        brief.first().execute(() -> {});
        assertThat(elsewhere).hasSize(2);
    }

    @Test
    void whenBackendsWereAskedAtOnceThereIsNoWait() {
        WaitingThread brief = brief(Long.MAX_VALUE / 2);
        brief.forwarding();

        assertThat(brief.awaitBriefly(answer)).isFalse();
    }

    @Test
    void aBriefWaitEndsWhenItsTimeIsUp() {
        WaitingThread brief = brief(1_000);

        assertThat(brief.awaitBriefly(answer)).isFalse();
        brief.execute(() -> {});
        assertThat(elsewhere).hasSize(1);
    }

    @Test
    void anInterruptEndsABriefWaitAndIsKept() {
        Thread.currentThread().interrupt();

        assertThat(brief(Long.MAX_VALUE / 2).awaitBriefly(answer)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void onlyTheThreadThatWaitsMayBeBlocked() throws Exception {
        assertThat(waiting.mayBlock()).isTrue();
        assertThat(CompletableFuture.supplyAsync(waiting::mayBlock).get()).isFalse();
    }

    private WaitingThread brief(long nanos) {
        return new WaitingThread(elsewhere::add, false, nanos);
    }
}
