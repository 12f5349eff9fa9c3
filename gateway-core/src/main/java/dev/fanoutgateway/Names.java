package dev.fanoutgateway;

import dev.fanoutgateway.auth.KeyEntry;
import dev.fanoutgateway.fanout.FanoutStrategy;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Checks names: that they can be some, and that those within a configuration lead somewhere, and what they lead to fits. */
final class Names {
    private Names() {}

    /**
     * The routes, complete.
     *
     * @throws IllegalStateException if a name leads nowhere, or a plan covers a route for which it can never pay
     */
    static List<Route> checked(GatewayBuilder from) {
        if (from.groups.isEmpty()) {
            throw new IllegalStateException("expected backends, got none: call backends(\"http://...\") first");
        }
        for (KeyEntry key : from.keys) {
            known("key '" + key.id() + "'", "plan", key.plan(), from.plans.keySet());
        }
        if (from.jwt != null) {
            for (String plan : from.jwt.plans()) {
                known("jwt", "plan", plan, from.plans.keySet());
            }
        }
        if (from.warmUp != null
                && from.warmUp.snapshot() != null
                && from.cache != null
                && from.longestInMemory == null) {
            throw new IllegalStateException("expected a cache in memory for the warm-up's snapshot, got none");
        }
        boolean knowsKeys =
                !from.keys.isEmpty() || from.keysFile != null || from.jwt != null || from.authenticator != null;
        List<Route> routes = from.routes.isEmpty() ? List.of(Route.path("/**").build()) : from.routes;
        List<Route> complete =
                routes.stream().map(route -> completed(route, knowsKeys, from)).toList();
        checkCosts(complete, from.plans.values());
        return complete;
    }

    private static void checkCosts(List<Route> routes, Collection<Plan> plans) {
        for (int i = 0; i < routes.size(); i++) {
            Route route = routes.get(i);
            for (Plan plan : plans) {
                if (plan.quota() != null && !plan.affords(route, routes.subList(0, i))) {
                    throw new IllegalStateException("route '" + route + "' costs " + route.cost()
                            + " credits, expected at most " + plan.quota().amount() + ", all that plan '" + plan.name()
                            + "' has for a " + plan.quota().name());
                }
            }
        }
    }

    /** Names of methods, in this order. */
    static Set<String> methods(String... names) {
        for (String name : names) {
            if (!name.matches("[A-Z][A-Z-]*")) {
                throw new IllegalArgumentException("expected a method such as GET, got '" + name + "'");
            }
        }
        return Collections.unmodifiableSet(new LinkedHashSet<>(List.of(names)));
    }

    private static Route completed(Route route, boolean knowsKeys, GatewayBuilder from) {
        if (!from.groups.containsKey(route.backends())) {
            throw new IllegalStateException(
                    dangling("route '" + route + "'", "backends", route.backends(), from.groups.keySet()));
        }
        if (route.shadow() != null && !from.groups.containsKey(route.shadow().backends())) {
            throw new IllegalStateException(dangling(
                    "the shadow of route '" + route + "'",
                    "backends",
                    route.shadow().backends(),
                    from.groups.keySet()));
        }
        int quorum = route.strategy().quorum();
        BackendGroup group = from.groups.get(route.backends());
        int most = group.backends().size();
        if (group.source() == null && quorum > most && quorum != FanoutStrategy.EVERYBODY) {
            throw new IllegalStateException("route '" + route + "' collects " + quorum + " answers, expected 1 to "
                    + most + ", the backends of group '" + route.backends() + "'");
        }
        if (route.auth() == null) {
            return route.change().auth(knowsKeys ? Auth.REQUIRED : Auth.NONE).build();
        }
        if (route.auth() != Auth.NONE && !knowsKeys) {
            throw new IllegalStateException("route '" + route
                    + "' wants keys, expected key(...), keysFile(...), jwt(...) or authenticator(...), got none");
        }
        return route;
    }

    private static void known(String who, String what, String name, Set<String> names) {
        if (!names.isEmpty() && !names.contains(name)) {
            throw new IllegalStateException(dangling(who, what, name, names));
        }
    }

    private static String dangling(String who, String what, String name, Set<String> names) {
        return who + " names the " + what + " '" + name + "', expected one of " + names;
    }
}
