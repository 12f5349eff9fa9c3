package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.InvalidationLog;
import dev.fanoutgateway.caching.MemoryResponseCache;
import dev.fanoutgateway.caching.PurgeLog;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.caching.TieredResponseCache;
import dev.fanoutgateway.fanout.Fanout;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.GroupLoad;
import dev.fanoutgateway.fanout.Probes;
import dev.fanoutgateway.limit.MemoryRateLimiter;
import dev.fanoutgateway.notify.LogNotifier;
import dev.fanoutgateway.notify.MessageQueues;
import dev.fanoutgateway.okhttp.OkHttpBackendClient;
import dev.fanoutgateway.relay.Passage;
import dev.fanoutgateway.signing.RequestSigning;
import dev.fanoutgateway.signing.SigningClient;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseCache;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.IntFunction;

/**
 * Puts a gateway together from its builder: checks the names, fills in the defaults, wires the parts. Used once. What it
 * opens is closed again if a later step fails.
 */
final class Assembly {
    private static final int QUEUED_MESSAGES = 1_000;

    private final GatewayBuilder from;
    private final List<AutoCloseable> opened;
    private final Observers observers;
    private final Executor executor;
    private final Executor handoff;
    private final GatewayClock clock;
    private final Messages messages;
    private final Troubles troubles;
    private final PurgeLog purges;
    private final InvalidationLog invalidated;
    private final Passage passage;

    /** The targets in memory that are asked for most often. */
    private IntFunction<List<String>> hottest = most -> List.of();

    private Assembly(GatewayBuilder from, List<AutoCloseable> opened) {
        this.from = from;
        this.opened = opened;
        observers = observers();
        executor = executor();
        handoff = new Handoff(executor);
        clock = clock();
        messages = messages();
        troubles = new Troubles(clock, messages);
        purges = new PurgeLog(Purging.marginOf(from.purges), clock);
        invalidated = new InvalidationLog(purges.clock());
        passage = Passage.of(from.relay);
    }

    static FanoutGateway gateway(GatewayBuilder from) {
        List<Route> routes = Names.checked(from);
        List<AutoCloseable> opened = new ArrayList<>();
        boolean complete = false;
        try {
            FanoutGateway gateway = new Assembly(from, opened).gateway(routes);
            complete = true;
            return gateway;
        } finally {
            if (!complete) { // also on errors, such as an optional library that is not there
                FanoutGateway.closeAll(inClosingOrder(opened));
            }
        }
    }

    private FanoutGateway gateway(List<Route> routes) {
        List<Route> guarded = routes.stream().map(this::guarded).toList();
        SharedCache cache = cache();
        Limits limits = limits();
        AdmissionControl admission = new AdmissionControl(
                new RequestRules(guarded, passage),
                from.jwt == null ? from.extractor : from.extractor.longestBearer(from.jwt.longestToken()),
                KeySources.of(from, clock, messages, opened),
                guard("authenticator"),
                new FailedAttempts(from.failedAuthentication, clock),
                terms(),
                limits,
                cache);
        BackendClient client = client();
        Fanout fanout = opened(new Fanout(client, clock, executor, observers::attempt, failure -> {}, from.drainTime));
        Upstreams upstreams = upstreams(client, fanout);
        Sidelines sidelines = Sidelines.of(guarded, upstreams, () -> aside(client), this::guard, observers, messages);
        Forwarding forwarding = new Forwarding(
                upstreams,
                fanout,
                sidelines,
                cache,
                invalidated,
                purges,
                overload(),
                read -> FanoutGateway.first(guarded, read.method(), read.path()),
                from.pluginTimeout,
                purges.clock(),
                handoff);
        Completion completion = new Completion(limits, observers, new Explanations(upstreams), passage, clock);
        Prefetching prefetching =
                new Prefetching(guarded, admission, forwarding, completion, CallingThread.passing(executor), clock);
        Purging purging = purging();
        if (from.warmUp != null) {
            prefetching.shows(opened(warmUps(from.warmUp, prefetching)));
        }
        return new FanoutGateway(
                guarded,
                passage,
                admission,
                forwarding,
                completion,
                purging,
                prefetching,
                clock,
                executor,
                from.maxRequestBytes,
                inClosingOrder(opened));
    }

    private Overload overload() {
        return new Overload(
                from.maxInFlight,
                from.plans.values(),
                clock,
                new Trouble("the gateway", "overloaded", clock, messages));
    }

