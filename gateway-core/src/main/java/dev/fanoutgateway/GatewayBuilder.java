package dev.fanoutgateway;

import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.auth.KeyExtractor;
import dev.fanoutgateway.caching.TieredResponseCache;
import dev.fanoutgateway.jwt.JwtRules;
import dev.fanoutgateway.limit.StoreFailurePolicy;
import dev.fanoutgateway.relay.Relay;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.BackendClient;
import dev.fanoutgateway.spi.DevNotifier;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.GatewayObserver;
import dev.fanoutgateway.spi.KeyAuthenticator;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.PurgeChannel;
import dev.fanoutgateway.spi.RateLimiter;
import dev.fanoutgateway.spi.ResponseCache;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Collects a gateway's parts. {@link #build()} takes a snapshot: later calls change nothing that was built. What is handed
 * in (an executor, a limiter, a cache, ...) stays the host's to close; what the gateway makes for itself it closes. Not
 * safe for use by several threads.
 */
public final class GatewayBuilder {
    static final String DEFAULT_GROUP = "default";

    final Map<String, BackendGroup> groups = new LinkedHashMap<>();
    final List<Route> routes = new ArrayList<>();
    final Map<String, Plan> plans = new LinkedHashMap<>();
    final List<KeyEntry> keys = new ArrayList<>();
    final List<GatewayObserver> observers = new ArrayList<>();

    @Nullable
    Path keysFile;

    @Nullable
    KeyAuthenticator authenticator;

    @Nullable
    JwtRules jwt;

    KeyExtractor extractor = KeyExtractor.standard();
    Limit failedAuthentication = Limit.perMinute(30);

    @Nullable
    RateLimiter limiter;

    StoreFailurePolicy onLimiterFailure = StoreFailurePolicy.LOCAL;

    @Nullable
    ResponseCache cache;

    @Nullable
    Duration longestInMemory;

    @Nullable
    WarmUp warmUp;

    @Nullable
    PurgeChannel purges;

    long cacheBytes = 64L << 20;

    @Nullable
    DevNotifier notifier;

    Duration digest = Duration.ofMinutes(5);

    @Nullable
    BackendClient client;

    @Nullable
    GatewayClock clock;

    @Nullable
    Executor executor;

    Duration pluginTimeout = Duration.ofSeconds(1);
    Duration drainTime = Duration.ofMillis(50);
    int maxInFlight = 10_000;
    long maxRequestBytes = 1L << 20;
    Relay relay = Relay.standard();

    GatewayBuilder() {}

    /** The replicas of the group {@code default}, in order of preference; see {@link Backend#of}. */
    public GatewayBuilder backends(String... urls) {
        return backends(BackendGroup.of(DEFAULT_GROUP, urls));
    }

    /** A group of replicas, in place of an earlier one of its name. */
    public GatewayBuilder backends(BackendGroup group) {
        groups.put(group.name(), group);
        return this;
    }

    /** One more route, after those before it. Without any, one route takes every request to the group {@code default}. */
    public GatewayBuilder route(Route route) {
        routes.add(route);
        return this;
    }

    /** A plan, in place of an earlier one of its name. Without any, keys are not limited and cover every route. */
    public GatewayBuilder plan(Plan plan) {
        plans.put(plan.name(), plan);
        return this;
    }

    /** A key, of which only the SHA-256 digest is kept. */
    public GatewayBuilder key(String id, String key, String plan) {
        return key(KeyEntry.ofKey(id, key, plan));
    }

    /** A key by its digest. */
    public GatewayBuilder key(KeyEntry entry) {
        keys.add(entry);
        return this;
    }

    /** Keys from a JSON or YAML file, which is read again when it changes. */
    public GatewayBuilder keysFile(Path file) {
        keysFile = file;
        return this;
    }

    /**
     * Callers by JSON Web Tokens too, which come as {@code Authorization: Bearer}; asked after the keys given here and in the
     * file. Needs {@code com.nimbusds:nimbus-jose-jwt} on the class path.
     */
    public GatewayBuilder jwt(JwtRules rules) {
        jwt = rules;
        return this;
    }

    /** Another way to tell callers; asked after the keys given here and in the file, and after JSON Web Tokens. */
    public GatewayBuilder authenticator(KeyAuthenticator other) {
        authenticator = other;
        return this;
    }

    /** Where a request carries its key. */
    public GatewayBuilder keyExtractor(KeyExtractor other) {
        extractor = other;
        return this;
    }

    /** How many failed attempts to authenticate one client address has before it must wait: 30 a minute by default. */
    public GatewayBuilder failedAuthentication(Limit limit) {
        failedAuthentication = limit;
        return this;
    }

    /** Another limiter than the one in memory. */
    public GatewayBuilder rateLimiter(RateLimiter other) {
        limiter = other;
        return this;
    }

