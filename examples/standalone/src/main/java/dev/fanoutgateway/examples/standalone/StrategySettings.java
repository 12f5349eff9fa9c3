package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.Route;
import dev.fanoutgateway.examples.standalone.Node.Scalar;
import dev.fanoutgateway.examples.standalone.Node.Type;
import dev.fanoutgateway.fanout.Combiners;
import dev.fanoutgateway.fanout.FanoutStrategy;
import dev.fanoutgateway.fanout.HedgeDelay;
import dev.fanoutgateway.spi.Combiner;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads how a route asks its backends: the keys {@code strategy}, {@code grace}, {@code hedge-after},
 * {@code quorum} and {@code combine}. */
final class StrategySettings {
    private static final Pattern PERCENTILE_TEXT = Pattern.compile("p(\\d{1,2}(?:\\.\\d{1,3})?)");
    private static final Value<String> STRATEGY = Value.choice(Map.of(
            "parallel",
            "parallel",
            "ordered",
            "ordered",
            "hedged",
            "hedged",
            "failover",
            "failover",
            "single",
            "single",
            "adaptive",
            "adaptive",
            "collect",
            "collect"));
    private static final Value<Combiner> COMBINE = Value.choice(
            Map.of("array", Combiners.jsonArray(), "merge", Combiners.jsonMerge(), "majority", Combiners.majority()));
    private static final Value<Integer> QUORUM =
            new Value<>("a number of answers or all", Set.of(Type.NUMBER, Type.TEXT), true, StrategySettings::quorum);
    /** The range is the delay's own to check. */
    private static final Value<Supplier<HedgeDelay>> HEDGE_AFTER =
            Value.text("a duration such as 50ms or a percentile such as p95", StrategySettings::delay);

    private static final Value<Double> PERCENTILE =
            Value.text("a percentile such as p95", StrategySettings::percentile);
    private static final HedgeDelay USUAL_DELAY = HedgeDelay.percentile(95);
    private static final Duration USUAL_GRACE = Duration.ofMillis(50);

    private StrategySettings() {}

    /**
     * Checks every key, those included of which the strategy makes no use.
     *
     * @param backends how many the route's group has; empty if that is not known
     */
    static void read(Section in, Route.Builder route, Optional<Integer> backends) {
        String name = in.value("strategy", STRATEGY).orElse("parallel");
        Duration grace = in.value("grace", Value.DURATION).orElse(USUAL_GRACE);
        HedgeDelay delay = hedgeAfter(in);
        in.check("grace", () -> FanoutStrategy.ordered(grace));
        Optional<FanoutStrategy> collect = collect(in, name.equals("collect"), backends);
        switch (name) {
            case "ordered" -> in.check("grace", () -> route.strategy(FanoutStrategy.ordered(grace)));
            case "hedged" -> route.strategy(FanoutStrategy.hedged(delay));
            case "adaptive" -> route.strategy(FanoutStrategy.adaptive(delay));
            case "collect" -> collect.ifPresent(route::strategy);
            case "failover" -> route.strategy(FanoutStrategy.failover());
            case "single" -> route.strategy(FanoutStrategy.single());
            default -> route.strategy(FanoutStrategy.parallel());
        }
    }

    /** The strategy that the keys {@code combine} and {@code quorum} describe, if it is wanted. */
    private static Optional<FanoutStrategy> collect(Section in, boolean wanted, Optional<Integer> backends) {
        Optional<Combiner> combiner = wanted ? in.required("combine", COMBINE) : in.value("combine", COMBINE);
        Optional<Integer> quorum = in.value("quorum", QUORUM);
        int most = backends.orElse(Integer.MAX_VALUE);
        if (wanted && quorum.isPresent() && quorum.get() != FanoutStrategy.EVERYBODY && quorum.get() > most) {
            in.problems()
                    .add(
                            in.lineOf("quorum"),
                            in.pathOf("quorum"),
                            "no more than the group's " + most + " backends",
                            quorum.get().toString());
            return Optional.empty();
        }
        Strategies strategy = new Strategies();
        combiner.ifPresent(chosen -> in.check("quorum", () -> strategy.now = collect(quorum, chosen)));
        return Optional.ofNullable(strategy.now);
    }

    private static FanoutStrategy collect(Optional<Integer> quorum, Combiner combiner) {
        return quorum.isEmpty() || quorum.get() == FanoutStrategy.EVERYBODY
                ? FanoutStrategy.collectAll(combiner)
                : FanoutStrategy.collect(quorum.get(), combiner);
    }

    private static Optional<Integer> quorum(String text) {
        if (text.equals("all")) {
            return Optional.of(FanoutStrategy.EVERYBODY);
        }
        return text.matches("0|[1-9]\\d{0,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /** A duration, a percentile, or a percentile within bounds: {@code {percentile: p95, min: 5ms, max: 200ms}}. */
    private static HedgeDelay hedgeAfter(Section in) {
        Delays delays = new Delays();
        if (in.node("hedge-after").filter(node -> node instanceof Scalar).isPresent()) {
            in.valueOrNull("hedge-after", HEDGE_AFTER)
                    .ifPresent(chosen -> in.check("hedge-after", () -> delays.now = chosen.get()));
            return delays.now;
        }
        in.section("hedge-after").ifPresent(bounds -> {
            bounds.set("percentile", PERCENTILE, percent -> delays.now = HedgeDelay.percentile(percent));
            bounds.set("min", Value.DURATION, least -> delays.now = delays.now.atLeast(least));
            bounds.set("max", Value.DURATION, most -> delays.now = delays.now.atMost(most));
            bounds.end();
        });
        return delays.now;
    }

    private static Optional<Supplier<HedgeDelay>> delay(String text) {
        Optional<Double> percent = percentile(text);
        if (percent.isPresent()) {
            return percent.map(value -> () -> HedgeDelay.percentile(value));
        }
        return Value.DURATION.reading().apply(text).map(value -> () -> HedgeDelay.fixed(value));
    }

    private static Optional<Double> percentile(String text) {
        Matcher matcher = PERCENTILE_TEXT.matcher(text);
        return matcher.matches() ? Optional.of(Double.valueOf(matcher.group(1))) : Optional.empty();
    }

    /** A strategy under way. */
    private static final class Strategies {
        @Nullable
        FanoutStrategy now;
    }

    /** A delay under way. */
    private static final class Delays {
        HedgeDelay now = USUAL_DELAY;
    }
}
