package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.Pass.Kind;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.BackendClient.Failure;
import dev.fanoutgateway.spi.BackendClient.Reply;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The trial of an ejected backend that another one has beaten. Its answer still says how the backend is doing; without it one
 * that is well again, but slower than the others, would not return while all are asked together.
 */
final class LateTrial {
    private final Fanout.Plan plan;
    private final Roster roster;
    private final Attempt attempt;
    private final AttemptOutcome beaten;
    private final Consumer<Throwable> acceptorFailures;

    private LateTrial(
            Fanout.Plan plan,
            Roster roster,
            Attempt attempt,
            AttemptOutcome beaten,
            Consumer<Throwable> acceptorFailures) {
        this.plan = plan;
        this.roster = roster;
        this.attempt = attempt;
        this.beaten = beaten;
        this.acceptorFailures = acceptorFailures;
    }

    /** Null if the attempt is no trial, or has not begun. */
    static @Nullable LateTrial of(Fanout.Plan plan, Attempt attempt, Consumer<Throwable> acceptorFailures) {
        Roster roster = plan.roster();
        AttemptOutcome beaten = attempt.outcome;
        if (attempt.pass.kind() != Kind.TRIAL || !attempt.started || roster == null || beaten == null) {
            return null;
        }
        return new LateTrial(plan, roster, attempt, beaten, acceptorFailures);
    }

    /** To be called once. @param reply null if it was cut */
    void ended(@Nullable Reply reply) {
        try {
            roster.learn(attempt.pass, outcome(reply), attempt.hadItsTime());
        } catch (RuntimeException | Error failure) {
            Fanout.LOG.error("Nothing could be learned from a trial", failure);
        }
    }

    private AttemptOutcome outcome(@Nullable Reply reply) {
        if (reply == null || reply.failure() == Failure.CANCELLED) {
            return beaten;
        }
        Finding finding = Finding.of(reply, plan, acceptorFailures);
        return new AttemptOutcome(
                beaten.backend(),
                beaten.number(),
                beaten.startNanos(),
                beaten.durationNanos(),
                finding.unlessGiven(),
                finding.response() == null ? 0 : finding.response().status(),
                finding.detail(),
                beaten.occasion());
    }
}