    /** What holds while {@link #rateLimiter} fails: LOCAL by default. */
    public GatewayBuilder onLimiterFailure(StoreFailurePolicy policy) {
        onLimiterFailure = policy;
        return this;
    }

    /** Another response store than the one in memory. */
    public GatewayBuilder cache(ResponseCache other) {
        cache = other;
        return this;
    }

    /**
     * Keeps in memory, {@link #cacheBytes} of it, what was lately stored in or found in the other {@link #cache}, each entry
     * for at most {@code longest}: by then what other gateways have stored there or invalidated is seen here. Without
     * another cache this changes nothing.
     *
     * @param longest 1 ms to 366 days
     */
    public GatewayBuilder memoryBeforeCache(Duration longest) {
        longestInMemory = TieredResponseCache.checked(longest);
        return this;
    }

    /** What to ask for before anybody does, in place of what was said before; nothing by default. */
    public GatewayBuilder warmUp(WarmUp what) {
        warmUp = what;
        return this;
    }

    /** Takes purges to other gateways, and theirs here: for a {@link #cache} that is shared. By default they stay here. */
    public GatewayBuilder purges(PurgeChannel channel) {
        purges = channel;
        return this;
    }

    /** What the store in memory may take, 4 KiB or more; 64 MiB by default. */
    public GatewayBuilder cacheBytes(long bytes) {
        if (bytes < 4 << 10) {
            throw new IllegalArgumentException("expected a cache of 4 KiB or more, got " + bytes + " bytes");
        }
        cacheBytes = bytes;
        return this;
    }

    /** Tells the developers; by default they are told by the log. */
    public GatewayBuilder notifier(DevNotifier other) {
        notifier = other;
        return this;
    }

    /** Equal messages within this time become one: 5 min by default, 1 ms to 1 day. */
    public GatewayBuilder digest(Duration window) {
        digest = span("digest window", window);
        return this;
    }

    /** One more observer. */
    public GatewayBuilder observer(GatewayObserver observer) {
        observers.add(observer);
        return this;
    }

    /** Another way to the network than OkHttp with its defaults. */
    public GatewayBuilder client(BackendClient other) {
        client = other;
        return this;
    }

    /** Another time than this machine's, for tests. */
    public GatewayBuilder clock(GatewayClock other) {
        clock = other;
        return this;
    }

    /** Runs what may block, in place of threads of the gateway's own. */
    public GatewayBuilder executor(Executor other) {
        executor = other;
        return this;
    }

    /**
     * How long an authenticator, limiter or cache may take before it counts as failed: 1 s by default. Give it more than a
     * store of yours waits by itself, or its failures are never heard of.
     */
    public GatewayBuilder pluginTimeout(Duration timeout) {
        if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("expected a plug-in timeout of 1ms to 5 min, got " + timeout);
        }
        pluginTimeout = timeout;
        return this;
    }

    /**
     * How long an attempt may go on in the background after another answer was given, so that its HTTP/1.1 connection can be
     * kept: 50 ms by default, zero for not at all, up to 10 s. What it brings is thrown away, and it counts as under way at
     * its backend until it is over.
     */
    public GatewayBuilder drainTime(Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofSeconds(10)) > 0) {
            throw new IllegalArgumentException("expected a drain time of zero to 10s, got " + time);
        }
        drainTime = time;
        return this;
    }

    /** What is told and believed as an intermediary: {@link Relay#standard()} by default. */
    public GatewayBuilder relay(Relay how) {
        relay = how;
        return this;
    }

    /**
     * How many requests may wait for backends at once, their streamed answers included, 1 to 1,000,000; 10,000 by default.
     * More are refused with 503; those of plans with a low {@link Plan.Priority} first.
     */
    public GatewayBuilder maxInFlight(int requests) {
        if (requests < 1 || requests > 1_000_000) {
            throw new IllegalArgumentException("expected 1 to 1000000 requests in flight, got " + requests);
        }
        maxInFlight = requests;
        return this;
    }

    /**
     * The most that a request's content may have, 0 bytes to 1 TiB: 1 MiB by default. What is not passed on while it comes
     * is held in memory, and has 1 GiB at most.
     */
    public GatewayBuilder maxRequestBytes(long bytes) {
        if (bytes < 0 || bytes > 1L << 40) {
            throw new IllegalArgumentException("expected a request limit of 0 bytes to 1 TiB, got " + bytes);
        }
        maxRequestBytes = bytes;
        return this;
    }

    /**
     * The gateway.
     *
     * @throws IllegalStateException if a name leads nowhere: a route's group, a key's or file's plan; or if a route
     *     requires a key and the gateway knows none, or costs more than the whole quota of a plan that covers it
     */
    public FanoutGateway build() {
        return Assembly.gateway(this);
    }

    static Duration span(String what, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("expected a " + what + " of 1ms to 1 day, got " + value);
        }
        return value;
    }
}
