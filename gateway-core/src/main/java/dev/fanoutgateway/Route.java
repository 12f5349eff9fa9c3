package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.AttemptFields;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.relay.Passage;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests it takes, whom it asks, and how. Immutable; made by {@link #path}. The first route that matches path and
 * method takes the request.
 */
public final class Route {
    /** As they were when this was built; never changed. */
    private final Builder properties;

    private Route(Builder builder) {
        properties = new Builder(builder);
    }

    /**
     * A route for the paths that {@code pattern} matches, as in {@link PathPattern#of}: every method, the group
     * {@code default}, {@link FanoutStrategy#parallel()}, an extra load of 5 %, {@link AttemptFields#standard()},
     * {@link Acceptors#successful()}, 5 min in all and 30 s an attempt, 8 MiB a response, {@link CachePolicy#standard()},
     * cost 1, {@link FailurePolicy#ENVELOPE_404}, and a key required if the gateway knows any.
     */
    public static Builder path(String pattern) {
        return new Builder(PathPattern.of(pattern));
    }

    /** The paths it takes. */
    public PathPattern pattern() {
        return properties.pattern;
    }

    /** The methods it takes; empty for all. */
    public Set<String> methods() {
        return properties.methods;
    }

    /** The name of the backend group it asks. */
    public String backends() {
        return properties.backends;
    }

    /** How it asks them. */
    public FanoutStrategy strategy() {
        return properties.strategy;
    }

    /** How many extra attempts a request allows, on average. */
    public double extraLoad() {
        return properties.extraLoad;
    }

    /** What backends are told of each attempt. */
    public AttemptFields attemptFields() {
        return properties.attemptFields;
    }

    /** What it accepts as an answer. */
    public ResponseAcceptor acceptor() {
        return properties.acceptor;
    }

    /** How long a request may take in all. */
    public Duration timeout() {
        return properties.timeout;
    }

    /** How long one attempt may take. */
    public Duration attemptTimeout() {
        return properties.attemptTimeout;
    }

    /** How much of a response may be buffered, in bytes. */
    public long maxResponseBytes() {
        return properties.maxResponseBytes;
    }

    /** What it caches. */
    public CachePolicy cache() {
        return properties.cache;
    }

    /** Whether it wants a key; before a gateway is built, null stands for 'if the gateway knows any'. */
    public @Nullable Auth auth() {
        return properties.auth;
    }

    /** What an answer costs, in credits. */
    public long cost() {
        return properties.cost;
    }

    /** Which status a caller gets when nobody has an answer. */
    public FailurePolicy failurePolicy() {
        return properties.failurePolicy;
    }

    /** What everybody whom it lets in may be told of how answers came about. */
    public Explain explain() {
        return properties.explain;
    }

    /** Who gets copies of its requests; null for nobody. */
    public @Nullable Shadow shadow() {
        return properties.shadow;
    }

    /** How its replicas' answers are compared; null if they are not. */
    public @Nullable DivergenceCheck divergenceCheck() {
        return properties.divergenceCheck;
    }

    /** Whether its backends are told the client's {@code Host} as their own. */
    public boolean keepsHost() {
        return properties.keepsHost;
    }

    /** Forms of paths that it takes though some backends may read them as others. */
    public Set<PathForm> allowedPaths() {
        return properties.allowedPaths;
    }

    /** Whose answers they are in the cache: those of one group are each host's own where backends are told of it. */
    String storedAs(GatewayRequest request) {
        return keepsHost()
                ? backends() + '\n' + request.arrival().scheme() + ' ' + Passage.hostOf(request)
                : backends();
    }

    /** Whether it takes such a request; see {@link Escapes#decoded}. */
    boolean takes(String method, String decodedPath) {
        return (methods().isEmpty() || methods().contains(method)) && pattern().matchesDecoded(decodedPath);
    }

    /** Whether it takes everything of these methods (none for all of them) and paths. */
    boolean takesAll(Set<String> methods, PathPattern paths) {
        boolean allMethods =
                methods().isEmpty() || (!methods.isEmpty() && methods().containsAll(methods));
        return allMethods && pattern().contains(paths);
    }

    /** A builder with this one's properties. */
    Builder change() {
        return new Builder(properties);
    }

    @Override
    public String toString() {
        return methods().isEmpty() ? pattern().toString() : String.join(",", methods()) + ' ' + pattern();
    }

    /** Collects a route's properties. Not safe for use by several threads. */
    public static final class Builder {
        private final PathPattern pattern;
        private Set<String> methods = Set.of();
        private String backends = GatewayBuilder.DEFAULT_GROUP;
        private FanoutStrategy strategy = FanoutStrategy.parallel();
        private double extraLoad = 0.05;
        private AttemptFields attemptFields = AttemptFields.standard();
        private ResponseAcceptor acceptor = Acceptors.successful();
        private Duration timeout = Duration.ofMinutes(5);
        private Duration attemptTimeout = Duration.ofSeconds(30);
        private long maxResponseBytes = 8L << 20;
        private CachePolicy cache = CachePolicy.standard();
        private @Nullable Auth auth;
        private long cost = 1;
        private FailurePolicy failurePolicy = FailurePolicy.ENVELOPE_404;
        private Explain explain = Explain.OFF;
        private @Nullable Shadow shadow;
        private @Nullable DivergenceCheck divergenceCheck;
        private boolean keepsHost;
        private Set<PathForm> allowedPaths = Set.of();

        private Builder(PathPattern pattern) {
            this.pattern = pattern;
        }

        private Builder(Builder other) {
            pattern = other.pattern;
            methods = other.methods;
            backends = other.backends;
            strategy = other.strategy;
            extraLoad = other.extraLoad;
            attemptFields = other.attemptFields;
            acceptor = other.acceptor;
            timeout = other.timeout;
            attemptTimeout = other.attemptTimeout;
            maxResponseBytes = other.maxResponseBytes;
            cache = other.cache;
            auth = other.auth;
            cost = other.cost;
            failurePolicy = other.failurePolicy;
            explain = other.explain;
            shadow = other.shadow;
            divergenceCheck = other.divergenceCheck;
            keepsHost = other.keepsHost;
            allowedPaths = other.allowedPaths;
        }

        /** Takes these methods only; they are case-sensitive. */
        public Builder methods(String... names) {
            methods = Names.methods(names);
            return this;
        }

        /** Asks the backends of this group. */
        public Builder backends(String group) {
            backends = group;
            return this;
        }

        /** Asks them in this way. */
        public Builder strategy(FanoutStrategy how) {
            strategy = how;
            return this;
        }

        /**
         * Hedges and re-attempts together may be no more than this share of the route's requests within ten seconds, 0 to 1,
         * and 10 more. Whatever the share, even 0, rescues from backends known to fail may come on top: a tenth of the
         * requests, and 2 more. {@link FanoutStrategy#parallel()} and {@link FanoutStrategy#ordered} are exempt. The usual
         * is 0.05.
         */
        public Builder extraLoad(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("expected an extra load of 0 to 1, got " + share);
            }
            extraLoad = share;
            return this;
        }

        /** Tells backends this of each attempt. */
        public Builder attemptFields(AttemptFields fields) {
            attemptFields = fields;
            return this;
        }

        /** Accepts these answers. */
        public Builder accept(ResponseAcceptor judge) {
            acceptor = judge;
            return this;
        }

        /** Ends a request after this long, 1 ms to 1 day. */
        public Builder timeout(Duration whole) {
            timeout = GatewayBuilder.span("timeout", whole);
            return this;
        }

        /** Ends an attempt after this long, 1 ms to 1 day. */
        public Builder attemptTimeout(Duration each) {
            attemptTimeout = GatewayBuilder.span("timeout for an attempt", each);
            return this;
        }

        /** Buffers at most this much of a response, 1 byte to 1 GiB. */
        public Builder maxResponseBytes(long bytes) {
            if (bytes < 1 || bytes > 1L << 30) {
                throw new IllegalArgumentException("expected a response limit of 1 byte to 1 GiB, got " + bytes);
            }
            maxResponseBytes = bytes;
            return this;
        }

        /** Caches by this policy. */
        public Builder cache(CachePolicy policy) {
            cache = policy;
            return this;
        }

        /** Wants a key, or not. */
        public Builder auth(Auth wanted) {
            auth = wanted;
            return this;
        }

        /** An answer costs this many credits, 0 to 1,000,000. */
        public Builder cost(long credits) {
            if (credits < 0 || credits > 1_000_000) {
                throw new IllegalArgumentException("expected a cost of 0 to 1000000 credits, got " + credits);
            }
            cost = credits;
            return this;
        }

        /** Answers a failure by this policy. */
        public Builder onFailure(FailurePolicy policy) {
            failurePolicy = policy;
            return this;
        }

        /** Tells everybody whom the route lets in this of how answers came about; for single plans see {@link Plan#explain}. */
        public Builder explain(Explain what) {
            explain = what;
            return this;
        }

        /** Copies a share of its requests to another group. */
        public Builder shadow(Shadow other) {
            shadow = other;
            return this;
        }

        /** Compares its replicas' answers now and then. */
        public Builder compare(DivergenceCheck check) {
            divergenceCheck = check;
            return this;
        }

        /**
         * Tells backends the client's {@code Host} as their own, in place of the one in their URL; answers are stored for each
         * host and scheme then, and are not prefetched. Not by default.
         */
        public Builder keepHost(boolean wanted) {
            keepsHost = wanted;
            return this;
        }

        /**
         * Takes paths of these forms too, as they are. Such a path is still refused where one of its readings belongs to
         * another route: say what the backends need, and no more. By default none.
         */
        public Builder allowPath(PathForm... forms) {
            allowedPaths = Set.of(forms);
            return this;
        }

        /** The route. */
        public Route build() {
            return new Route(this);
        }
    }
}
