package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Auth;
import dev.fanoutgateway.FailurePolicy;
import dev.fanoutgateway.PathForm;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.Route;
import dev.fanoutgateway.caching.CachePolicy;
import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.fanout.Acceptors;
import dev.fanoutgateway.spi.ResponseAcceptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the section {@code routes}. */
final class RouteSettings {
    private static final Value<Route.Builder> PATH =
            Value.text("a path pattern such as /api/**", text -> Optional.of(Route.path(text)));
    private static final Value<String> METHOD = Value.text("a method such as GET", Optional::of);
    private static final Value<ResponseAcceptor> ACCEPT = Value.text("json:FIELD, 2xx or any", RouteSettings::acceptor);
    private static final Value<Auth> AUTH =
            Value.choice(Map.of("required", Auth.REQUIRED, "optional", Auth.OPTIONAL, "none", Auth.NONE));
    private static final Value<FailurePolicy> ON_FAILURE =
            Value.choice(Map.of("envelope-404", FailurePolicy.ENVELOPE_404, "by-cause", FailurePolicy.BY_CAUSE));

    private static final Value<Boolean> HOST = Value.choice(Map.of("backend", false, "preserve", true));
    private static final Value<PathForm> PATH_FORM = Value.choice(Arrays.stream(PathForm.values())
            .collect(Collectors.toMap(
                    form -> form.name().toLowerCase(Locale.ROOT).replace('_', '-'), form -> form)));

    private final List<String> groups;
    private final GroupSizes sizes;
    private final KeySettings keys;
    private final List<Plan> plans;

    private RouteSettings(List<String> groups, GroupSizes sizes, KeySettings keys, List<Plan> plans) {
        this.groups = groups;
        this.sizes = sizes;
        this.keys = keys;
        this.plans = plans;
    }

    /** The routes; where there is no such section and one group, everything goes to that. */
    static List<Route> readAll(Section root, KeySettings keys, List<Plan> plans) {
        RouteSettings reading =
                new RouteSettings(root.sectionOrEmpty("backends").names(), GroupSizes.in(root), keys, plans);
        if (!root.has("routes") && reading.groups.size() == 1) {
            return List.of(Route.path("/**").backends(reading.groups.get(0)).build());
        }
        List<Section> sections = root.sections("routes");
        if (sections.isEmpty()) {
            root.missing("routes", "at least one route");
        }
        List<Route> routes = new ArrayList<>();
        for (Section in : sections) {
            Route route = reading.read(in);
            reading.checkCost(in, route, routes);
            routes.add(route);
        }
        return List.copyOf(routes);
    }

    /** A plan that covers a route and can never pay for it is a mistake in one of the two. */
    private void checkCost(Section in, Route route, List<Route> earlier) {
        boolean open = keys.none() || (route.auth() == null && !keys.mentioned());
        for (Plan plan : plans) {
            if (plan.quota() != null && !open && !plan.affords(route, earlier)) {
                in.problems()
                        .add(
                                in.lineOf("cost"),
                                in.pathOf("cost"),
                                "at most " + plan.quota().amount() + ", the whole quota of the plan "
                                        + Problems.shown(plan.name()) + ", which covers this route",
                                Long.toString(route.cost()));
            }
        }
    }

