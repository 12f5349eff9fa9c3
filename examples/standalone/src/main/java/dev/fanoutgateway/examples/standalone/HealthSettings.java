package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.examples.standalone.Node.Type;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.Health;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a group says about the health of its backends: {@code max-concurrent}, {@code health} and {@code eject}. */
final class HealthSettings {
    private static final Value<Integer> COUNT =
            new Value<>("a whole number", Set.of(Type.NUMBER), true, HealthSettings::count);
    private static final Value<Health> PATH = Value.text("a path such as /health", HealthSettings::checks);

    /** Checks the values of a group that may not come about. */
    private static final BackendGroup ANY = BackendGroup.of("any", "http://any");

    private UnaryOperator<BackendGroup> applied = group -> group;
    private Ejection ejection = Ejection.standard();
    private Health health = Health.path("/");

    private HealthSettings() {}

    /** Puts what it says into a group. */
    static UnaryOperator<BackendGroup> read(Section in) {
        HealthSettings settings = new HealthSettings();
        in.valueOrNull("max-concurrent", COUNT)
                .ifPresent(most -> in.check("max-concurrent", () -> settings.maxConcurrent(most)));
        if (in.node("eject").filter(Node::isNull).isPresent()) {
            settings.ejection = Ejection.off();
        }
        in.section("eject").ifPresent(settings::eject);
        in.section("health").ifPresent(settings::health);
        return group -> settings.applied.apply(group).eject(settings.ejection);
    }

    private void maxConcurrent(int most) {
        ANY.maxConcurrent(most);
        applied = group -> group.maxConcurrent(most);
    }

    private void eject(Section in) {
        in.set("after-failures", COUNT, failures -> ejection = Ejection.afterFailures(failures));
        in.set("for", Value.DURATION, pause -> ejection = ejection.pause(pause));
        in.end();
    }

    private void health(Section in) {
        in.required("path", PATH).ifPresent(checks -> health = checks);
        in.set("every", Value.DURATION, every -> health = health.every(every));
        in.set("timeout", Value.DURATION, timeout -> health = health.timeout(timeout));
        in.end();
        UnaryOperator<BackendGroup> before = applied;
        applied = group -> before.apply(group).health(health);
    }

    private static Optional<Health> checks(String path) {
        try {
            return Optional.of(Health.path(path));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Decimal only: a number such as 010 means eight to some. */
    private static Optional<Integer> count(String text) {
        return text.matches("0|-?[1-9]\\d{0,8}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
