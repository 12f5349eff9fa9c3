package dev.fanoutgateway.examples.quickstart;

import dev.fanoutgateway.FanoutGateway;
import dev.fanoutgateway.Gateway;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.servlet.GatewayFilter;
import dev.fanoutgateway.spi.DevMessage;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * The gateway in an embedded Jetty, before three replicas of a price API of which one is slow and one lacks a share.
 * Shows a tour of what it does, then serves until it is stopped.
 *
 * <p>Arguments: {@code [--tour-only] [PORT]}, the port 8080 by default, 0 for any that is free.
 */
public final class Quickstart {
    private Quickstart() {}

    public static void main(String[] args) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        List<String> arguments = List.of(args);
        boolean tourOnly = arguments.contains("--tour-only");
        int port = arguments.stream()
                .filter(argument -> argument.matches("\\d{1,5}"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(8080);

        Prices prices = Prices.load();
        Queue<DevMessage> messages = new ConcurrentLinkedQueue<>();
        try (Replica slow = Replica.start("slow", prices, Duration.ofMillis(400));
                Replica partial = Replica.start("partial", prices.without("GOOG"), Duration.ZERO);
                Replica healthy = Replica.start("healthy", prices, Duration.ofMillis(20));
                FanoutGateway gateway = gateway(List.of(slow, partial, healthy), messages)) {
            Server jetty = serve(gateway, port);
            try {
                String url = "http://127.0.0.1:" + ((ServerConnector) jetty.getConnectors()[0]).getLocalPort();
                new Tour(url, List.of(slow, partial, healthy), messages).show();
                if (!tourOnly) {
                    System.out.println("\nServing at " + url + " until you press Ctrl-C.");
                    jetty.join();
                }
            } finally {
                jetty.stop();
            }
        }
    }

    private static FanoutGateway gateway(List<Replica> replicas, Queue<DevMessage> messages) {
        return Gateway.builder()
                .backends(replicas.stream().map(Replica::url).toArray(String[]::new))
                .route(Route.path("/api/v1/**")
                        .methods("GET", "HEAD")
                        .strategy(FanoutStrategy.parallel())
                        .accept(Acceptors.jsonFlag("status"))
                        .build())
                .plan(Plan.of("basic")
                        .limit(Limit.of(6, Duration.ofSeconds(10)))
                        .quota(Quota.perMonth(1_000))
                        .routes("/api/v1/prices/**"))
                .plan(Plan.of("pro").limit(Limit.perSecond(100)))
                .key("demo", "demo-key", "basic")
                .key("analyst", "pro-key", "pro")
                .notifier(message -> {
                    messages.add(message);
                    return CompletableFuture.completedFuture(null);
                })
                .build();
    }

    private static Server serve(FanoutGateway gateway, int port) throws Exception {
        Server jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        jetty.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        FilterHolder filter = new FilterHolder(new GatewayFilter(gateway));
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        jetty.setHandler(context);
        jetty.start();
        return jetty;
    }
}
