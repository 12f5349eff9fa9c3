package dev.fanoutgateway;

import static dev.fanoutgateway.Stand.everything;
import static dev.fanoutgateway.Stand.keyed;
import static dev.fanoutgateway.testing.ScriptedBackends.Script.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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

    private void assertStaysOffTheLoop(CachePolicy cache) throws Exception {
        BlockingBackend backend = new BlockingBackend(new CountDownLatch(1), new CountDownLatch(0));
        stand.builder.client(backend).executor(workers).backends("http://a");
        stand.route(everything().cache(cache));
        FanoutGateway gateway = stand.gateway();
        AtomicReference<String> continued = new AtomicReference<>();
        CountDownLatch registered = new CountDownLatch(1);
        loop.execute(() -> awaitUninterrupted(registered));
        CompletableFuture<GatewayResponse> answer = gateway.handle(
                gateway.routeFor("GET", "/a").orElseThrow(),
                keyed("/a", "some-key"),
                new Passing(gateway.executor(), Runnable::run));
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
        assertStaysOffTheLoop(CachePolicy.off());
    }

    @Test
    void afterALimiter() throws Exception {
        CountingLimiter limiter = new CountingLimiter();
        limiter.instead = () -> CompletableFuture.supplyAsync(limiter::admission, loop);
        stand.builder
                .rateLimiter(limiter)
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic");
        assertStaysOffTheLoop(CachePolicy.off());
    }

    @Test
    void afterACache() throws Exception {
        stand.builder.cache(new LoopingCache());
        assertStaysOffTheLoop(CachePolicy.standard());
    }

    @Test
    void aRequestGoesOnOnTheThreadThatWaitsForIt() throws Exception {
        CountingLimiter limiter = new CountingLimiter();
        limiter.instead = () -> CompletableFuture.supplyAsync(limiter::admission, loop);
        stand.builder
                .rateLimiter(limiter)
                .cache(new LoopingCache())
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic")
                .executor(workers);
        stand.all(ok("{}"));
        FanoutGateway gateway = stand.gateway();
        Waiting waiting = new Waiting();
        CompletableFuture<GatewayResponse> answer =
                gateway.handle(gateway.routeFor("GET", "/a").orElseThrow(), keyed("/a", "some-key"), waiting);
        while (waiting.forwardings.isEmpty()) {
            waiting.tasks.take().run();
        }
        assertThat(answer.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(waiting.forwardings).containsExactly(Thread.currentThread());
    }

    @Test
    void whatTheGatewayAnswersItselfIsNotForwarded() {
        stand.builder.plan(Plan.of("basic").limit(Limit.perSecond(2))).key("demo", "some-key", "basic");
        stand.all(ok("{}"));
        FanoutGateway gateway = stand.gateway();
        Waiting waiting = new Waiting();
        for (int i = 0; i < 4; i++) { // a miss, a hit, too many, without a key
            gateway.handle(
                            gateway.routeFor("GET", "/a").orElseThrow(),
                            i < 3 ? keyed("/a", "some-key") : GatewayRequest.get("/a"),
                            waiting)
                    .join();
        }
        assertThat(waiting.forwardings).hasSize(1);
    }

    @Test
    void aLimiterBlocksOnlyTheThreadThatMayBeAndTheCacheIsAskedMeanwhile() {
        List<String> events = new CopyOnWriteArrayList<>();
        stand.builder
                .rateLimiter(new BlockingLimiter(events))
                .cache(new LoopingCache() {
                    @Override
                    public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
                        events.add("lookup");
                        return CompletableFuture.completedFuture(Optional.empty());
                    }
                })
                .plan(Plan.of("basic").limit(Limit.perSecond(1)))
                .key("demo", "some-key", "basic");
        stand.all(ok("{}"));
        FanoutGateway gateway = stand.gateway();
        Waiting waiting = new Waiting();
        Route route = gateway.routeFor("GET", "/a").orElseThrow();
        gateway.handle(route, keyed("/a", "some-key"), waiting).join();
        assertThat(events).startsWith("asked", "lookup");
        events.clear();
        waiting.blocks = true;
        gateway.handle(route, keyed("/a", "some-key"), waiting).join();
        assertThat(events).startsWith("lookup", "blocked");
        events.clear();
        gateway.handle(keyed("/a", "some-key")).join();
        assertThat(events).startsWith("asked");
    }

    private record BlockingLimiter(List<String> events) implements RateLimiter {
        @Override
        public CompletionStage<Decision> tryAcquire(Request request) {
            events.add("asked");
            return CompletableFuture.completedFuture(Decision.UNLIMITED);
        }

        @Override
        public boolean mayBlock() {
            return true;
        }

        @Override
        public CompletionStage<Decision> tryAcquireBlocking(Request request) {
            events.add("blocked");
            return CompletableFuture.completedFuture(Decision.UNLIMITED);
        }

        @Override
        public CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private class LoopingCache implements ResponseCache {
        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            return CompletableFuture.supplyAsync(Optional::empty, loop);
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            return CompletableFuture.runAsync(() -> {}, loop);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return CompletableFuture.runAsync(() -> {}, loop);
        }
    }

    /** A thread that does its request's work when the test says so. */
    private static final class Waiting implements CallingThread {
        final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
        final List<Thread> forwardings = new CopyOnWriteArrayList<>();

        @Override
        public Executor next() {
            return tasks::add;
        }

        @Override
        public Executor first() {
            return Runnable::run;
        }

        volatile boolean blocks;

        @Override
        public boolean mayBlock() {
            return blocks;
        }

        @Override
        public void forwarding() {
            forwardings.add(Thread.currentThread());
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
