package dev.fanoutgateway;

import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What callers of one plan may do. Immutable: each method gives a changed copy.
 *
 * @param name names it in keys and configuration
 * @param limits rates, all of which hold at once
 * @param quota credits for a day or month; null for none
 * @param routes paths that the plan covers; empty for all
 * @param explain what its callers may be told of how their answers came about
 * @param priority who is refused first when the gateway is overloaded
 */
public record Plan(
        String name,
        List<Limit> limits,
        @Nullable Quota quota,
        List<PathPattern> routes,
        Explain explain,
        Priority priority) {
    public Plan {
        if (name.isBlank()) {
            throw new IllegalArgumentException("expected a plan's name, got a blank one");
        }
        limits = List.copyOf(limits);
        routes = List.copyOf(routes);
    }

    /** Who is refused first when more requests wait for backends than may, see {@link GatewayBuilder#maxInFlight}. */
    public enum Priority {
        /** Refused from 70 % of what may wait. */
        LOW,
        /** Refused from 90 %, if there are plans of high priority; also those who have no plan. */
        NORMAL,
        /** Refused last. */
        HIGH
    }

    /** A plan of normal priority. */
    public Plan(String name, List<Limit> limits, @Nullable Quota quota, List<PathPattern> routes, Explain explain) {
        this(name, limits, quota, routes, explain, Priority.NORMAL);
    }

    /** A plan whose callers are told nothing of how their answers came about. */
    public Plan(String name, List<Limit> limits, @Nullable Quota quota, List<PathPattern> routes) {
        this(name, limits, quota, routes, Explain.OFF);
    }

    /** A plan without limits that covers all routes. */
    public static Plan of(String name) {
        return new Plan(name, List.of(), null, List.of());
    }

    /** This plan with one more limit. */
    public Plan limit(Limit limit) {
        List<Limit> more = new ArrayList<>(limits);
        more.add(limit);
        return new Plan(name, more, quota, routes, explain, priority);
    }

    /** This plan with a quota. */
    public Plan quota(Quota credits) {
        return new Plan(name, limits, credits, routes, explain, priority);
    }

    /** This plan restricted to paths that match one of these patterns, as in {@link PathPattern#of}. */
    public Plan routes(String... patterns) {
        return new Plan(
                name,
                limits,
                quota,
                Arrays.stream(patterns).map(PathPattern::of).toList(),
                explain,
                priority);
    }

    /** This plan with callers who may be told this of how their answers came about. */
    public Plan explain(Explain what) {
        return new Plan(name, limits, quota, routes, what, priority);
    }

    /** This plan with another priority. */
    public Plan priority(Priority other) {
        return new Plan(name, limits, quota, routes, explain, other);
    }

    /**
     * Whether the quota can ever pay for a request that {@code route} takes: false if the plan covers paths of it, and one
     * request costs more than the whole quota, which allows no overrun.
     *
     * @param earlier the routes before it; what they take does not come to it
     */
    public boolean affords(Route route, List<Route> earlier) {
        return quota == null
                || quota.overrun() == Quota.Overrun.ALLOW
                || route.cost() <= quota.amount()
                || route.auth() == Auth.NONE
                || !coversAny(route, earlier);
    }

    private boolean coversAny(Route route, List<Route> earlier) {
        List<PathPattern> covered = routes.isEmpty() ? List.of(PathPattern.of("/**")) : routes;
        return covered.stream()
                .map(route.pattern()::and)
                .filter(Objects::nonNull)
                .anyMatch(paths -> earlier.stream().noneMatch(before -> before.takesAll(route.methods(), paths)));
    }

    boolean covers(String path) {
        if (routes.isEmpty()) {
            return true;
        }
        for (PathPattern pattern : routes) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
