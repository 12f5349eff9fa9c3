package dev.fanoutgateway.limit;

import dev.fanoutgateway.spi.Quota;
import dev.fanoutgateway.spi.RateLimiter.Decision;
import dev.fanoutgateway.spi.RateLimiter.Lease;
import dev.fanoutgateway.spi.RateLimiter.State;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Explains a decision from the numbers that a limiter's store holds, so that all stores explain it alike. Pure. */
public final class Decisions {
    private Decisions() {}

    /** Whether a quota of which {@code used} credits are gone admits a request for {@code cost} more. */
    public static boolean admits(Quota quota, long used, long cost) {
        return cost == 0 || quota.overrun() == Quota.Overrun.ALLOW || used <= quota.amount() - cost;
    }

    /**
     * The decision on a request that limits and perhaps a quota bear on.
     *
     * @param gcras the request's limits, in its order
     * @param backlogs of each limit, after the decision: with this request if it was admitted
     * @param credits the quota's side of it; null if there is no quota
     * @param lease the reserved credits; null if none are
     */
    public static Decision explain(
            boolean allowed, Gcra[] gcras, long[] backlogs, @Nullable Credits credits, @Nullable Lease lease) {
        int count = gcras.length + (credits == null ? 0 : 1);
        if (count == 0) {
            return Decision.UNLIMITED;
        }
        State[] states = new State[count];
        for (int i = 0; i < gcras.length; i++) {
            states[i] = new State(gcras[i].name(), gcras[i].remaining(backlogs[i]), gcras[i].reset(backlogs[i]));
        }
        if (credits != null) {
            states[count - 1] = new State(credits.quota().name(), credits.remaining(), credits.reset());
        }
        return allowed
                ? new Decision(true, List.of(states), nearest(states, credits), Duration.ZERO, lease)
                : refusal(states, gcras, backlogs, credits);
    }

    /**
     * The credits of a quota after a decision.
     *
     * @param used in this period, with this request's if it was admitted
     * @param cost of the request
     * @param untilEnd milliseconds until the period is over
     */
    public record Credits(Quota quota, long used, long cost, long untilEnd) {
        private long remaining() {
            return Math.max(0, quota.amount() - used);
        }

        private long requestsLeft() {
            return quota.overrun() == Quota.Overrun.ALLOW ? Long.MAX_VALUE : remaining() / Math.max(1, cost);
        }

        private Duration reset() {
            return used == 0 ? Duration.ZERO : Duration.ofMillis(untilEnd);
        }

        private boolean refuses() {
            return !admits(quota, used, cost);
        }
    }

    /** The one with the fewest requests left; a quota that may be overrun refuses nothing and is named only if alone. */
    private static int nearest(State[] states, @Nullable Credits credits) {
        int nearest = 0;
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < states.length; i++) {
            long left = credits != null && i == states.length - 1 ? credits.requestsLeft() : states[i].remaining();
            if (left < fewest) {
                fewest = left;
                nearest = i;
            }
        }
        return nearest;
    }

    /** Names the one that refuses longest. */
    private static Decision refusal(State[] states, Gcra[] gcras, long[] backlogs, @Nullable Credits credits) {
        int binding = -1;
        Duration longest = Duration.ZERO;
        for (int i = 0; i < gcras.length; i++) {
            Duration wait = gcras[i].retryAfter(backlogs[i]);
            if (wait.compareTo(longest) > 0) {
                longest = wait;
                binding = i;
            }
        }
        if (credits != null && credits.refuses()) {
            Duration wait = Duration.ofMillis(credits.untilEnd());
            if (wait.compareTo(longest) > 0) {
                longest = wait;
                binding = states.length - 1;
            }
        }
        return new Decision(false, List.of(states), binding, longest, null);
    }
}
