package dev.fanoutgateway;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** What is done beside the requests of each route: shadows and comparisons. */
record Sidelines(Map<Route, List<Consumer<Admission>>> byRoute) {

    /**
     * Those of these routes.
     *
     * @param aside asked for where they run, once, and only if there are any
     * @param guards give a guard for a plug-in by its name
     */
    static Sidelines of(
            List<Route> routes,
            Upstreams upstreams,
            Supplier<Aside> aside,
            Function<String, Guarded> guards,
            Observers observers,
            Messages messages) {
        if (routes.stream().allMatch(route -> route.shadow() == null && route.divergenceCheck() == null)) {
            return new Sidelines(Map.of());
        }
        Aside own = aside.get();
        Map<Route, List<Consumer<Admission>>> byRoute = new HashMap<>();
        for (Route route : routes) {
            List<Consumer<Admission>> beside = new ArrayList<>(2);
            Shadow shadow = route.shadow();
            if (shadow != null) {
                Sideline line =
                        new Sideline(shadow.sample(), guards.apply("sample of the shadow of " + named(route)), own);
                Upstream target = upstreams.of(shadow.backends());
                beside.add(new Shadowing(route, shadow, line, own, target, observers)::offer);
            }
            DivergenceCheck check = route.divergenceCheck();
            if (check != null) {
                Sideline line =
                        new Sideline(check.sample(), guards.apply("sample of the comparison of " + named(route)), own);
                Upstream replicas = upstreams.of(route.backends());
                beside.add(new Comparing(route, check, line, own, replicas, observers, messages)::offer);
            }
            if (!beside.isEmpty()) {
                byRoute.put(route, List.copyOf(beside));
            }
        }
        return new Sidelines(Map.copyOf(byRoute));
    }

    private static String named(Route route) {
        return "route '" + route + "'";
    }

    /** A request goes to the backends now. Takes no time to speak of. */
    void offer(Admission admission) {
        if (byRoute.isEmpty()) {
            return;
        }
        List<Consumer<Admission>> beside = byRoute.get(admission.exchange().route());
        if (beside != null) {
            beside.forEach(line -> line.accept(admission));
        }
    }
}
