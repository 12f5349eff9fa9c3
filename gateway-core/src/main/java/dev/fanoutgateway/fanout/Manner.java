package dev.fanoutgateway.fanout;

import dev.fanoutgateway.fanout.FanoutResult.Cause;
import dev.fanoutgateway.spi.AttemptOutcome;
import dev.fanoutgateway.spi.RaceRecord;
import java.util.List;
import java.util.Optional;

/**
 * How a race is run.
 *
 * @param plan what is to be asked of whom
 * @param strategy how: the plan's, or, where that is adaptive, what it comes to at the moment
 * @param safe whether more than one backend may get the request
 * @param staggerNanos how long until one more is asked; {@link FanoutStrategy#NEVER} for never
 * @param startNanos when it begins, by the gateway's clock
 */
record Manner(Fanout.Plan plan, FanoutStrategy strategy, boolean safe, long staggerNanos, long startNanos) {
    static Manner of(Fanout.Plan plan, FanoutStrategy strategy, long startNanos) {
        boolean safe = plan.request().isSafe();
        long stagger = safe ? plan.pace().staggerNanos(strategy) : FanoutStrategy.NEVER;
        return new Manner(plan, strategy, safe, stagger, startNanos);
    }

    /** The race, explained. */
    RaceRecord record(Cause cause, List<AttemptOutcome> attempts, List<String> notes, long elapsedNanos) {
        return new RaceRecord(
                plan.strategy().name(),
                safe ? strategy.level(plan.strategy()) : FanoutStrategy.single().name(),
                staggerNanos == FanoutStrategy.NEVER ? RaceRecord.NEVER : staggerNanos,
                plan.candidates().size(),
                cause.name(),
                attempts,
                notes,
                startNanos,
                elapsedNanos,
                Optional.empty());
    }
}
