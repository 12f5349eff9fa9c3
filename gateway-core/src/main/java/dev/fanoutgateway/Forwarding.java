package dev.fanoutgateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.PurgeLog;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.caching.SingleFlight;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Gets an answer from the backends: identical misses share one flight, and what a flight brings is stored and told to the
 * developers once, whoever waits for it.
 */
final class Forwarding {
    private static final long LANDING_BYTES = 16L << 20;

    private final Upstreams upstreams;
    private final Fanout fanout;
    private final Sidelines sidelines;
    private final SharedCache cache;
    private final PurgeLog purges;
    private final SingleFlight<Landing> flights = new SingleFlight<>();

    /**
     * What landed lately and is on its way into a store that takes its time: for those who asked that store before. Such a
     * question is answered, or has failed, within the plug-ins' time.
     */
    private final Cache<CacheKey, Landing> landings;

    private final GatewayClock clock;
    private final Executor executor;

    Forwarding(
            Upstreams upstreams,
            Fanout fanout,
            Sidelines sidelines,
            SharedCache cache,
            PurgeLog purges,
            Duration pluginTimeout,
            GatewayClock clock,
            Executor executor) {
        this.upstreams = upstreams;
        this.fanout = fanout;
        this.sidelines = sidelines;
        this.cache = cache;
        this.purges = purges;
        this.landings = Caffeine.newBuilder()
                .maximumWeight(LANDING_BYTES)
                .weigher((CacheKey key, Landing landing) -> landing.weight())
                .expireAfterWrite(pluginTimeout)
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
        this.clock = clock;
        this.executor = executor;
    }

    CompletionStage<Answer> forward(Admission admission) {
        CacheKey key = admission.key();
        if (admission.exchange().abandonment().isSignalled()) {
            return CompletableFuture.completedFuture(
                    Refusals.abandoned(admission.exchange().request(), admission.grant()));
        }
        if (key != null && CacheRules.onlyIfCached(admission.exchange().request())) {
            return CompletableFuture.completedFuture(
                    Refusals.notCached(admission.exchange().request(), admission.grant()));
        }
        admission.exchange().thread().forwarding();
        return key != null && admission.mayShareFlight() ? together(key, admission) : alone(admission);
    }

    private CompletionStage<Answer> together(CacheKey key, Admission admission) {
        SingleFlight.Ticket<Landing> ticket =
                flights.join(purges.flightKey(key, admission.forwarded()), () -> launchUnlessStored(key, admission));
        admission.exchange().abandonment().onSignal(ticket::leave);
        if (ticket.leader()) {
            return ticket.result().thenApply(landing -> landing.answer(admission));
        }
        // Elsewhere than on the thread that ends the flight, or it would write everybody's answers one after the other.
        return ticket.result()
                .thenComposeAsync(
                        landing -> landing.serves(admission)
                                ? CompletableFuture.completedFuture(landing.answer(admission))
                                : alone(admission),
                        executor);
    }

    private CompletionStage<Answer> alone(Admission admission) {
        SingleFlight.Flight<Landing> flight = launch(admission);
        admission.exchange().abandonment().onSignal(flight::cancel);
        return flight.result().thenApply(landing -> landing.answer(admission));
    }

    /** A flight, unless another one landed between this request's lookup and now. */
    private SingleFlight.Flight<Landing> launchUnlessStored(CacheKey key, Admission admission) {
        Landing recent = landings.getIfPresent(key);
        if (recent != null
                && recent.landedNanos() - admission.exchange().startNanos() > 0
                && recent.serves(admission)) {
            return new Landed(CompletableFuture.completedFuture(recent));
        }
        CompletableFuture<SharedCache.Lookup> again =
                cache.lookup(key, admission.forwarded()).toCompletableFuture();
        if (again.isDone() && !again.isCompletedExceptionally() && again.join().result() == SharedCache.Result.HIT) {
            return new Landed(CompletableFuture.completedFuture(
                    Landing.of(admission.forwarded(), null, again.join().entry(), true, clock)));
        }
        return launch(admission);
    }

    private SingleFlight.Flight<Landing> launch(Admission admission) {
        Exchange exchange = admission.exchange();
        Upstream upstream = upstreams.of(exchange.route().backends());
        long sentMillis = clock.currentTimeMillis();
        sidelines.offer(admission);
        Fanout.Race race = fanout.start(upstream.plan(admission, fanout));
        return new InFlight(
                race,
                race.result()
                        .thenApply(result ->
                                landed(admission, upstream, upstream.accounted(admission, result), sentMillis)));
    }

    /** What is done once for each flight: the developers are told, and what may be stored is. */
    private Landing landed(Admission admission, Upstream upstream, FanoutResult result, long sentMillis) {
        CachePolicy policy = admission.exchange().route().cache();
        upstream.alerts().report(admission.exchange().route(), admission.forwarded(), result);
        CacheKey key = admission.key();
        GatewayResponse response = result.response();
        String giver = result.backend() == null ? "combined" : result.backend().id();
        boolean shared = false;
        CompletionStage<Boolean> storing = null;
        if (key != null && result.cause() == FanoutResult.Cause.ACCEPTED && response != null) {
            GatewayRequest asked = admission.forwarded();
            shared = CacheRules.storable(policy, asked, response, giver, sentMillis, clock.currentTimeMillis())
                    .isPresent(); // by the rules, not by what a store says, which may be slow or broken
            storing = cache.store(policy, key, asked, response, giver, sentMillis);
        } else if (key != null && result.cause() == FanoutResult.Cause.ABSENT) {
            cache.absent(key, policy.absentTtl());
        }
        Landing landing = Landing.of(admission.forwarded(), result, null, shared, clock);
        if (key != null
                && storing != null
                && !storing.toCompletableFuture().isDone()
                && !purges.purgedSince(sentMillis, admission.forwarded())) {
            landings.put(key, landing);
        }
        return landing;
    }

    /** A race under way. */
    private record InFlight(Fanout.Race race, CompletableFuture<Landing> result)
            implements SingleFlight.Flight<Landing> {
        @Override
        public void cancel() {
            race.cancel();
        }
    }

    /** A flight that was not needed. */
    private record Landed(CompletableFuture<Landing> result) implements SingleFlight.Flight<Landing> {
        @Override
        public void cancel() {}
    }
}
