package dev.fanoutgateway.servlet;

import dev.fanoutgateway.Auth;
import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.PathForm;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.MemoryResponseCache;
import dev.fanoutgateway.relay.Relay;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.CachedResponse;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.ResponseCache;
import dev.fanoutgateway.testing.FakeClock;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The gateway that the table of abuse is about: one backend, routes of every kind, and counts of what a request does. */
final class AbusedGateway implements AutoCloseable {
    static final String KEY = "demo-key-0123456789";

    private final FakeClock clock = new FakeClock();
    final CountingLimiter credits = new CountingLimiter();
    final AtomicInteger stored = new AtomicInteger();
    final FanoutGateway gateway;

    /** @param in what every path begins with */
    AbusedGateway(String in, String backend) {
        gateway = Gateway.builder()
                .backends(BackendGroup.of("default", "http://" + backend).header("X-Internal-Token", "mine"))
                .relay(Relay.standard()
                        .via("edge")
                        .caller("X-Caller-Id", "X-Caller-Plan")
                        .dropping("X-User-Id"))
                .route(open(in + "/open/**").build())
                .route(Route.path(in + "/cached/**").auth(Auth.NONE).build())
                .route(open(in + "/kept/**").keepHost(true).build())
                .route(open(in + "/odd/**")
                        .allowPath(
                                PathForm.ENCODED_SLASH,
                                PathForm.DOUBLE_SLASH,
                                PathForm.PARAMETERS,
                                PathForm.ENCODED_PERCENT)
                        .build())
                .route(open(in + "/dav/**").methods("GET", "PROPFIND").build())
                .route(Route.path(in + "/optional/**")
                        .auth(Auth.OPTIONAL)
                        .cache(CachePolicy.off())
                        .build())
                .route(Route.path(in + "/mine/**")
                        .cache(CachePolicy.standard().perCaller(true))
                        .build())
                .route(Route.path(in + "/**").cache(CachePolicy.off()).build())
                .plan(Plan.of("basic")
                        .quota(Quota.perDay(100_000))
                        .routes(in + "/own/**", in + "/mine/**", in + "/optional/**"))
                .key("demo", KEY, "basic")
                .key("other", "other-key-0123456789", "basic")
                .failedAuthentication(Limit.perSecond(100_000))
                .rateLimiter(credits)
                .cache(new Watched(new MemoryResponseCache(64 << 20, clock)))
                .build();
    }

    private static Route.Builder open(String pattern) {
        return Route.path(pattern).auth(Auth.NONE).cache(CachePolicy.off());
    }

    void forget() {
        credits.forget();
        stored.set(0);
    }

    @Override
    public void close() {
        gateway.close();
    }

    /** Counts what is stored. */
    private final class Watched implements ResponseCache {
        private final ResponseCache cache;

        private Watched(ResponseCache cache) {
            this.cache = cache;
        }

        @Override
        public CompletionStage<Optional<CachedResponse>> lookup(CacheKey key) {
            return cache.lookup(key);
        }

        @Override
        public CompletionStage<@Nullable Void> store(CacheKey key, CachedResponse response) {
            if (response.kind() == CachedResponse.Kind.RESPONSE) {
                stored.incrementAndGet();
            }
            return cache.store(key, response);
        }

        @Override
        public boolean takes(CacheKey key, CachedResponse response) {
            return cache.takes(key, response);
        }

        @Override
        public CompletionStage<@Nullable Void> invalidate(CacheKey key) {
            return cache.invalidate(key);
        }
    }
}
