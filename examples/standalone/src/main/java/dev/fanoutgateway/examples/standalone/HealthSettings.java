package dev.fanoutgateway.examples.standalone;

import dev.fanoutgateway.BackendGroup;
import dev.fanoutgateway.fanout.Ejection;
import dev.fanoutgateway.fanout.Health;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What a group says about the health of its backends: {@code max-concurrent}, {@code health} and {@code eject}. */
final class HealthSettings {
    private static final Value<Health> PATH = Value.text("a path such as /health", HealthSettings::checks);
    private static final Value<Double> JITTER = Value.share("a share of 0% to 50%", share -> share <= 0.5);
    private static final Value<Double> FAILURES =
            Value.share("a share of more than 0% up to 100%", share -> share > 0 && share <= 1);
    private static final Value<Double> EJECTED = Value.share("a share of 0% to 100%", share -> share <= 1);

    /** Checks the values of a group that may not come about. */
    private static final BackendGroup ANY = BackendGroup.of("any", "http://any");

    private UnaryOperator<BackendGroup> applied = group -> group;
    private Ejection ejection = Ejection.standard();
    private Health health = Health.path("/");

    private HealthSettings() {}

    /** Puts what it says into a group. */
    static UnaryOperator<BackendGroup> read(Section in) {
        HealthSettings settings = new HealthSettings();
        in.valueOrNull("max-concurrent", Value.COUNT)
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

    /** Failures in a row and their share: each may be {@code null}, for not. */
    private void eject(Section in) {
        if (in.node("after-failures").filter(Node::isNull).isPresent()) {
            ejection = Ejection.off();
        } else {
            in.set("after-failures", Value.COUNT, failures -> ejection = Ejection.afterFailures(failures));
        }
        in.set("for", Value.DURATION, pause -> ejection = ejection.pause(pause));
        in.set("window", Value.DURATION, window -> over(window, ejection.leastAttempts()));
        in.set("min-attempts", Value.COUNT, least -> over(ejection.window(), least));
        in.valueOrNull("failure-share", FAILURES).ifPresent(this::failures);
        in.value("max-ejected", EJECTED).ifPresent(share -> ejection = ejection.mostEjected(share));
        in.end();
    }

    private void over(Duration window, int least) {
        ejection = ejection.failureShare(ejection.failureShare(), window, least);
    }

    private void failures(double share) {
        ejection = ejection.failureShare(share, ejection.window(), ejection.leastAttempts());
    }

    private void health(Section in) {
        in.required("path", PATH).ifPresent(checks -> health = checks);
        in.set("every", Value.DURATION, every -> health = health.every(every));
        in.set("timeout", Value.DURATION, timeout -> health = health.timeout(timeout));
        in.value("jitter", JITTER).ifPresent(share -> health = health.jitter(share));
        in.set("down-after", Value.COUNT, failed -> health = health.thresholds(failed, health.upAfter()));
        in.set("up-after", Value.COUNT, passed -> health = health.thresholds(health.downAfter(), passed));
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
}
