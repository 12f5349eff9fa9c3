package dev.fanoutgateway.examples.benchmarks;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.GatewayBuilder;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.redis.RedisStore;
import dev.fanoutgateway.redis.RedisStoreBuilder;
import dev.fanoutgateway.servlet.GatewayFilter;
import dev.fanoutgateway.spi.Limit;
import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import java.util.Locale;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** The servers that are compared. */
enum Variant {
    /** Jetty, and a servlet that returns 2 KiB. */
    BARE,
    /** The gateway's filter, a key, a plan with limits in memory, and a hit. */
    HIT,
    /** The same without limits. */
    HIT_UNLIMITED,
    /** The same with limits in Redis. */
    HIT_REDIS_LIMIT,
    /** The same without direct connections. */
    HIT_REDIS_SHARED,
    /** Jetty, and a servlet that calls one backend by OkHttp's {@code execute()}. */
    OKHTTP,
    /** The gateway's filter without cache, on the container's thread, one backend. */
    PASS,
    /** The same, asynchronous. */
    PASS_ASYNC;

    static final String KEY = "bench-key";

    static Variant of(String title) {
        return valueOf(title.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** What it is compared with. */
    Variant base() {
        return switch (this) {
            case BARE, HIT, HIT_UNLIMITED, HIT_REDIS_LIMIT, HIT_REDIS_SHARED -> BARE;
            case OKHTTP, PASS, PASS_ASYNC -> OKHTTP;
        };
    }

    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    void mount(ServletContextHandler context, String backend, String redis) {
        switch (this) {
            case BARE -> context.addServlet(new ServletHolder(new FixedServlet()), "/*");
            case OKHTTP -> context.addServlet(new ServletHolder(new OkHttpServlet(backend)), "/*");
            case HIT -> filter(context, gateway(backend, true, true).build(), false);
            case HIT_UNLIMITED -> filter(context, gateway(backend, true, false).build(), false);
            case HIT_REDIS_LIMIT -> filter(context, limitedInRedis(backend, RedisStore.builder(), redis), false);
            case HIT_REDIS_SHARED ->
                filter(context, limitedInRedis(backend, RedisStore.builder().directConnections(0), redis), false);
            case PASS -> filter(context, gateway(backend, false, false).build(), true);
            case PASS_ASYNC -> filter(context, gateway(backend, false, false).build(), false);
        }
    }

    private static FanoutGateway limitedInRedis(String backend, RedisStoreBuilder store, String redis) {
        return gateway(backend, true, true)
                .rateLimiter(store.executor(Runnable::run).connect(redis).rateLimiter())
                .build();
    }

    private static GatewayBuilder gateway(String backend, boolean cached, boolean limited) {
        Plan plan = Plan.of("bench");
        if (limited) {
            plan = plan.limit(Limit.perSecond(1_000_000)).limit(Limit.perHour(1_000_000_000));
        }
        return Gateway.builder()
                .backends(BackendGroup.of("default", backend))
                .plan(plan)
                .key("bench", KEY, "bench")
                .route(Route.path("/**")
                        .strategy(FanoutStrategy.single())
                        .cache(cached ? CachePolicy.standard() : CachePolicy.off())
                        .build());
    }

    private static void filter(ServletContextHandler context, FanoutGateway gateway, boolean blocking) {
        FilterHolder holder = new FilterHolder(new GatewayFilter(gateway).blocking(blocking));
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new FixedServlet()), "/*");
    }
}
