package dev.fanoutgateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.InvalidationLog;
import dev.fanoutgateway.caching.PurgeLog;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.caching.SingleFlight;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutResult;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gets an answer from the backends: identical misses share one flight, and what a flight brings is stored and told to the
 * developers once, whoever waits for it.
 */
final class Forwarding {
    private static final long LANDING_BYTES = 16L << 20;
    private static final DoubleSupplier DRAW = () -> ThreadLocalRandom.current().nextDouble();

    private final Upstreams upstreams;
    final Fanout fanout;
    private final Sidelines sidelines;
    private final SharedCache cache;
    private final PurgeLog purges;
    private final Overload overload;
    private final SingleFlight<Landing> flights = new SingleFlight<>();

    /**
     * What landed lately and is on its way into a store that takes its time: for those who asked that store before. Such a
     * question is answered, or has failed, within the plug-ins' time.
     */
    private final Cache<CacheKey, Landing> landings;

    private final Invalidations invalidations;
    final InvalidationLog invalidated;
    final Covers covers;
    final GatewayClock clock;
    final Executor executor;

    Forwarding(
            Upstreams upstreams,
            Fanout fanout,
            Sidelines sidelines,
            SharedCache cache,
            InvalidationLog invalidated,
            PurgeLog purges,
            Overload overload,
            Function<GatewayRequest, @Nullable Route> routeFor,
            Duration pluginTimeout,
            GatewayClock clock,
            Executor executor) {
        this.upstreams = upstreams;
        this.fanout = fanout;
        this.sidelines = sidelines;
        this.cache = cache;
        this.purges = purges;
        this.overload = overload;
        this.landings = Caffeine.newBuilder()
                .maximumWeight(LANDING_BYTES)
                .weigher((CacheKey key, Landing landing) -> landing.weight())
                .expireAfterWrite(pluginTimeout)
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
        this.invalidations = new Invalidations(cache, invalidated, routeFor, flights::forget);
        this.invalidated = invalidated;
        this.covers = new Covers(cache, executor);
        this.clock = clock;
        this.executor = executor;
    }

    /** What the cache holds for it, if that is an answer; if that should be newer, it is asked for in the background. */
    Optional<Answer> fromCache(Admission admission) {
        SharedCache.Lookup lookup = admission.lookup();
        if (lookup == null || lookup.entry() == null) {
            return Optional.empty();
        }
        long now = clock.currentTimeMillis();
        boolean refresh = switch (lookup.result()) {
            case STALE_MEANWHILE -> true;
            case HIT -> CacheRules.refreshDue(admission.exchange().route().cache(), lookup.entry(), now, DRAW);
            case STALE_HIT, MISS, OTHERS, VARY_MISS, PARTIAL, STALE, REQUEST, UNCACHEABLE, ABSENT -> false;
        };
        if (refresh && !flights.isUnderWay(place(admission))) {
            executor.execute(() -> refresh(admission));
        }
        return admission.fromCache(now);
    }

    CompletionStage<Answer> forward(Admission admission) {
        CacheKey key = admission.key();
        if (admission.exchange().abandonment().isSignalled()) {
            return CompletableFuture.completedFuture(
                    Refusals.abandoned(admission.exchange().request(), admission.grant()));
        }
        if (admission.use() != CacheRules.Use.METHOD
                && admission.exchange().route().cache().enabled()
                && CacheRules.onlyIfCached(admission.exchange().request())) {
            return CompletableFuture.completedFuture(
                    Refusals.notCached(admission.exchange().request(), admission.grant()));
        }
        return overload.within(admission, () -> flown(admission));
    }

    private CompletionStage<Answer> flown(Admission admission) {
        admission.exchange().thread().forwarding();
        if (admission.mayShareFlight()) {
            return together(admission);
        }
        return admission.mayFollow() ? behind(admission) : alone(admission);
    }

    /**
     * On a flight for all of the content, if one is under way; it never launches one itself, since what it asks for serves
     * nobody else.
     */
    private CompletionStage<Answer> behind(Admission admission) {
        SingleFlight.Ticket<Landing> ticket = flights.follow(place(admission)).orElse(null);
        if (ticket == null) {
            return alone(admission);
        }
        admission.exchange().abandonment().onSignal(ticket::leave);
        return awaited(ticket, admission).thenComposeAsync(landing -> overheard(admission, landing), executor);
    }

