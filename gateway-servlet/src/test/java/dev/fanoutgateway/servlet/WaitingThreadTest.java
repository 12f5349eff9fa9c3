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
    private final WaitingThread waiting = new WaitingThread(elsewhere::add);
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
        WaitingThread alone = new WaitingThread(task -> {
            throw new RejectedExecutionException();
        });
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
}
