package dev.fanoutgateway.spi;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Holds callers to their limits and quotas.
 *
 * <p>Called on the caller's thread; must not block, but for {@link #tryAcquireBlocking}. Any number of threads call at once.
 * A stage that fails or does not complete in time is answered by the gateway's declared policy (open, closed or local), not
 * by the limiter.
 */
public interface RateLimiter {
    /**
     * Takes one request from every limit and {@code cost} credits from the quota: from all of them, or, if any refuses,
     * from none.
     */
    CompletionStage<Decision> tryAcquire(Request request);

    /**
     * Whether {@link #tryAcquireBlocking} blocks, and is to be asked in place of {@link #tryAcquire} by threads that may be
     * held up; false by default.
     */
    default boolean mayBlock() {
        return false;
    }

    /**
     * As {@link #tryAcquire}, but may block the calling thread for as long as the limiter's store has to answer, which must
     * be bounded. Called by threads only that would wait for the decision in any case.
     */
    default CompletionStage<Decision> tryAcquireBlocking(Request request) {
        return tryAcquire(request);
    }

    /**
     * Ends the reservation that {@code lease} stands for. Only the first call for a lease has an effect: see
     * {@link Lease#trySettle()}, which implementations call first. A refund returns the credits to the period they were
     * taken from; requests are not returned to limits, since they did come in.
     */
    CompletionStage<@Nullable Void> settle(Lease lease, Settlement settlement);

    /** How a reservation ends. */
    enum Settlement {
        /** The answer was given: the credits are spent. */
        COMMIT,
        /** The gateway had no answer: the credits go back. */
        REFUND
    }

    /**
     * A request to be admitted.
     *
     * @param subject whose limits these are, such as a caller id; opaque
     * @param limits rates, each charged one request
     * @param quota charged {@code cost} credits; null for none
     * @param cost in credits, 0 to 1,000,000
     */
    record Request(
            String subject, List<Limit> limits, @Nullable Quota quota, long cost) {
        public Request {
            if (cost < 0 || cost > 1_000_000) {
                throw new IllegalArgumentException("expected a cost of 0 to 1000000 credits, got " + cost);
            }
            limits = List.copyOf(limits);
        }
    }

    /**
     * The state of one limit or quota after a decision.
     *
     * @param name {@link Limit#name()} or {@link Quota#name()}
     * @param remaining how many more requests (credits for a quota) would be admitted at this instant, 0 or more
     * @param reset when that will have grown back to its full amount
     */
    record State(String name, long remaining, Duration reset) {
        public State {
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                    throw new IllegalArgumentException(
                            "expected a limit's name in printable ASCII, got 0x%02x at %d".formatted((int) c, i));
                }
            }
            if (remaining < 0 || reset.isNegative()) {
                throw new IllegalArgumentException(
                        "expected 0 or more remaining and until reset, got " + remaining + " and " + reset);
            }
        }
    }

    /**
     * What was decided.
     *
     * @param allowed whether the request was admitted
     * @param states one for each limit in the request's order, then one for the quota if there is one
     * @param binding the index in {@code states} of the one that refused or, if allowed, is nearest to refusing; -1 if
     *     there are none
     * @param retryAfter when a refused request may be admitted at the earliest; zero if allowed
     * @param lease the reserved credits; null if none are reserved
     */
    record Decision(
            boolean allowed,
            List<State> states,
            int binding,
            Duration retryAfter,
            @Nullable Lease lease) {
        /** An admission that no limit bears on. */
        public static final Decision UNLIMITED = new Decision(true, List.of(), -1, Duration.ZERO, null);

        public Decision {
            states = List.copyOf(states);
            if (binding < -1 || binding >= states.size()) {
                throw new IllegalArgumentException(
                        "expected a binding limit of -1 to " + (states.size() - 1) + ", got " + binding);
            }
            if (retryAfter.isNegative()) {
                throw new IllegalArgumentException("expected to retry after 0 or more, got " + retryAfter);
            }
        }
    }

    /** Credits that are reserved until settled. Limiters subclass it with what they need to find the reservation again. */
    abstract class Lease {
        private final AtomicBoolean settled = new AtomicBoolean();

        /** Whether this call is the first: then, and only then, the caller settles. */
        public final boolean trySettle() {
            return settled.compareAndSet(false, true);
        }
    }
}