    private static List<AutoCloseable> inClosingOrder(List<AutoCloseable> opened) {
        List<AutoCloseable> reversed = new ArrayList<>(opened);
        Collections.reverse(reversed);
        return List.copyOf(reversed);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    private Observers observers() {
        List<GatewayObserver> all = new ArrayList<>(from.observers);
        all.add(new RequestLog());
        return new Observers(all);
    }

    private Executor executor() {
        if (from.executor != null) {
            return from.executor;
        }
        ExecutorService own = Threads.blockingExecutor();
        opened.add(own::shutdownNow);
        return own;
    }

    private GatewayClock clock() {
        return from.clock != null ? from.clock : opened(new SystemClock(executor));
    }

    private Messages messages() {
        MessageQueues queues = MessageQueues.before(
                from.notifier != null ? from.notifier : new LogNotifier(), from.digest, QUEUED_MESSAGES, clock);
        return new Messages(opened(queues), observers);
    }

    private Guarded guard(String plugin) {
        return opened(new Guarded(plugin, from.pluginTimeout.toNanos(), clock, handoff, troubles));
    }

    private Route guarded(Route route) {
        boolean everybody = route.strategy().quorum() == FanoutStrategy.EVERYBODY;
        FanoutStrategy strategy = route.strategy()
                .combiner(combiner -> new GuardedCombiner(
                        combiner,
                        everybody,
                        route.cache(),
                        guard("combiner of route '" + route + "'"),
                        clock,
                        executor));
        CachePolicy cache = route.cache();
        return route.change()
                .cache(from.relay.tellsCaller() && cache.enabled() ? cache.perCaller(true) : cache)
                .strategy(strategy)
                .accept(new GuardedAcceptor(route.acceptor(), guard("response acceptor of route '" + route + "'")))
                .build();
    }

    private SharedCache cache() {
        return new SharedCache(purges.before(store()), purges.clock(), invalidated);
    }

    private ResponseCache store() {
        if (from.cache == null) {
            MemoryResponseCache memory = new MemoryResponseCache(from.cacheBytes, clock);
            hottest = memory::hottest;
            return memory;
        }
        ResponseCache other = new GuardedCache(from.cache, guard("cache"));
        if (from.longestInMemory == null) {
            return other;
        }
        TieredResponseCache tiered =
                new TieredResponseCache(from.cacheBytes, from.longestInMemory, new Unawaited(other), clock);
        hottest = tiered::hottest;
        return tiered;
    }

    private WarmUps warmUps(WarmUp settings, Prefetching prefetching) {
        return new WarmUps(settings, hottest, prefetching::prefetch, clock, messages).start();
    }

    private Purging purging() {
        Purging purging = new Purging(purges, from.purges, guard("purge channel"));
        return opened(purging);
    }

    private Limits limits() {
        RateLimiter local = new MemoryRateLimiter(clock);
        RateLimiter limiter = from.limiter != null ? from.limiter : local;
        return new Limits(limiter, local, from.onLimiterFailure, guard("rate limiter"));
    }

    private BackendClient client() {
        BackendClient client = from.client != null ? from.client : opened(OkHttpBackendClient.create());
        Map<String, RequestSigning> signing = new HashMap<>();
        from.groups.forEach((name, group) -> {
            if (group.signing() != null) {
                signing.put(name, group.signing());
            }
        });
        return SigningClient.before(client, signing, clock);
    }

    /** With threads of its own even where the host has given an executor: these would be missing there. */
    private Aside aside(BackendClient client) {
        ExecutorService own = Threads.blockingExecutor();
        opened.add(own::shutdownNow);
        return new Aside(opened(new Fanout(client, clock, own, outcome -> {})), clock, own);
    }

    private Upstreams upstreams(BackendClient client, Fanout fanout) {
        Map<String, Upstream> upstreams = new HashMap<>();
        from.groups.forEach((name, group) -> upstreams.put(name, upstream(group, client, fanout)));
        return new Upstreams(Map.copyOf(upstreams));
    }

    private Upstream upstream(BackendGroup group, BackendClient client, Fanout fanout) {
        Guarded selector = guard("selector of group '" + group.name() + "'");
        GroupLoad load = new GroupLoad(Math.max(1, group.backends().size()), group.maxConcurrent(), clock);
        Members members = opened(new Members(group, load, selector, fanout, clock, messages));
        if (group.health() != null) {
            members.probedBy(opened(Probes.start(
                    group.health(),
                    group.backends(),
                    members::roster,
                    group.headers(),
                    client,
                    clock,
                    new SplittableRandom())));
        }
        if (group.source() != null) {
            opened(BackendWatch.start(group.name(), group.source(), members, clock, handoff, messages));
        }
        return new Upstream(
                group,
                passage,
                members,
                new Paces(load, clock, observers::strategyStep),
                selector,
                new Alerts(group, members::roster, clock, messages));
    }

    private Map<String, Terms> terms() {
        Map<String, Terms> terms = new HashMap<>();
        from.plans.forEach((name, plan) -> terms.put(name, Terms.of(plan)));
        return Map.copyOf(terms);
    }
}
