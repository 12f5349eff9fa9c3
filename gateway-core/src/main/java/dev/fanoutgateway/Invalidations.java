package dev.fanoutgateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.Caller;
import dev.fanoutgateway.spi.GatewayClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes what an unsafe request has made doubtful (RFC 9111 section 4.4), and sees to it that nothing is stored under such
 * a key any more that was asked for before. Where entries are each caller's own, those of others stay: they are caches of
 * their own.
 */
final class Invalidations {
    /** Longer than a request may take. */
    private static final Duration REMEMBERED = Duration.ofMinutes(15);

    private static final int MOST_REMEMBERED = 100_000;

    private final SharedCache cache;
    private final Function<GatewayRequest, @Nullable Route> routeFor;
    private final Consumer<CacheKey> forget;
    private final AtomicLong count = new AtomicLong();

    /** The number of the last invalidation of each key. */
    private final Cache<CacheKey, Long> recent;

    /** @param forget told of keys that nobody may share a flight for any more that is under way */
    Invalidations(
            SharedCache cache,
            GatewayClock clock,
            Function<GatewayRequest, @Nullable Route> routeFor,
            Consumer<CacheKey> forget) {
        this.cache = cache;
        this.routeFor = routeFor;
        this.forget = forget;
        this.recent = Caffeine.newBuilder()
                .maximumSize(MOST_REMEMBERED)
                .expireAfterWrite(REMEMBERED)
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
    }

    /** {@code response} is what came of an unsafe request. */
    void after(Admission admission, GatewayResponse response, @Nullable Backend giver) {
        List<String> origins = Stream.concat(
                        admission.forwarded().headers().all("Host").stream(),
                        giver == null ? Stream.empty() : Stream.of(giver.base().getRawAuthority()))
                .toList();
        Caller caller = admission.grant().caller();
        String partition = caller == null ? "" : caller.id();
        for (String target : CacheRules.invalidated(admission.forwarded(), response, origins)) {
            GatewayRequest read = GatewayRequest.get(target).withHeaders(Headers.empty());
            Route route = routeFor.apply(read);
            if (route != null && route.cache().enabled()) {
                CachePolicy policy = route.cache();
                remove(CacheRules.keyFor(route.backends(), policy, CacheRules.forwarded(policy, read), partition));
            }
        }
    }

    private void remove(CacheKey key) {
        recent.put(key, count.incrementAndGet());
        forget.accept(key);
        cache.invalidate(key);
    }

    /** How many there have been: what is asked for now is later than these. */
    long count() {
        return count.get();
    }

    /** Whether {@code key} was invalidated after that many: what was asked for before that may be what was changed. */
    boolean since(CacheKey key, long before) {
        Long removed = recent.getIfPresent(key);
        return removed != null && removed > before;
    }
}