    private Route read(Section in) {
        Route.Builder route = in.required("path", PATH).orElseGet(() -> Route.path("/**"));
        List<String> methods = in.list("methods", METHOD);
        if (in.node("methods")
                .filter(node -> node instanceof Node.Items list && list.items().isEmpty())
                .isPresent()) {
            in.problems()
                    .add(
                            in.lineOf("methods"),
                            in.pathOf("methods"),
                            "a method, or no such key for all",
                            "an empty list");
        }
        in.check("methods", () -> route.methods(methods.toArray(String[]::new)));
        Optional<String> backends = backends(in);
        backends.ifPresent(route::backends);
        StrategySettings.read(in, route, backends.flatMap(sizes::of));
        BesideSettings.read(in, route, groups);
        AttemptFieldSettings.read(in, route);
        in.set("accept", ACCEPT, route::accept);
        in.set("timeout", Value.DURATION, route::timeout);
        in.set("attempt-timeout", Value.DURATION, route::attemptTimeout);
        in.set("max-response-body", Value.SIZE, route::maxResponseBytes);
        cache(in).ifPresent(route::cache);
        auth(in).ifPresent(route::auth);
        in.set("cost", Value.NUMBER, route::cost);
        in.set("on-failure", ON_FAILURE, route::onFailure);
        in.set("explain", PlanSettings.EXPLAIN, route::explain);
        in.valueOrNull("extra-load", Value.SHARE)
                .ifPresent(share -> in.check("extra-load", () -> route.extraLoad(share)));
        in.set("host", HOST, route::keepHost);
        List<PathForm> forms = in.list("allow-in-path", PATH_FORM);
        in.check("allow-in-path", () -> route.allowPath(new HashSet<>(forms).toArray(PathForm[]::new)));
        in.end();
        return route.build();
    }

    private Optional<String> backends(Section in) {
        return !in.has("backends") && groups.size() == 1
                ? Optional.of(groups.get(0))
                : in.required("backends", Value.nameOf("backends", groups));
    }

    private static Optional<CachePolicy> cache(Section route) {
        Optional<Node> node = route.node("cache");
        if (node.isEmpty()) {
            return Optional.empty();
        }
        if (node.get() instanceof Scalar scalar) {
            if (!Value.isOff(scalar)) {
                route.problems().add(scalar.line(), route.pathOf("cache"), "a mapping or off", scalar.kind());
            }
            return Optional.of(CachePolicy.off());
        }
        Section in = route.sectionOrEmpty("cache");
        CachePolicies policy = new CachePolicies();
        in.set("ttl", Value.DURATION, ttl -> policy.now = policy.now.ttl(ttl));
        in.set("respect-origin", Value.FLAG, respect -> policy.now = policy.now.respectOrigin(respect));
        in.set("absent-ttl", Value.DURATION, ttl -> policy.now = policy.now.absentTtl(ttl));
        in.set("per-caller", Value.FLAG, separate -> policy.now = policy.now.perCaller(separate));
        in.set("stale-while-revalidate", Value.DURATION, time -> policy.now = policy.now.staleWhileRevalidate(time));
        in.set("stale-if-error", Value.DURATION, time -> policy.now = policy.now.staleIfError(time));
        in.set("stale-if-none-acceptable", Value.DURATION, time -> policy.now = policy.now.staleIfNoneAcceptable(time));
        in.set("refresh-ahead", Value.SHARE, share -> policy.now = policy.now.refreshAhead(share));
        in.set("early-refresh", Value.FLAG, early -> policy.now = policy.now.earlyRefresh(early ? 1 : 0));
        List<String> ignored = in.list("ignore-query", Value.text("a query parameter's name", Optional::of));
        in.check("ignore-query", () -> policy.now = policy.now.ignoreQuery(ignored.toArray(String[]::new)));
        in.end();
        return Optional.of(policy.now);
    }

    /** Without a word on it, a route wants a key if there are any; one that wants a key while there are none is closed. */
    private Optional<Auth> auth(Section in) {
        Optional<Auth> auth = in.value("auth", AUTH);
        boolean wanted = in.has("auth") ? auth.isPresent() && auth.get() != Auth.NONE : keys.mentioned();
        if (wanted && keys.none()) {
            in.problems()
                    .add(
                            in.lineOf("auth"),
                            in.pathOf("auth"),
                            "none, while there are no keys",
                            auth.isPresent() ? "another" : "nothing");
        }
        return auth;
    }

    private static Optional<ResponseAcceptor> acceptor(String text) {
        if (text.startsWith("json:") && text.length() > "json:".length()) {
            return Optional.of(Acceptors.jsonFlag(text.substring("json:".length())));
        }
        return switch (text) {
            case "2xx" -> Optional.of(Acceptors.successful());
            case "any" -> Optional.of(Acceptors.any());
            default -> Optional.empty();
        };
    }

    /** A policy under way. */
    private static final class CachePolicies {
        CachePolicy now = CachePolicy.standard();
    }
}