    private CompletionStage<Answer> overheard(Admission admission, @Nullable Landing landing) {
        if (landing == null) {
            return Patience.isOver(admission, clock)
                    ? CompletableFuture.completedFuture(Patience.late(admission, clock))
                    : alone(admission);
        }
        boolean fits =
                landing.covered(admission) || (!landing.failed() && !landing.error() && landing.serves(admission));
        return fits ? CompletableFuture.completedFuture(landing.answer(admission)) : alone(admission);
    }

    /**
     * On the flight that is under way, or a new one. A failure that was somebody else's, and a flight that takes too long,
     * are followed by one flight more, together again: that neither fails the crowd nor lets it loose on backends that are
     * down.
     */
    private CompletionStage<Answer> together(Admission admission) {
        SingleFlight.Ticket<Landing> ticket =
                flights.join(place(admission), () -> launchUnlessStored(admission, admission));
        admission.exchange().abandonment().onSignal(ticket::leave);
        if (ticket.leader()) {
            return ticket.result().thenApply(landing -> landing.answer(admission));
        }
        // Elsewhere than on the thread that ends the flight, or it would write everybody's answers one after the other.
        return awaited(ticket, admission).thenComposeAsync(landing -> followed(admission, landing), executor);
    }

    private CompletionStage<Answer> followed(Admission admission, @Nullable Landing landing) {
        if (landing == null || (!landing.covered(admission) && (landing.failed() || landing.error()))) {
            return onceMore(admission);
        }
        return shared(admission, landing);
    }

    /** The flight has all its time, and none of them owns it: who has little left does not shorten the others' time. */
    private CompletionStage<Answer> onceMore(Admission admission) {
        if (Patience.isOver(admission, clock)) {
            return CompletableFuture.completedFuture(Patience.late(admission, clock));
        }
        Admission nobodys = admission.by(admission.exchange().background(CallingThread.passing(executor), clock));
        SingleFlight.Ticket<Landing> ticket =
                flights.join(second(place(admission)), () -> launchUnlessStored(admission, nobodys));
        admission.exchange().abandonment().onSignal(ticket::leave);
        return Patience.within(Long.MAX_VALUE, ticket, admission, clock)
                .thenComposeAsync(
                        landing -> landing == null
                                ? CompletableFuture.completedFuture(Patience.late(admission, clock))
                                : shared(admission, landing),
                        executor);
    }

    private CompletionStage<Answer> shared(Admission admission, Landing landing) {
        return landing.covered(admission) || landing.serves(admission)
                ? CompletableFuture.completedFuture(landing.answer(admission))
                : alone(admission);
    }

    /** What the flight brings, or null when the follower has waited for it as long as one attempt may take. */
    private CompletableFuture<@Nullable Landing> awaited(SingleFlight.Ticket<Landing> ticket, Admission follower) {
        long attempt = follower.exchange().route().attemptTimeout().toNanos();
        return Patience.within(attempt, ticket, follower, clock);
    }

    private static CacheKey second(CacheKey place) {
        return new CacheKey(place.value() + "\n2"); // no place has a line feed and this
    }

    private CompletionStage<Answer> alone(Admission admission) {
        SingleFlight.Flight<Landing> flight = launch(admission);
        admission.exchange().abandonment().onSignal(flight::cancel);
        return flight.result().thenApply(landing -> landing.answer(admission));
    }

    /** In the background, for nobody in particular. */
    private void refresh(Admission hit) {
        Admission own = hit.own(hit.exchange().background(CallingThread.passing(executor), clock));
        flights.join(place(own), () -> launch(own));
    }

    private CacheKey place(Admission admission) {
        SharedCache.Lookup lookup = admission.lookup();
        if (lookup == null) {
            throw new IllegalStateException("only what was looked up shares a flight");
        }
        return purges.flightKey(lookup.place(), admission.forwarded());
    }

