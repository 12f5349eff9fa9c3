package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.GatewayBuilder;
import dev.fanoutgateway.redis.RedisStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway that a configuration describes, and what it stands on. Closed in the reverse order. */
final class Parts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    private static final Duration LEAST_PLUGIN_TIMEOUT = Duration.ofSeconds(1);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final FanoutGateway gateway;

    private Parts(Configuration configuration) {
        try {
            gateway = opened(gateway(configuration));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** @throws RuntimeException if something cannot be opened; what was is closed again */
    static Parts of(Configuration configuration) {
        return new Parts(configuration);
    }

    FanoutGateway gateway() {
        return gateway;
    }

    private FanoutGateway gateway(Configuration from) {
        GatewayBuilder builder = Gateway.builder()
                .client(client(from.backends()))
                .notifier(from.messages().notifier())
                .digest(from.messages().digest())
                .cacheBytes(from.stores().cacheBytes())
                .onLimiterFailure(from.stores().onStoreFailure())
                .drainTime(from.server().drainLosers())
                .relay(from.relay())
                .maxRequestBytes(from.server().maxRequestBytes())
                .maxInFlight(from.server().maxInFlight());
        from.messages().mail().forEach(this::opened);
        from.backends().forEach(settings -> builder.backends(settings.group()));
        from.routes().forEach(builder::route);
        from.plans().forEach(builder::plan);
        from.keys().entries().forEach(builder::key);
        if (from.keys().file() != null) {
            builder.keysFile(from.keys().file());
        }
        if (from.jwt() != null) {
            builder.jwt(from.jwt());
        }
        if (from.stores().warmUp() != null) {
            builder.warmUp(from.stores().warmUp());
        }
        if (from.stores().needsRedis()) {
            useRedis(from.stores(), builder);
        }
        return builder.build();
    }

    private GroupClients client(List<BackendSettings> groups) {
        GroupClients clients = opened(new GroupClients());
        groups.forEach(clients::add);
        return clients;
    }

    private void useRedis(StoreSettings stores, GatewayBuilder builder) {
        RedisStore redis = opened(RedisStore.builder()
                .timeout(stores.redisTimeout())
                .executor(Runnable::run) // only the gateway waits for the store, and goes on on threads of its own
                .connect(stores.redis().toArray(String[]::new)));
        builder.pluginTimeout(stores.redisTimeout().multipliedBy(2).plus(LEAST_PLUGIN_TIMEOUT)); // Redis fails first
        if (stores.limitsInRedis()) {
            builder.rateLimiter(redis.rateLimiter());
        }
        if (stores.cacheInRedis()) {
            builder.cache(redis.responseCache()).purges(redis.purges());
            if (stores.longestInMemory() != null) {
                builder.memoryBeforeCache(stores.longestInMemory());
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable part : opened) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.warn(
                        "closing {} failed: {}",
                        part.getClass().getSimpleName(),
                        e.getClass().getName());
            }
        }
    }
}
