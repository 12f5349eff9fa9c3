package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RequestRecord.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes at the same moment on several threads: every reservation ends once, every request has one record. */
class RacesTest {
    private static final int ROUNDS = 3_000;

    private final Stand stand = new Stand();
    private final HandBackends backends = new HandBackends();
    private final CountingLimiter limiter = new CountingLimiter();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @BeforeEach
    void oneCaller() {
        stand.builder
                .client(backends)
                .rateLimiter(limiter)
                .plan(Plan.of("basic").limit(Limit.perSecond(10)))
                .key("demo", "demo-key", "basic");
        stand.gateway();
    }

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    /** Runs all at the same moment, and waits for them. */
    private void together(Runnable... tasks) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tasks.length);
        List<Future<?>> running = new ArrayList<>();
        for (Runnable task : tasks) {
            running.add(threads.submit(() -> {
                start.await();
                task.run();
                return null;
            }));
        }
        for (Future<?> each : running) {
            each.get(30, TimeUnit.SECONDS);
        }
    }

    private CompletableFuture<GatewayResponse> ask(String path) {
        return stand.ask(keyed(path, "demo-key"));
    }

    private void assertAllSettledOnce(int requests) {
        assertThat(limiter.leases).hasSize(requests);
        assertThat(limiter.settlements())
                .allSatisfy(settled -> assertThat(settled).hasSize(1));
        assertThat(stand.records).hasSize(requests);
        assertThat(backends.running).hasValue(0);
    }

    @Test
    void cancellationAgainstTheAnswer() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            CompletableFuture<GatewayResponse> answer = ask("/" + i);
            together(() -> answer.cancel(false), () -> backends.answerAll(HandBackends.ok("x")));
            assertThat(answer).isDone();
        }
        assertAllSettledOnce(ROUNDS);
        assertThat(stand.outcomes()).containsOnly(Outcome.ABANDONED, Outcome.FORWARDED);
    }

    @Test
    void leadersAndFollowersCancellationAgainstTheAnswer() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            CompletableFuture<GatewayResponse> leader = ask("/" + i);
            CompletableFuture<GatewayResponse> follower = ask("/" + i);
            together(
                    () -> leader.cancel(false),
                    () -> follower.cancel(false),
                    () -> backends.answerAll(HandBackends.ok("x")));
            assertThat(leader).isDone();
            assertThat(follower).isDone();
        }
        assertAllSettledOnce(2 * ROUNDS);
    }

    @Test
    void joiningAgainstTheLastOnesLeaving() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            String path = "/" + i;
            CompletableFuture<GatewayResponse> leader = ask(path);
            CompletableFuture<CompletableFuture<GatewayResponse>> joined = new CompletableFuture<>();
            together(() -> leader.cancel(false), () -> joined.complete(ask(path)));
            assertThat(joined.join()).isNotDone();
            backends.answerAll(HandBackends.ok("x"));
            assertThat(joined.join()).isCompletedWithValueMatching(response -> response.status() == 200);
        }
        assertAllSettledOnce(2 * ROUNDS);
    }

    @Test
    void theDecisionAgainstItsTimeoutAndCancellation() throws Exception {
        limiter.manual = true;
        for (int i = 0; i < ROUNDS; i++) {
            CompletableFuture<GatewayResponse> answer = ask("/" + i);
            var decision = limiter.waiting.remove();
            together(
                    () -> decision.complete(limiter.admission()),
                    () -> stand.clock.advance(Duration.ofSeconds(1)),
                    () -> answer.cancel(false));
            backends.answerAll(HandBackends.ok("x"));
            assertThat(answer).isDone();
        }
        assertAllSettledOnce(ROUNDS);
    }
}