    /** A flight for {@code asking}, unless another one landed between this request's lookup and now. */
    private SingleFlight.Flight<Landing> launchUnlessStored(Admission admission, Admission asking) {
        CacheKey key = admission.key();
        Landing recent = landings.getIfPresent(place(admission));
        if (recent != null
                && recent.landedNanos() - admission.exchange().startNanos() > 0
                && recent.serves(admission)) {
            return new Landed(CompletableFuture.completedFuture(recent));
        }
        if (key != null) {
            CompletableFuture<SharedCache.Lookup> again = cache.lookup(
                            admission.exchange().route().cache(), key, admission.forwarded())
                    .toCompletableFuture();
            boolean done = again.isDone() && !again.isCompletedExceptionally();
            CachedResponse entry = done ? again.join().entry() : null;
            if (entry != null && again.join().result() == SharedCache.Result.HIT) {
                return new Landed(
                        CompletableFuture.completedFuture(Landing.stored(admission.forwarded(), entry, clock)));
            }
        }
        return launch(asking);
    }

    private SingleFlight.Flight<Landing> launch(Admission admission) {
        sidelines.offer(admission);
        return Journey.begin(
                admission, upstreams.of(admission.exchange().route().backends()), this);
    }

    /** What is done once for each journey: what may be stored is, and what does not hold any more is removed. */
    Landing landed(Admission admission, FanoutResult result, long sentMillis, long before) {
        CacheKey key = admission.key();
        GatewayRequest asked = admission.forwarded();
        GatewayResponse response = result.response();
        CachePolicy policy = admission.exchange().route().cache();
        SharedCache.Stored stored = null;
        if (key != null && result.cause() == FanoutResult.Cause.ACCEPTED && response != null) {
            CachedResponse known = admission.stored();
            boolean covered = known != null
                    && CacheRules.error(response.status())
                    && CacheRules.covers(policy, asked, known, false, clock.currentTimeMillis());
            if (!covered && !invalidated.since(key, before)) {
                stored = cache.store(policy, key, asked, response, giver(result), sentMillis);
            }
            if (asked.method().equals("HEAD") && known != null) {
                cache.headed(policy, key, asked, known, response, sentMillis);
            }
        } else if (key != null
                && result.cause() == FanoutResult.Cause.ABSENT
                && asked.method().equals("GET")
                && !CacheRules.credentialed(asked)
                && !invalidated.since(key, before)
                && !purges.purgedSince(sentMillis, asked)) {
            cache.absent(key, policy.absentTtl());
        }
        if (admission.use() == CacheRules.Use.METHOD && response != null) {
            invalidations.after(admission, response, result.backend());
        }
        return landing(admission, result, stored, null, sentMillis);
    }

    /** The same where a 304 was the answer to a question of ours; null if it is about something else. */
    @Nullable
    Landing confirmed(
            Admission admission,
            CachedResponse entry,
            FanoutResult result,
            GatewayResponse notModified,
            long sentMillis,
            long before) {
        CacheKey key = admission.key();
        if (key == null || invalidated.since(key, before)) {
            return null;
        }
        return cache.confirmed(
                        admission.exchange().route().cache(),
                        key,
                        admission.forwarded(),
                        entry,
                        notModified,
                        giver(result),
                        sentMillis)
                .map(stored -> landing(admission, result, stored, stored.entry(), sentMillis))
                .orElse(null);
    }

    private Landing landing(
            Admission admission,
            FanoutResult result,
            SharedCache.@Nullable Stored stored,
            @Nullable CachedResponse confirmed,
            long sentMillis) {
        CachedResponse entry = stored == null ? null : stored.entry();
        boolean shared = entry != null && !CacheRules.neverFresh(entry);
        boolean taken = stored != null && stored.taken();
        Landing landing = Landing.of(admission.forwarded(), result, confirmed, taken, shared, clock);
        if (admission.lookup() != null
                && stored != null
                && !stored.done().toCompletableFuture().isDone()
                && !purges.purgedSince(sentMillis, admission.forwarded())) {
            landings.put(place(admission), landing);
        }
        return landing;
    }

    private static String giver(FanoutResult result) {
        return result.backend() == null ? "combined" : result.backend().id();
    }

    /** A flight that was not needed. */
    private record Landed(CompletableFuture<Landing> result) implements SingleFlight.Flight<Landing> {
        @Override
        public void cancel() {}
    }
}
