package dev.fanoutgateway;

import dev.fanoutgateway.fanout.GroupLoad;
import dev.fanoutgateway.fanout.RoutePace;
import dev.fanoutgateway.spi.GatewayClock;
import dev.fanoutgateway.spi.StrategyStep;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

/** What the races of each route to one backend group know of each other. Safe for use by any thread. */
final class Paces {
    private final GroupLoad group;
    private final GatewayClock clock;
    private final Consumer<StrategyStep> steps;
    private final ConcurrentMap<Route, RoutePace> byRoute = new ConcurrentHashMap<>();

    Paces(GroupLoad group, GatewayClock clock, Consumer<StrategyStep> steps) {
        this.group = group;
        this.clock = clock;
        this.steps = steps;
    }

    RoutePace of(Route route) {
        RoutePace pace = byRoute.get(route);
        return pace != null ? pace : byRoute.computeIfAbsent(route, this::begun);
    }

    private RoutePace begun(Route route) {
        return RoutePace.of(route.toString(), route.strategy(), route.extraLoad(), group, clock, steps);
    }
}
