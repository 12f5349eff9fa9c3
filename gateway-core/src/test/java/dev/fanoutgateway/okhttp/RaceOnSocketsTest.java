package dev.fanoutgateway.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.spi.AttemptOutcome.Result;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.testing.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The race over real connections: what a loser's backend sees. */
class RaceOnSocketsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final FakeClock clock = new FakeClock();
    private final OkHttpBackendClient client = OkHttpBackendClient.create();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Fanout fanout = new Fanout(client, clock, threads, outcome -> {});

    @AfterEach
    void close() {
        client.close();
        threads.shutdownNow();
    }

    @Test
    void losersAreCutOnTheWireAndAnAttemptThatBlocksTheCallerIsReleased() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch cut = new CountDownLatch(2);
        RawServer.Conversation hanging = peer -> {
            peer.request();
            asked.countDown();
            peer.awaitClose();
            cut.countDown();
        };
        try (RawServer first = new RawServer(hanging);
                RawServer second = new RawServer(hanging);
                RawServer winner = new RawServer(peer -> {
                    peer.request();
                    asked.await(20, TimeUnit.SECONDS);
                    peer.send(OK);
                    peer.awaitClose();
                })) {
            FanoutResult result = race(
                            FanoutStrategy.parallel(), Runnable::run, first.url(), second.url(), winner.url())
                    .result()
                    .get(20, TimeUnit.SECONDS);

            assertThat(result.cause()).as(result.describe()).isEqualTo(Cause.ACCEPTED);
            assertThat(result.attempts())
                    .extracting(attempt -> attempt.result())
                    .containsExactly(Result.CANCELLED, Result.CANCELLED, Result.WON);
            clock.advance(Duration.ofMillis(50)); // so long the second one may go on
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aReplicaThatIsDownOneThatIsCutShortAndOneThatSpeaksNonsenseDoNotSpoilTheAnswer() throws Exception {
        try (RawServer cut = RawServer.closingAfter("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                RawServer nonsense = RawServer.closingAfter("nonsense\r\n\r\n");
                RawServer busy =
                        RawServer.answering("HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
                RawServer good = RawServer.answering(OK)) {
            for (FanoutStrategy strategy : List.of(FanoutStrategy.failover(), FanoutStrategy.parallel())) {
                FanoutResult result = race(
                                strategy,
                                threads,
                                "http://127.0.0.1:1",
                                cut.url(),
                                nonsense.url(),
                                busy.url(),
                                good.url())
                        .result()
                        .get(20, TimeUnit.SECONDS);

                assertThat(result.cause()).as(result.describe()).isEqualTo(Cause.ACCEPTED);
                assertThat(result.response().body().utf8()).isEqualTo("ok");
            }
        }
    }

    @Test
    void theClientsLeavingCutsEveryAttempt() throws Exception {
        CountDownLatch asked = new CountDownLatch(2);
        CountDownLatch cut = new CountDownLatch(2);
        RawServer.Conversation hanging = peer -> {
            peer.request();
            asked.countDown();
            peer.awaitClose();
            cut.countDown();
        };
        try (RawServer first = new RawServer(hanging);
                RawServer second = new RawServer(hanging)) {
            Fanout.Race race = race(FanoutStrategy.parallel(), threads, first.url(), second.url());
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

            race.cancel();

            assertThat(race.result().join().cause()).isEqualTo(Cause.CANCELLED);
            assertThat(cut.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Fanout.Race race(FanoutStrategy strategy, Executor first, String... urls) {
        List<Backend> candidates = java.util.Arrays.stream(urls)
                .map(url -> Backend.of("group", url))
                .toList();
        long timeout = TimeUnit.SECONDS.toNanos(20);
        return fanout.start(new Fanout.Plan(
                strategy,
                candidates,
                GatewayRequest.get("/x"),
                Acceptors.successful(),
                clock.nanoTime() + timeout,
                timeout,
                1 << 20,
                first));
    }
}
