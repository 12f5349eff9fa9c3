package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Explain;
import dev.fanoutgateway.PathPattern;
import dev.fanoutgateway.Plan;
import dev.fanoutgateway.examples.standalone.Node.Items;
import dev.fanoutgateway.spi.Limit;
import dev.fanoutgateway.spi.Quota;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the section {@code plans}. */
final class PlanSettings {
    private static final Value<PathPattern> PATTERN =
            Value.text("a path pattern such as /api/**", text -> Optional.of(PathPattern.of(text)));
    private static final Value<Quota.Period> PERIOD =
            Value.choice(Map.of("day", Quota.Period.DAY, "month", Quota.Period.MONTH));
    private static final Value<Quota.Overrun> OVERRUN =
            Value.choice(Map.of("refuse", Quota.Overrun.REFUSE, "allow", Quota.Overrun.ALLOW));

    private static final Value<Plan.Priority> PRIORITY =
            Value.choice(Map.of("low", Plan.Priority.LOW, "normal", Plan.Priority.NORMAL, "high", Plan.Priority.HIGH));

    /** The same for plans and routes. */
    static final Value<Explain> EXPLAIN = Value.choice(Map.of(
            "off",
            Explain.OFF,
            "false",
            Explain.OFF,
            "timing",
            Explain.TIMING,
            "full",
            Explain.FULL,
            "true",
            Explain.FULL));

    private PlanSettings() {}

    static List<Plan> readAll(Section root) {
        List<Plan> plans = new ArrayList<>();
        Section section = root.sectionOrEmpty("plans");
        section.named().forEach((name, in) -> section.check(name, () -> plans.add(read(name, in))));
        return List.copyOf(plans);
    }

    private static Plan read(String name, Section in) {
        List<Limit> limits = in.list("limits", Value.RATE);
        List<Quota> quota = new ArrayList<>();
        in.section("quota").ifPresent(section -> quota(section).ifPresent(quota::add));
        List<PathPattern> routes = in.list("routes", PATTERN);
        // An empty list means all to the engine, and nothing to whoever wrote it.
        if (in.node("routes")
                .filter(node -> node instanceof Items list && list.items().isEmpty())
                .isPresent()) {
            in.problems()
                    .add(
                            in.lineOf("routes"),
                            in.pathOf("routes"),
                            "at least one path pattern, or no such key for all routes",
                            "an empty list");
        }
        Explain explain = in.value("explain", EXPLAIN).orElse(Explain.OFF);
        Plan.Priority priority = in.value("priority", PRIORITY).orElse(Plan.Priority.NORMAL);
        in.end();
        return new Plan(name, limits, quota.isEmpty() ? null : quota.get(0), routes, explain, priority);
    }

    private static Optional<Quota> quota(Section in) {
        Optional<Long> amount = in.required("amount", Value.NUMBER);
        Quota.Period period = in.value("per", PERIOD).orElse(Quota.Period.MONTH);
        Quota.Overrun overrun = in.value("overrun", OVERRUN).orElse(Quota.Overrun.REFUSE);
        in.end();
        List<Quota> quota = new ArrayList<>();
        amount.ifPresent(credits ->
                in.check("amount", () -> quota.add(new Quota(credits, period, overrun, ZoneOffset.UTC))));
        return quota.stream().findFirst();
    }
}
