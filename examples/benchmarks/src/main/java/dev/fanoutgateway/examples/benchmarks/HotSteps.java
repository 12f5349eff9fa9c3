package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.SystemClock;
import dev.fanoutgateway.auth.InMemoryKeys;
import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.auth.KeyExtractor;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.MemoryResponseCache;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.http.Body;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.limit.MemoryRateLimiter;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseAcceptor;
import dev.fanoutgateway.spi.ResponseAcceptor.Verdict;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The steps that every request takes, one by one, and a whole hit through the engine. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotSteps {
    private static final GatewayClock CLOCK = new SystemClock(Runnable::run);

    private final GatewayRequest request = GatewayRequest.get("/api/v1/prices/IBM?from=2009")
            .header("Host", "localhost")
            .header("User-Agent", "bench")
            .header("Accept", "*/*")
            .header("X-API-Key", Variant.KEY);
    private final GatewayRequest stripped = KeyExtractor.standard().strip(request);
    private final GatewayResponse response =
            new GatewayResponse(200, Headers.of("Content-Type", "application/json"), Body.of(FixedServlet.BODY));
    private final KeyExtractor extractor = KeyExtractor.standard();
    private final InMemoryKeys keys = InMemoryKeys.of(List.of(KeyEntry.ofKey("bench", Variant.KEY, "bench")), CLOCK);
    private final MemoryRateLimiter limiter = new MemoryRateLimiter(CLOCK);
    private final RateLimiter.Request limits = new RateLimiter.Request(
            "bench", List.of(Limit.perSecond(1_000_000), Limit.perHour(1_000_000_000)), null, 1);
    private final CachePolicy policy = CachePolicy.standard();
    private final SharedCache cache = new SharedCache(new MemoryResponseCache(64L << 20, CLOCK), CLOCK);
    private final ResponseAcceptor flag = Acceptors.jsonFlag("status");
    private final FanoutGateway gateway = Gateway.builder()
            .backends("http://a")
            .plan(Plan.of("bench").limit(Limit.perSecond(1_000_000)).limit(Limit.perHour(1_000_000_000)))
            .key("bench", Variant.KEY, "bench")
            .client(new FixedClient(response))
            .build();

    /** Fills both caches. */
    @Setup
    public void fill() {
        cache.store(
                policy,
                CacheRules.keyFor("default", policy, stripped, null),
                stripped,
                response,
                "http://a",
                CLOCK.currentTimeMillis());
        gateway.handle(request).join();
    }

    /** Ends the gateway's threads. */
    @TearDown
    public void close() {
        gateway.close();
    }

    /** Finding the key, hashing it, and finding its caller. */
    @Benchmark
    public Optional<Caller> keyCheck() {
        return keys.authenticate(
                        Objects.requireNonNull(extractor.extract(request).credential()))
                .toCompletableFuture()
                .join();
    }

    /** Two limits in memory. */
    @Benchmark
    public boolean limiter() {
        return limiter.tryAcquire(limits).toCompletableFuture().join().allowed();
    }

    /** The key under which a response is stored, and the lookup. */
    @Benchmark
    public SharedCache.Lookup cacheKeyAndHit() {
        return cache.lookup(policy, CacheRules.keyFor("default", policy, stripped, null), stripped)
                .toCompletableFuture()
                .join();
    }

    /** The flag at the end of 2 KiB of JSON. */
    @Benchmark
    public Verdict jsonPeek() {
        return flag.judge(stripped, response);
    }

    /** A hit through the whole engine: key, plan, two limits, lookup, fields. */
    @Benchmark
    public GatewayResponse wholeHit() {
        return gateway.handle(request).join();
    }

    /** A backend without a network. */
    private record FixedClient(GatewayResponse response) implements BackendClient {
        @Override
        public Call newCall(BackendRequest request) {
            CompletableFuture<Reply> reply = CompletableFuture.completedFuture(Reply.of(response));
            return new Call() {
                @Override
                public void start(Executor executor) {}

                @Override
                public CompletionStage<Reply> reply() {
                    return reply;
                }

                @Override
                public void cancel() {}
            };
        }

        @Override
        public void close() {}
    }
}
