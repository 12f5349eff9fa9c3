package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.keyed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.Limit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A plug-in may answer on an event loop: nothing of ours, nor of the host's, may run there, and still less block. */
@Timeout(60)
class OtherThreadsTest {
    private final ExecutorService loop = Executors.newSingleThreadExecutor(task -> new Thread(task, "loop"));
    private final ExecutorService workers = Executors.newCachedThreadPool(task -> new Thread(task, "worker"));
    private final Stand stand = new Stand();

    @AfterEach
    void endThreads() {
        loop.shutdownNow();
        workers.shutdownNow();
    }

    private void assertStaysOffTheLoop() throws Exception {
        BlockingBackend backend = new BlockingBackend(new CountDownLatch(1), new CountDownLatch(0));
        stand.builder.client(backend).executor(workers).backends("http://a");
        stand.route(everything().cache(CachePolicy.off()));
        FanoutGateway gateway = stand.gateway();
        AtomicReference<String> continued = new AtomicReference<>();
        CountDownLatch registered = new CountDownLatch(1);
        loop.execute(() -> awaitUninterrupted(registered));
        CompletableFuture<GatewayResponse> answer =
                gateway.handle(gateway.routeFor("GET", "/a").orElseThrow(), keyed("/a", "some-key"), Runnable::run);
        CompletableFuture<GatewayResponse> watched = answer.whenComplete(
                (response, failure) -> continued.set(Thread.currentThread().getName()));
        registered.countDown();
        assertThat(watched.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(continued).hasValue("worker");
        assertThat(backend.thread).extracting(Thread::getName).isEqualTo("worker");
    }

    @Test
    void afterAnAuthenticator() throws Exception {
        stand.builder.authenticator(
                credential -> CompletableFuture.supplyAsync(() -> Optional.of(new Caller("demo", "any")), loop));
        assertStaysOffTheLoop();
    }

    @Test
    void afterALimiter() throws Exception {
        CountingLimiter limiter = new CountingLimiter();
        limiter.instead = () -> CompletableFuture.supplyAsync(limiter::admission, loop);
        stand.builder
                .rateLimiter(limiter)
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic");
        assertStaysOffTheLoop();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
