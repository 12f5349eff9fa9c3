package dev.fanoutgateway;

import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.caching.CacheRules;
import dev.fanoutgateway.caching.InvalidationLog;
import dev.fanoutgateway.caching.SharedCache;
import dev.fanoutgateway.http.GatewayRequest;
import dev.fanoutgateway.http.GatewayResponse;
import dev.fanoutgateway.http.Headers;
import dev.fanoutgateway.spi.Backend;
import dev.fanoutgateway.spi.CacheKey;
import dev.fanoutgateway.spi.Caller;
import java.util.List;
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
    private final SharedCache cache;
    private final InvalidationLog log;
    private final Function<GatewayRequest, @Nullable Route> routeFor;
    private final Consumer<CacheKey> forget;

    /** @param forget told of keys that nobody may share a flight for any more that is under way */
    Invalidations(
            SharedCache cache,
            InvalidationLog log,
            Function<GatewayRequest, @Nullable Route> routeFor,
            Consumer<CacheKey> forget) {
        this.cache = cache;
        this.log = log;
        this.routeFor = routeFor;
        this.forget = forget;
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
            GatewayRequest read = QueryRules.escaped(GatewayRequest.get(target)).withHeaders(Headers.empty());
            Route route = routeFor.apply(read);
            if (route != null && route.cache().enabled()) {
                CachePolicy policy = route.cache();
                remove(CacheRules.keyFor(
                        route.storedAs(admission.forwarded()), policy, CacheRules.forwarded(policy, read), partition));
            }
        }
    }

    private void remove(CacheKey key) {
        log.add(key);
        forget.accept(key);
        cache.invalidate(key);
    }
}
